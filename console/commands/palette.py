"""The list of all commands: made shorter by what is typed, best match first.

    choices = palette_choices(keymap, why_not, extras)
    narrow("strt", choices)        start, restart …
    narrow("pause", choices)       also what has the word in its summary

Each blank-separated piece of the text must match: the beginning of a word, a part of one, or, in a
command's name, its letters in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from console.commands.catalogue import CATALOGUE, Command
from console.commands.extras import ExtraCommand
from console.commands.keymap import Keymap

HIDDEN = frozenset({"palette.open", "app.interrupt", "nav.escape"})
"""What makes no sense to choose from a list."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One command of the list."""

    word: str
    """What it is called on the `:` line; empty where it has no word."""
    usage: str
    keys: str
    summary: str
    reason: str = ""
    """Why it cannot be done now; empty when it can."""
    command: Command | None = None
    extra: ExtraCommand | None = None

    @property
    def needs_words(self) -> bool:
        """Something has to follow its name."""
        if self.extra is not None:
            return bool(self.extra.choices)
        return bool(self.usage) and not self.usage.startswith("[")


def palette_choices(
    keymap: Keymap, reason_of: Callable[[Command], str], extras: Sequence[ExtraCommand] = ()
) -> tuple[Choice, ...]:
    """Give every command there is: the host's own first, moving and what cannot be done last."""
    own = [Choice(e.name, _rest(e), "", e.summary, extra=e) for e in extras]
    listed = [
        Choice(
            command.words[0] if command.words else "",
            command.usage,
            keymap.shown(command.id),
            command.summary,
            reason_of(command),
            command,
        )
        for command in CATALOGUE
        if command.id not in HIDDEN
    ]
    return tuple(sorted([*own, *listed], key=_rank))


def _rank(choice: Choice) -> tuple[bool, bool]:
    is_moving = choice.command is not None and choice.command.id.startswith(("move.", "text."))
    return (bool(choice.reason), is_moving)


def _rest(extra: ExtraCommand) -> str:
    return extra.usage.removeprefix(extra.name).strip()


def narrow(text: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Give the choices that match, the best first; all of them for an empty text."""
    pieces = text.strip().lstrip(":").casefold().split()
    if not pieces:
        return tuple(choices)
    found: list[tuple[int, bool, int, Choice]] = []
    for place, choice in enumerate(choices):
        score = _score(pieces, choice)
        if score is not None:
            found.append((-score, bool(choice.reason), place, choice))
    return tuple(choice for *_, choice in sorted(found, key=lambda one: one[:3]))


def _score(pieces: Sequence[str], choice: Choice) -> int | None:
    total = 0
    for piece in pieces:
        score = max(_names_score(piece, choice), _text_score(piece, choice.summary.casefold()))
        if not score:
            return None
        total += score
    return total


def _names_score(piece: str, choice: Choice) -> int:
    names = [choice.word]
    if choice.command is not None:
        names = [*choice.command.words, choice.command.label, choice.command.id.replace(".", " ")]
    return max(_name_score(piece, name.casefold()) for name in names)


def _name_score(piece: str, name: str) -> int:
    if piece == name:
        return 100
    if name.startswith(piece):
        return 90
    if any(word.startswith(piece) for word in name.replace("-", " ").split()):
        return 70
    if piece in name:
        return 50
    return 30 if _is_within(piece, name) else 0


def _text_score(piece: str, text: str) -> int:
    if any(word.startswith(piece) for word in text.split()):
        return 40
    return 10 if piece in text else 0


def _is_within(piece: str, name: str) -> bool:
    """Tell whether the letters come in this order."""
    letters = iter(name)
    return all(letter in letters for letter in piece)
