"""Themes: TOML files that give each tone a colour.

    name = "wfc-dark"
    dark = true
    inherits = "wfc-light"        # optional: what is not said here is taken from there
    [tones]
    ground = "#14161b"            # below everything
    failed = "#ff7373"            # one of `present.tone.Tone`; `text` is the plain one
    selection = "reverse"         # the three grounds may be drawn reversed

    shelf = load_themes([Path("~/.config/wfc/themes"), resource("themes")])
    shelf.themes["wfc-dark"]      a Textual theme
    shelf.notes                   one line for each file that could not be read: file, line, key

A colour is `#rrggbb` or one of the terminal's own, `ansi_red`. A theme of the terminal's colours
is sent as such, so it looks like the rest of the terminal.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from console.present.tone import GROUNDS, Tone
from console.ui.paint import REVERSE

DEFAULT = "wfc-dark"
SIXTEEN = "sixteen"
MONO = "mono"
GROUND = "ground"
TONES = (GROUND, *(tone.value or "text" for tone in Tone))
_KEYS = ("name", "dark", "inherits", "tones")


class ThemeError(Exception):
    """A theme's file makes no sense; the text names the line and the key."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The themes there are, by name, and complaints about files that are none."""

    themes: Mapping[str, Theme]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    """A theme as its file has it, before it inherits."""

    name: str
    path: Path
    dark: bool | None
    inherits: str
    tones: Mapping[str, str]


def load_themes(folders: Sequence[Path]) -> Shelf:
    """Read every theme of these folders; the first of a name counts."""
    drafts: dict[str, _Draft] = {}
    notes: list[str] = []
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                draft = _read(path)
            except ThemeError as error:
                notes.append(f"{path}: {error}")
                continue
            drafts.setdefault(draft.name, draft)
    themes: dict[str, Theme] = {}
    for name, draft in drafts.items():
        try:
            themes[name] = _theme(draft, drafts)
        except ThemeError as error:
            notes.append(f"{draft.path}: {error}")
    return Shelf(themes, tuple(notes))


def _read(path: Path) -> _Draft:
    try:
        text = path.read_text("utf-8")
        record = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeError(f"cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(f"is no TOML: {error}") from error
    for key in record:
        if key not in _KEYS:
            raise ThemeError(_unknown(text, key, _KEYS))
    name = record.get("name", path.stem)
    inherits = record.get("inherits", "")
    dark = record.get("dark")
    tones = record.get("tones", {})
    if not isinstance(name, str) or not name:
        raise ThemeError(_at(text, "name", "must be a text"))
    if not isinstance(inherits, str):
        raise ThemeError(_at(text, "inherits", "must be the name of a theme"))
    if dark is not None and not isinstance(dark, bool):
        raise ThemeError(_at(text, "dark", "must be true or false"))
    if not isinstance(tones, dict):
        raise ThemeError(_at(text, "tones", "must be a table"))
    for tone, value in tones.items():
        if tone not in TONES:
            raise ThemeError(_unknown(text, tone, TONES))
        _check_color(text, tone, value)
    return _Draft(name, path, dark, inherits, tones)


def _check_color(text: str, tone: str, value: object) -> None:
    if not isinstance(value, str):
        raise ThemeError(_at(text, tone, "must be a colour in quotes"))
    if value == REVERSE and tone in GROUNDS:
        return
    try:
        Color.parse(value)
    except ColorParseError as error:
        raise ThemeError(_at(text, tone, f"{value!r} is no colour; write #rrggbb")) from error


def _unknown(text: str, key: str, known: Sequence[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return _at(text, key, "is not known" + (f"; did you mean {near[0]}?" if near else ""))


def _at(text: str, key: str, complaint: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if line.partition("=")[0].strip().strip("\"'") == key or line.strip() == f"[{key}]":
            return f"line {number}: {key}: {complaint}"
    return f"{key}: {complaint}"


def _theme(draft: _Draft, drafts: Mapping[str, _Draft]) -> Theme:
    tones: dict[str, str] = {}
    dark: bool | None = None
    seen: list[str] = []
    step: _Draft | None = draft
    while step is not None:
        if step.name in seen:
            raise ThemeError(f"inherits: {' → '.join([*seen, step.name])} is a circle")
        seen.append(step.name)
        tones = {**step.tones, **tones}
        dark = step.dark if dark is None else dark
        parent = step.inherits
        if parent and parent not in drafts:
            raise ThemeError(_at(step.path.read_text("utf-8"), "inherits", f"no theme {parent!r}"))
        step = drafts[parent] if parent else None
    missing = [tone for tone in TONES if tone not in tones]
    if missing:
        raise ThemeError(f'[tones] lacks {", ".join(missing)}; or say inherits = "{DEFAULT}"')
    return _textual_theme(draft.name, tones, is_dark=dark is not False)


def _textual_theme(name: str, tones: Mapping[str, str], *, is_dark: bool) -> Theme:
    ground, text = tones[GROUND], tones["text"]
    is_ansi = ground.startswith("ansi_")
    own = BUILTIN_THEMES["ansi-dark" if is_dark else "ansi-light"].variables if is_ansi else {}
    selection = ground if tones["selection"] == REVERSE else tones["selection"]
    return Theme(
        name=name,
        dark=is_dark,
        ansi=is_ansi,
        primary=tones["accent"],
        secondary=tones["waiting"],
        warning=tones["warning"],
        error=tones["failed"],
        success=tones["success"],
        accent=tones["accent"],
        foreground=text,
        background=ground,
        surface=ground,
        panel=selection,
        boost=selection,
        variables={
            **own,
            **{f"tone-{tone}": color for tone, color in tones.items()},
            "scrollbar": tones["rule"],
            "scrollbar-hover": tones["dim"],
            "scrollbar-active": tones["dim"],
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "scrollbar-corner-color": ground,
        },
    )
