"""An argument as it is typed, or from a file: what it is, or what is wrong with it and where."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from console.commands.journal import Action, Entry
from console.commands.json_argument import LARGEST, ArgumentReader, read_argument
from console.commands.past_starts import past_starts
from console.commands.twins import Twins
from console.model.target import Target


def test_a_file_is_read_from_where_one_stands_or_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "order.json").write_text('\ufeff{"n": 1.50}\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for typed in ["@order.json", " @./order.json ", "@~/order.json", f"@{tmp_path}/order.json"]:
        argument = read_argument(typed)
        assert (argument.text, argument.complaint) == ('{"n": 1.50}\n', "")
        assert argument.file is not None and argument.file.samefile(tmp_path / "order.json")
        assert argument.file.is_absolute()


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "empty; {} is an empty argument"),
        ("{", "line 1, column 2: Expecting property name enclosed in double quotes"),
        ('{"a":\n NaN}', "NaN is no JSON"),
        ("@", "a file's name comes after the @"),
        ("@nowhere.json", "nowhere.json: no such file or directory"),
        ("@.", ".: is a directory"),
        ("@bad.json", "bad.json: line 2, column 6: Expecting value"),
        ("@empty.json", "empty.json: the file is empty"),
        ("@latin.json", "latin.json: no UTF-8 text at byte 7"),
        ("@pipe", "pipe: is no file"),
        ("@large.json", f"large.json: {LARGEST + 1:,} bytes; at most {LARGEST:,} are taken"),
        ("@a\0b", "a\0b: embedded null byte"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_column(
    typed: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.json").write_text('{\n"a": }')
    (tmp_path / "empty.json").write_text(" \n")
    (tmp_path / "latin.json").write_bytes(b'{"a":"\xe6"}')
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(LARGEST + 1)
    found = read_argument(typed).complaint
    assert found.startswith(complaint) if complaint.startswith("line 1") else found == complaint


def test_a_file_that_changes_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "order.json"
    reader = ArgumentReader()
    assert "no such file" in reader.read(f"@{path}").complaint
    path.write_text("{")
    assert "line 1" in reader.read(f"@{path}").complaint
    path.write_text('{"a": 1}')
    assert reader.read(f"@{path}") == reader.read(f"@{path}")
    assert reader.read(f"@{path}").text == '{"a": 1}'
    path.unlink()
    assert "no such file" in reader.read(f"@{path}").complaint


def test_past_starts_are_each_once_and_the_newest_first() -> None:
    def entry(workflow: str, user: str, argument: str | None, name: str = "start") -> Entry:
        action = Action(
            name, Twins(Target("url", "shop")).start(workflow, user, argument), workflow
        )
        return Entry("1", "2026-11-24T03:12:53Z", "shop", action)

    entries = [
        entry("order", "bot", '{"a":1.10}'),
        entry("other", "bot", '{"b":1}'),
        entry("order", "ada", '{"a":2}'),
        entry("order", "ada", '{"a":1.10}'),
        entry("order", "", None),
        entry("order", "bot", "{}", name="resume"),
    ]
    assert [(past.argument, past.machine_user) for past in past_starts(entries, "order")] == [
        ('{\n  "a": 1.10\n}', "bot"),
        ('{\n  "a": 2\n}', "ada"),
        ("{}", ""),
    ]
