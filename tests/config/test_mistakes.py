"""A mistake in the settings names file, line, key, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config.load import UserConfig, load_config, load_keys, ui_settings
from console.config.mistakes import ConfigError, line_of, nearest

SPACE = "0193f3a0-0000-7000-8000-000000000001"


def written(home: Path, text: str, name: str = "config.toml") -> dict[str, str]:
    """Write a file of the person's, and give the environment that finds it."""
    folder = home / "config" / "wfc"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return {
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "HOME": str(home),
    }


def complaints(home: Path, text: str) -> list[str]:
    """Load a config and give its mistakes, the folder left out."""
    with pytest.raises(ConfigError) as caught:
        load_config(written(home, text))
    return [str(one).replace(f"{home}/config/wfc/", "") for one in caught.value.mistakes]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('profil = "a"', "config.toml:1: profil: unknown key; did you mean `profile`?"),
        ("zz = 1", "config.toml:1: zz: unknown key; valid: profile, profiles, ui"),
        ("profile = 1", "config.toml:1: profile: must be a text in quotes"),
        ("profiles = 1", "config.toml:1: profiles: must be a table"),
        ("[profiles]\na = 1", "config.toml:2: profiles.a: must be a table"),
        (
            f'[profiles.a]\nworkspace = "{SPACE}"\n\nworkspce = "x"',
            "config.toml:4: profiles.a.workspce: unknown key; did you mean `workspace`?",
        ),
        (
            '[profiles.a]\nworkspace = "7"',
            "config.toml:2: profiles.a.workspace: must be a UUID",
        ),
        (
            '[profiles.a]\nurl = "example.org"',
            "config.toml:2: profiles.a.url: must start with http://, https:// or unix:",
        ),
        (
            '[profiles.a]\nkind = "cloud"',
            "config.toml:2: profiles.a.kind: 'cloud' is not one of `tailor`, `url` or `project`",
        ),
        (
            '[profiles.a]\nkind = "url"\n',
            "config.toml:1: profiles.a: kind 'url' needs the key `url`",
        ),
        (
            '[profiles."b c"]\nprotected = "no"\nkind = "tailor"',
            "config.toml:2: profiles.b c.protected: must be true or false",
        ),
        (
            "[profiles.a]\ncolor = 'red'",
            "config.toml:1: profiles.a: says no address: give `url`, `project` or `workspace`",
        ),
        (
            "[profiles.a]\nurl = 'http://x'\nproject = '~/y'",
            "config.toml:1: profiles.a: `url` and `project` exclude each other",
        ),
        (
            f'profile = "prd"\n[profiles.prod]\nworkspace = "{SPACE}"',
            "config.toml:1: profile: there is no profile 'prd'; did you mean `prod`?",
        ),
        (
            'profile = "prod"',
            "config.toml:1: profile: there is no profile 'prod'; add it as [profiles.NAME]",
        ),
        ("a = = 1", "config.toml:1: not TOML: invalid value"),
        ("ok = 1\n[x\n", "config.toml:2: not TOML: expected ']' at the end of a table declaration"),
        ('a = 1\nx = """', "config.toml:2: not TOML: unterminated string"),
    ],
)
def test_a_mistake_is_one_clear_line(home: Path, text: str, words: str) -> None:
    found = complaints(home, text)
    assert words in found or words in [line.partition("; ")[0] for line in found], found


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines(home: Path) -> None:
    found = complaints(home, "[ui]\nthem = 'x'\n[profiles.a]\nurl = 1\nred_only = true\n")
    assert [line.split(":")[1] for line in found] == ["2", "4", "5"]


def test_mistakes_in_the_look_do_not_stop_and_are_noted(home: Path) -> None:
    env = written(home, "[ui]\nmouse = 'no'\nglyphs = 'ascii'\nthem = 'x'\n")
    config = load_config(env)
    ui = ui_settings(config, env)
    assert (ui.mouse, ui.glyphs) == (True, "ascii")
    assert len(ui.notes) == 2
    assert ui.notes[1].endswith("config.toml:4: ui.them: unknown key; did you mean `theme`?")
    ui = ui_settings(load_config(env := written(home, "ui = 3")), env)
    assert (ui.mouse, len(ui.notes)) == (True, 1)


