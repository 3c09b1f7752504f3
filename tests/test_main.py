"""The wiring: what the console, the demo and a project's server are started with."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from console import __main__ as program
from console.backend.errors import Unreachable
from console.cli.session import Opening
from console.config.load import UiSettings
from console.model.target import Target
from console.resources import resource
from console.server import background, presence
from console.server.errors import ServeError
from console.server.record import ServerRecord
from console.ui.launch import Launch
from console.ui.themes import load_themes

SPACE = "0193f3a0-0000-7000-8000-000000000001"


def record(project: Path, socket: Path | None) -> ServerRecord:
    """What a running server says of itself."""
    url = "" if socket else "http://127.0.0.1:8787"
    return ServerRecord(7, socket, url, SPACE, project, "1", datetime.now(UTC))


def target(project: Path | None) -> Target:
    """A target of a project, or of a server."""
    if project is None:
        return Target("url", "far", url="https://far.example")
    return Target("project", "shop", project=project)


@pytest.mark.parametrize("is_up", [True, False])
def test_a_project_is_reached_through_its_socket_and_a_started_server_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_up: bool
) -> None:
    running = record(tmp_path, tmp_path / "s.sock")
    monkeypatch.setattr(presence, "status", lambda project: running if is_up else None)
    monkeypatch.setattr(background, "ensure_up", lambda project: running)
    told: list[str] = []
    ready = program.prepare(target(tmp_path), told.append)
    assert (ready.socket, ready.url) == (running.socket, "http://wfc.localhost")
    assert ready.workspace_id == SPACE
    started = ["started the server of shop, process 7; `wfc down` ends it"]
    assert told == ([] if is_up else started)


def test_config_show_tells_what_is_wrong_with_themes(tmp_path: Path) -> None:
    folder = tmp_path / "wfc" / "themes"
    folder.mkdir(parents=True)
    config = folder.parent / "config.toml"
    config.write_text('[ui]\ntheme = "wfc-drak"\n')
    (folder / "broken.toml").write_text("name = \n")
    (folder / "harbour.toml").write_text('name = "harbour"\ninherits = "wfc-drk"\n')
    environment = os.environ | {
        "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "NO_COLOR": "1",
    }  # fmt: skip

    def show() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "console", "config", "show"],
            env=environment | {"PYTHONPATH": str(Path(__file__).parent.parent)},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    done = show()
    broken, harbour, chosen = done.stderr.splitlines()
    assert f"{folder / 'broken.toml'}: is no TOML: " in broken and "line 1" in broken
    assert f"{folder / 'harbour.toml'}: line 2: inherits: no theme 'wfc-drk'" in harbour
    assert f"{config}:2: ui.theme: there is no theme 'wfc-drak'; did you mean `wfc-dark`?" in chosen
    assert done.returncode == 0, "a mistake in the look stops nothing"
    (folder / "broken.toml").unlink()
    (folder / "harbour.toml").write_text('inherits = "wfc-dark"\n')
    config.write_text('[ui]\ntheme = "harbour"\n')
    assert show().stderr == ""


def test_our_themes_are_told_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    shelf = load_themes([resource("themes")])
    assert sorted(program.look_at_themes().names) == sorted(shelf.themes)
    assert shelf.notes == ()


def test_a_server_without_a_socket_is_reached_by_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "status", lambda project: record(tmp_path, None))
    wanted = replace(target(tmp_path), workspace_id="mine")
    ready = program.prepare(wanted, lambda words: None)
    assert (ready.socket, ready.url) == (None, "http://127.0.0.1:8787")
    assert ready.workspace_id == "mine"


def test_what_is_no_project_needs_no_server() -> None:
    assert program.prepare(target(None), lambda words: None) == target(None)


@pytest.fixture
def launches(monkeypatch: pytest.MonkeyPatch) -> list[Launch]:
    """Catch what the console is started with."""
    caught: list[Launch] = []
    app = ModuleType("console.ui.app")

    def run_console(launch: Launch) -> int:
        caught.append(launch)
        return 3

    app.run_console = run_console  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "console.ui.app", app)
    return caught


def test_the_console_is_started_with_the_persons_settings(
    launches: list[Launch], home: Path
) -> None:
    ui = UiSettings("dusk", "ascii", False, {"app.quit": "Q"}, ("a note",), refresh=4.0)
    opening = Opening(target(None), ui, execution="01f3", notes=("another",))
    assert program.open_console(opening) == 3
    (launch,) = launches
    look = launch.preferences
    assert (look.theme, look.glyphs, look.mouse, look.refresh) == ("dusk", "ascii", False, 4.0)
    assert look.keys == {"app.quit": "Q"}
    assert look.notes == ("another", "a note")
    assert look.theme_folders == (home / "config" / "wfc" / "themes",)
    assert launch.open_execution == "01f3"
    assert launch.state_folder == home / "state" / "wfc"
    backend = asyncio.run(connected(launch))
    assert backend.startswith("TailorBackend")


async def connected(launch: Launch) -> str:
    """Open the backend of a launch and close it."""
    backend = await launch.connect()
    await backend.aclose()
    return type(backend).__name__


def test_a_project_that_cannot_be_served_is_a_backend_that_cannot_be_reached(
    launches: list[Launch], tmp_path: Path
) -> None:
    (tmp_path / "wfc.toml").write_text("[project\n")
    program.open_console(Opening(target(tmp_path), UiSettings()))
    with pytest.raises(Unreachable, match=r"wfc\.toml:1: "):
        asyncio.run(connected(launches[0]))


def test_the_demo_takes_the_persons_look(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    from console import demo
    from console.cli.session import Session, Wiring

    seen: list[dict[str, object]] = []
    monkeypatch.setattr(demo, "run", lambda **options: seen.append(options) or 0)
    wiring = Wiring(
        program.prepare,
        program.connect,
        program.open_console,
        program.run_demo,
        program.make_clock,
    )
    assert program.run_demo(True, Session(wiring)) == 0
    assert program.run_demo(False, Session(wiring)) == 0
    assert seen[0] == {"headless": True}
    assert set(seen[1]) == {"preferences"}


def test_a_broken_project_says_why(tmp_path: Path) -> None:
    (tmp_path / "wfc.toml").write_text("[project\n")
    with pytest.raises(ServeError) as caught:
        program.prepare(target(tmp_path), lambda words: None)
    assert caught.value.exit_code == 2
