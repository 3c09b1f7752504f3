"""`wfc` alone, `wfc ID`, help, mistakes in the words, settings, completion."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import __version__
from console.cli.commands.workflow import COMMANDS as VERBS
from console.cli.commands.workflow import workflow
from console.cli.main import COMMANDS
from console.cli.main import wfc as root
from tests.cli.harness import Cli

FIRST = "01932f5e-aaaa-7000-8000-00000000abcd"


def test_alone_it_opens_the_console(wfc: Cli) -> None:
    wfc.is_terminal = True
    assert wfc().code == 0
    (opening,) = wfc.openings
    assert opening.target.label == "127.0.0.1:8787"
    assert opening.execution == ""


@pytest.mark.parametrize("word", ["01F3", FIRST, f"https://x/executions/{FIRST}", "@latest"])
def test_with_an_execution_it_opens_the_console_there(wfc: Cli, word: str) -> None:
    wfc.is_terminal = True
    assert wfc(word).code == 0
    assert wfc.openings[0].execution == (FIRST if "-" in word else word)


def test_the_console_takes_the_persons_look_and_keys(wfc: Cli, home: Path) -> None:
    folder = home / "config" / "wfc"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[ui]\ntheme = "dusk"\nglyphs = "asci"\n')
    (folder / "keys.toml").write_text('execution.resume = "ctrl+r"\n[app]\nquit = ""\n')
    wfc.is_terminal = True
    wfc()
    ui = wfc.openings[0].ui
    assert (ui.theme, ui.glyphs) == ("dusk", "auto")
    assert ui.keys == {"execution.resume": "ctrl+r", "app.quit": ""}
    (note,) = ui.notes
    assert note.startswith(f"{folder}/config.toml:3: ui.glyphs: 'asci' is not one of `auto`")


def test_the_console_needs_a_terminal(wfc: Cli) -> None:
    result = wfc()
    assert result.code == 2
    assert result.err.startswith("wfc: the console needs a terminal; `wfc workflow --help`")
    assert wfc("demo").code == 2
    assert wfc.openings == [] and wfc.demos == []


def test_the_headless_demo_needs_none(wfc: Cli) -> None:
    assert wfc("demo", "--headless").code == 0
    assert wfc.demos == [True]


def test_outside_everything_a_short_help_says_what_to_do(wfc: Cli) -> None:
    wfc.arguments = ()
    for words in ((), ("workflow", "list"), ("01f3",), ("up",), ("status",)):
        result = wfc(*words)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("wfc: no backend is chosen, and this folder is in no project")
        for way in ("wfc demo", "wfc.toml", "--url", "--profile"):
            assert way in result.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("worklfow",), "there is no command 'worklfow'; did you mean `workflow`?"),
        (("workflow", "lst"), "there is no command 'lst'; did you mean `list`?"),
        (("zzz",), "there is no command 'zzz'; see `wfc --help`"),
        (("--jsn",), "there is no option '--jsn'; did you mean `--json`?"),
        (("workflow", "list", "--zzz"), "there is no option '--zzz'; see `wfc workflow list"),
        (("workflow", "get"), "missing argument 'NAME'; see `wfc workflow get --help`"),
        (("workflow", "list", "extra"), "got unexpected extra argument (extra)"),
        (("workflow", "executions", "-s", "faild"), "did you mean FAILED? valid: PENDING, "),
        (("workflow", "executions", "-s", "UNKNOWN"), "'UNKNOWN' is no state; "),
        (("workflow", "executions", "-l", "-1"), "-1 is not in the range x>=0"),
        (("workflow", "executions", "--order", "up"), "'up' is not one of 'asc', 'desc'"),
        (("workflow", "executions", "-W"), "--wait needs the ID of an execution"),
        (("workflow", "executions", "01f3", "-n", "x"), "are for the listing, without ID"),
        (("workflow", "wait", "01f3", "-i", "3h"), "'3h' is not a duration such as 500ms, 3s"),
        (("workflow", "wait", "01f3", "-i", "0s"), "it must be more than nothing"),
        (("workflow", "wait", "01f3", "-i", "1.5s"), "'1.5s' is not a duration"),
        (("workflow", "wait", "01f3", "--interval=-3s"), "'-3s' is not a duration"),
        (("workflow", "wait", "01f3", "--until", "x"), "'x' is not one of 'terminal', "),
        (("--url", "localhost:80", "status"), "did you mean http://localhost:80?"),
        (("--profile", "nope", "--url", "", "status"), "there is no profile 'nope'"),
        (("--workspace", "7", "status"), "--workspace: '7' is not a UUID"),
        (("--json",), "--json needs a command"),
        (("serve",), "there is no wfc.toml here or above; name a project: wfc serve DIR"),
        (("serve", "/nowhere"), "there is no wfc.toml in /nowhere"),
        (("up",), "127.0.0.1:8787 is no project on this machine"),
        (("down",), "127.0.0.1:8787 is no project on this machine"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_code_2(
    wfc: Cli, words: tuple[str, ...], message: str
) -> None:
    result = wfc(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("wfc: ")
    assert message in result.err
    assert result.err.count("\n") == 1
    assert wfc.backend.total_calls == 0


def test_version_and_help(wfc: Cli) -> None:
    wfc.arguments = ()
    assert wfc("--version").out == f"wfc {__version__}\n"
    for words in (("--help",), ("-h",), ("workflow", "-h"), ("workflow", "start", "--help")):
        result = wfc(*words)
        assert (result.code, result.err) == (0, "")
        assert result.out.startswith("Usage: wfc")
        assert "--json" in result.out


@pytest.mark.parametrize(("group", "commands"), [(root, COMMANDS), (workflow, VERBS)])
def test_every_command_that_is_named_exists_and_has_help(
    wfc: Cli, group: object, commands: dict[str, object]
) -> None:
    path = () if group is root else ("workflow",)
    for name in commands:
        result = wfc(*path, name, "--help")
        assert result.code == 0, result.err
        assert result.out.startswith(f"Usage: wfc {' '.join((*path, name))}")


def test_the_flags_stand_before_the_command_or_after_it(wfc: Cli) -> None:
    wfc.arguments = ()
    space = "0193f3a0-0000-7000-8000-000000000001"
    for words in (
        ("--url", "http://[::1]:1/base/", "--token", "t", "-w", space, "workflow", "list"),
        ("workflow", "--url", "http://[::1]:1/base", "list", "--token", "t", "--workspace", space),
        ("workflow", "list", "--token=t", "--workspace-id", space, "--url", "http://[::1]:1/base"),
    ):
        assert wfc(*words).code == 0
        target = wfc.targets[-1]
        assert (target.url, target.token, target.workspace_id) == (
            "http://[::1]:1/base",
            "t",
            space,
        )


def test_profiles_are_listed_and_the_chosen_one_is_marked(wfc: Cli, home: Path) -> None:
    wfc.arguments = ()
    assert wfc("profile", "list").err.startswith("no profiles in ")
    folder = home / "config" / "wfc"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        'profile = "dev"\n[profiles.dev]\nurl = "http://127.0.0.1:8787"\n'
        '[profiles.prod]\nworkspace = "0193f3a0-0000-7000-8000-000000000001"\n'
    )
    assert wfc("profile", "list").rows == [
        ["NAME", "KIND", "ADDRESS"],
        ["*", "dev", "url", "http://127.0.0.1:8787"],
        ["prod", "tailor", "0193f3a0-0000-7000-8000-000000000001"],
    ]
    names = [(one["name"], one["isChosen"]) for one in wfc("profile", "list", "-j").document]
    assert names == [("dev", True), ("prod", False)]


def test_config_show_says_where_each_value_came_from(
    wfc: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wfc.arguments = ()
    folder = home / "config" / "wfc"
    folder.mkdir(parents=True)
    file = folder / "config.toml"
    file.write_text(
        '[profiles.dev]\nkind = "tailor"\ntoken_env = "T"\nprotected = false\n[ui]\nmouse = false\n'
    )
    monkeypatch.setenv("T", "secret")
    monkeypatch.setenv("WFC_PROFILE", "dev")
    result = wfc("config", "show", "--origin")
    assert "secret" not in result.out
    rows = {row[0]: row[1:] for row in result.rows}
    assert rows["profile"] == ["dev", "WFC_PROFILE"]
    assert rows["kind"] == ["tailor", f"{file}:2"]
    assert rows["url"] == ["https://api.tailor.tech", "default"]
    assert rows["token"] == ["set", "T"]
    assert rows["protected"] == ["false", f"{file}:4"]
    assert rows["read_only"] == ["false", "default"]
    assert rows["ui.mouse"] == ["false", f"{file}:6"]
    document = wfc("config", "show", "--json").document
    assert document[0] == {"key": "profile", "value": "dev", "origin": "WFC_PROFILE"}


def test_config_show_shows_the_rest_when_the_target_is_wrong(wfc: Cli, home: Path) -> None:
    wfc.arguments = ()
    folder = home / "config" / "wfc"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        'profile = "dev"\n[profiles.dev]\nkind = "tailor"\ntoken_env = "T"\n[ui]\ntheme = "dusk"\n'
    )
    result = wfc("config", "show")
    assert result.code == 5
    assert ["ui.theme", "dusk"] in result.rows
    assert "profiles.dev.token_env: the variable T is not set" in result.err
    assert wfc("profile", "list").rows[1][:2] == ["*", "dev"]


def test_config_show_tells_every_key_that_is_not_taken(wfc: Cli, home: Path) -> None:
    wfc.arguments = ()
    folder = home / "config" / "wfc"
    folder.mkdir(parents=True)
    file = folder / "keys.toml"
    file.write_text('view.time = "T"\nlist.next-failure = "f"\nview.pawse = "P"\n')
    told = wfc("config", "show").err
    assert f"{file}:2: list.next-failure: f is view.full too; it keeps e" in told
    assert f"{file}:3: view.pawse: there is no such command; did you mean view.pause?" in told


def test_a_wrong_config_stops_every_command_and_names_each_mistake(wfc: Cli, home: Path) -> None:
    folder = home / "config" / "wfc"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('profle = "x"\n[profiles.a]\nurl = 7\n')
    result = wfc("workflow", "list")
    assert result.code == 2
    first, second = result.err.splitlines()
    assert first == f"wfc: {folder}/config.toml:1: profle: unknown key; did you mean `profile`?"
    assert second == f"{folder}/config.toml:3: profiles.a.url: must be a text in quotes"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_shells_script(wfc: Cli, shell: str) -> None:
    wfc.arguments = ()
    result = wfc("completion", shell)
    assert result.code == 0
    assert "_WFC_COMPLETE" in result.out


@pytest.mark.parametrize(
    ("line", "current", "words"),
    [
        ("wfc ", 1, {"workflow", "up", "demo"}),
        ("wfc workflow re", 2, {"resume", "resolve"}),
        ("wfc workflow executions -s pend", 4, {"PENDING", "PENDING_RESUME", "PENDING_RETRY"}),
    ],
)
def test_words_are_completed(
    wfc: Cli, monkeypatch: pytest.MonkeyPatch, line: str, current: int, words: set[str]
) -> None:
    wfc.arguments = ()
    monkeypatch.setenv("_WFC_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(current))
    offered = {row.partition(",")[2] for row in wfc().out.splitlines()}
    assert words <= offered
    if line.endswith("pend"):
        assert offered == words