def test_a_file_that_cannot_be_read_is_named(home: Path) -> None:
    env = written(home, "")
    file = home / "config" / "wfc" / "config.toml"
    file.unlink()
    assert load_config(env) == UserConfig(file)
    file.mkdir()
    with pytest.raises(ConfigError, match=r"config\.toml: cannot be read: is a directory"):
        load_config(env)
    file.rmdir()
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"config\.toml: is not UTF-8 text"):
        load_config(env)
    with pytest.raises(ConfigError, match=r"WFC_CONFIG: there is no file /nowhere\.toml"):
        load_config(env | {"WFC_CONFIG": "/nowhere.toml"})


def test_a_valid_file_is_checked_once_and_again_after_each_change(home: Path) -> None:
    env = written(home, "[ui]\nmouse = false\n")
    note = home / "state" / "wfc" / "config.valid"
    assert not note.exists()
    load_config(env)
    first = note.read_text()
    load_config(env)
    assert note.read_text() == first
    written(home, "[ui]\nmouse = 1\n")
    assert load_config(env).notes
    assert load_config(env).notes, "what is wrong is said each time"
    written(home, "[ui]\nmouse = true\n")
    assert not load_config(env).notes
    assert note.read_text() != first


def test_a_home_that_cannot_be_written_is_no_reason_to_stop(home: Path) -> None:
    env = written(home, "[ui]\nmouse = false\n")
    (home / "state").write_text("in the way")
    assert load_config(env).raw == {"ui": {"mouse": False}}


def test_keys_are_read_from_tables_and_from_dotted_names(home: Path) -> None:
    env = written(
        home,
        'execution.resume = "R"\n"app.quit" = ""\n[log]\nfollow = "F"\nsave = 7\nlist.x = ["y"]\n',
        "keys.toml",
    )
    keys, mistakes = load_keys(env)
    assert keys == {"execution.resume": "R", "app.quit": "", "log.follow": "F"}
    told = sorted(str(one).replace(f"{home}/config/wfc/", "") for one in mistakes)
    assert told == [
        "keys.toml:5: log.save: must be a key's name in quotes",
        "keys.toml:6: log.list.x: must be a key's name in quotes",
    ]


def test_keys_that_are_no_toml_are_noted_and_none_is_taken(home: Path) -> None:
    env = written(home, "R = ", "keys.toml")
    ui = ui_settings(load_config(env), env)
    assert ui.keys == {}
    assert "keys.toml:1: not TOML: invalid value" in ui.notes[0]


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2", ["b"], 2),
        ("[t]\na = 1\n[u]\na = 2", ["u", "a"], 4),
        ("[t]\na.b = 1", ["t", "a", "b"], 2),
        ("t.a = 1", ["t", "a"], 1),
        ("[ 't' . \"x y\" ] # c\n  'k' = 1", ["t", "x y", "k"], 2),
        ("[t]\n# a = 1\na = 1", ["t", "a"], 3),
        ("[[t]]\na = 1", ["t", "a"], 2),
        ("[t]\nb = 1", ["t", "missing"], 1),
        ("", ["a"], 0),
        ("a = 1", ["b"], 0),
    ],
)
def test_the_line_of_a_key_is_found(text: str, path: list[str], line: int) -> None:
    assert line_of(text, path) == line


@given(st.text(alphabet="ab.=\"[]#\n '", max_size=60))
def test_looking_for_a_line_never_fails(text: str) -> None:
    assert 0 <= line_of(text, ["a", "b"]) <= text.count("\n") + 1


def test_the_nearest_word_is_suggested_else_all() -> None:
    assert nearest("themee", ["theme", "mouse"]) == "did you mean `theme`?"
    assert nearest("zzz", ["theme", "mouse"]) == "valid: theme, mouse"
    assert nearest("zzz", []) == ""
