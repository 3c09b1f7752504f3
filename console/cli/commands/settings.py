"""`wfc config` and `wfc profile`: what the settings say, and where each value came from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from console.cli.codes import ExitCode
from console.cli.diagnostics import diagnose
from console.cli.output import Cell, Heading
from console.cli.session import Session
from console.cli.shared import Group
from console.commands.keymap import build_keymap
from console.config.chosen import choose
from console.config.load import UiSettings, UserConfig, ui_origins
from console.config.mistakes import (
    ConfigError,
    Mistake,
    NothingChosen,
    line_of,
    mistake_in,
    nearest,
)
from console.config.paths import keys_file, state_folder
from console.config.settings import Setting
from console.present.clean import clean
from console.present.tone import Tone


@click.group("config", cls=Group)
def config() -> None:
    """The settings in force."""


@config.command("show")
@click.option("--origin", is_flag=True, help="Say where each value came from.")
@click.pass_obj
def show(session: Session, origin: bool) -> int:
    """Print every setting as it holds here and now."""
    user = session.config()
    ui = session.ui(user)
    target_settings, code = _target_settings(session, user)
    settings = [*target_settings, *ui_origins(user, ui)]
    settings += [
        Setting(f"keys.{command}", key, str(keys_file(session.env)))
        for command, key in ui.keys.items()
    ]
    settings += [
        Setting("config file", str(user.file), _config_origin(session)),
        Setting("state folder", str(state_folder(session.env)), "XDG_STATE_HOME, or ~/.local"),
    ]
    _, key_notes = build_keymap(ui.keys)
    for note in (
        *ui.notes,
        *_theme_notes(session, user, ui),
        *(str(mistake_in(keys_file(session.env), one.command, one.text)) for one in key_notes),
    ):
        session.output.warn(clean(note))
    if not session.is_text:
        session.output.documents(
            {"key": one.key, "value": one.value, "origin": one.origin} for one in settings
        )
        return code
    headings = [Heading("SETTING"), Heading("VALUE")]
    rows = [[Cell(one.key), Cell(_shown(one.value))] for one in settings]
    if origin:
        headings.append(Heading("ORIGIN"))
        rows = [[*row, Cell(one.origin, Tone.DIM)] for row, one in zip(rows, settings, strict=True)]
    session.output.table(headings, rows)
    return code


def _target_settings(session: Session, user: UserConfig) -> tuple[Sequence[Setting], int]:
    """Give the target's settings; what is wrong with it is said, and the rest is shown."""
    try:
        settled = session.settle(user)
    except NothingChosen:
        return [Setting("backend", "none", "nothing says which")], ExitCode.DONE
    except ConfigError as error:
        for mistake in error.mistakes:
            session.output.warn(clean(str(mistake)))
        found = diagnose(error)
        return [], found.exit_code if found else ExitCode.WRONG
    for note in settled.notes:
        session.output.warn(f"note: {note}")
    return settled.settings, ExitCode.DONE


def _theme_notes(session: Session, user: UserConfig, ui: UiSettings) -> list[str]:
    """Tell what is wrong with the files of themes, and with the one that is chosen."""
    look = session.wiring.look_at_themes
    if look is None:
        return []
    themes = look()
    notes = [*themes.notes]
    if ui.theme and ui.theme not in themes.names:
        line = line_of(user.text, ("ui", "theme"))
        text, hint = f"there is no theme {ui.theme!r}", nearest(ui.theme, sorted(themes.names))
        notes.append(str(Mistake(text, user.file, line, "ui.theme", hint)))
    return notes


def _config_origin(session: Session) -> str:
    return "WFC_CONFIG" if session.env.get("WFC_CONFIG") else "XDG_CONFIG_HOME, or ~/.config"


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@click.group("profile", cls=Group)
def profile() -> None:
    """Where the console can be pointed."""


@profile.command("list")
@click.pass_obj
def list_(session: Session) -> ExitCode:
    """List the profiles of config.toml; the one in force is marked."""
    user = session.config()
    try:
        chosen = choose(session.flags, session.env, Path.cwd(), user).profile
    except NothingChosen:
        chosen = ""
    documents = [
        {
            "name": name,
            "kind": _kind(one),
            "address": one.get("url") or one.get("project"),
            "workspace": one.get("workspace"),
            "protected": one.get("protected"),
            "readOnly": one.get("read_only") is True,
            "isChosen": name == chosen,
        }
        for name, one in user.profiles.items()
    ]
    if not session.is_text:
        session.output.documents(documents)
        return ExitCode.DONE
    if not documents:
        session.output.talk(f"no profiles in {user.file}")
        return ExitCode.DONE
    headings = [Heading(""), Heading("NAME"), Heading("KIND"), Heading("ADDRESS", can_shrink=True)]
    rows = [
        [
            Cell("*" if one["isChosen"] else "", Tone.TITLE),
            Cell(str(one["name"])),
            Cell(str(one["kind"])),
            Cell(str(one["address"] or one["workspace"] or "")),
        ]
        for one in documents
    ]
    session.output.table(headings, rows)
    return ExitCode.DONE


def _kind(profile: object) -> str:
    get = profile.get  # type: ignore[attr-defined]
    kind = get("kind")
    if kind:
        return str(kind)
    return "url" if get("url") else "project" if get("project") else "tailor"
