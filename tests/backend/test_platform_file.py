"""The sign-in file: the shape its own program writes is read, and everything else refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.backend.tailor.platform_file import (
    PlatformFileError,
    parse,
    read_platform_file,
    render,
    write_platform_file,
)

GENERATED = """\
version: 1
users:
  ada@example.com:
    access_token: >-
      eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.xxxxxxxxxxxxxxxxxxxxxxxxxxxx
    refresh_token: r-1_2.3~4
    token_expires_at: '2026-11-24T03:10:21.003Z'
  "o'hara@example.com":
    access_token: 'it''s quoted'
    token_expires_at: 2026-11-24T03:10:21.003Z
profiles:
  dev:
    user: ada@example.com
    workspace_id: 0b5a7a30-6f0a-4b60-9d5a-4f3e2d1c0b0a
    readonly: true
  https://api.dev.test|u@example.com:
    user: x
  empty: {}
current_user: ada@example.com
"""


def test_the_generated_shape_is_read() -> None:
    assert parse(GENERATED) == {
        "version": 1,
        "users": {
            "ada@example.com": {
                "access_token": "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0."
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "refresh_token": "r-1_2.3~4",
                "token_expires_at": "2026-11-24T03:10:21.003Z",
            },
            "o'hara@example.com": {
                "access_token": "it's quoted",
                "token_expires_at": "2026-11-24T03:10:21.003Z",
            },
        },
        "profiles": {
            "dev": {
                "user": "ada@example.com",
                "workspace_id": "0b5a7a30-6f0a-4b60-9d5a-4f3e2d1c0b0a",
                "readonly": True,
            },
            "https://api.dev.test|u@example.com": {"user": "x"},
            "empty": {},
        },
        "current_user": "ada@example.com",
    }


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("", {}),
        ("---\nversion: 2\n", {"version": 2}),
        ("# a comment\nversion: 2 # another\n\n", {"version": 2}),
        ("a: null\nb: ~\nc:\nd: false\n", {"a": None, "b": None, "c": None, "d": False}),
        ("a:\r\n  b: c\r\n", {"a": {"b": "c"}}),
        ("a:\n    b: c\nd: e", {"a": {"b": "c"}, "d": "e"}),
        ("a: |-\n  one\n  two\nb: c", {"a": "one\ntwo", "b": "c"}),
        ("a: >-\n  one\n  two\n", {"a": "one two"}),
        ("a: 007\nb: 1.5\nc: -3\n", {"a": "007", "b": "1.5", "c": "-3"}),
        ('"a b": "\\u00e9 # no comment"', {"a b": "é # no comment"}),
        ("a: x#y\nb: -x\nc: ?x\n", {"a": "x#y", "b": "-x", "c": "?x"}),
        ("1: x\ntrue: y\n", {"1": "x", "true": "y"}),
    ],
)
def test_what_else_may_stand_there_is_read_as_yaml_reads_it(
    text: str, content: dict[str, Any]
) -> None:
    assert parse(text) == content


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b\n  c: d\n", "line 2 is indented otherwise"),
        ("  a: b\n", "line 1 is indented otherwise"),
        ("a:\n    b: c\n  d: e\n", "line 3 is indented otherwise"),
        ("a:\n\tb: c\n", "line 2 is indented with a tab"),
        ("- a\n", "line 1 is no `key: value`"),
        ("a:\n  - b\n", "line 2 is no `key: value`"),
        ("just text\n", "line 1 is no `key: value`"),
        ("a: b\na: c\n", "line 2 repeats a key"),
        ("a: &anchor b\n", "line 1 holds"),
        ("a: *anchor\n", "line 1 holds"),
        ("a: !tag b\n", "line 1 holds"),
        ("a: [b, c]\n", "line 1 holds"),
        ("a: {b: c}\n", "line 1 holds"),
        ("a: b: c\n", "line 1 "),
        ("a: 'open\n", "line 1 holds a quote that does not end"),
        ('a: "open\n', "line 1 holds a quoted text"),
        ("a: 'b' c\n", "line 1 has something after"),
        ("a: >-\nb: c\n", "line 1 holds a text"),
        ("a: >-\n  one\n\n  two\n", "line 1 holds a text"),
        ("a: >-\n  one\n   two\n", "line 3 is indented otherwise"),
        ("%YAML 1.2\n---\na: b\n", "line 1 is no `key: value`"),
        ("? a\n: b\n", "line 1 is no `key: value`"),
        ("a: b\n---\nc: d\n", "line 2 is no `key: value`"),
        ("".join(f"{' ' * depth}a:\n" for depth in range(9)), "line 7 is nested too deep"),
    ],
)
def test_what_is_not_of_that_shape_is_refused_by_line(text: str, words: str) -> None:
    with pytest.raises(PlatformFileError, match=words):
        parse(text)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CONTENTS = st.recursive(
    st.dictionaries(TEXTS, TEXTS | st.booleans() | st.none() | st.integers(0, 10**8), max_size=4),
    lambda inner: st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(CONTENTS)
def test_what_is_written_is_read_back(content: dict[str, Any]) -> None:
    assert parse(render(content)) == content


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(list(": \n'\"#-{}>|"))))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        content = parse(text)
    except PlatformFileError as refused:
        assert str(refused).startswith("line ")
    else:
        json.dumps(content)
        assert parse(render(content)) == content


def test_a_file_is_replaced_whole_and_for_its_owner_only(home: Path) -> None:
    path = home / "config.yaml"
    path.write_text("version: 1\n")
    path.chmod(0o644)
    write_platform_file(path, {"version": 1, "users": {}})
    assert read_platform_file(path) == {"version": 1, "users": {}}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in home.iterdir() if "config" in entry.name] == ["config.yaml"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a" * (1024 * 1024 + 1)])
def test_a_file_that_is_something_else_is_refused(home: Path, content: bytes) -> None:
    path = home / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(PlatformFileError):
        read_platform_file(path)
