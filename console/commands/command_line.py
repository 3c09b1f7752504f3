"""The `:` line: what was typed, and what could be meant.

parse("start order-processing")   Typed(command=…, words=("order-processing",))
parse("01f3")                     Typed(open_id="01f3")
complete("sta", …)                ("start", "status …")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from console.commands.catalogue import CATALOGUE, Command, by_word
from console.commands.extras import CommandRefused, ExtraCommand

_ID = r"(?i)(?=.*[0-9])[0-9a-f]{2,8}(?:-?[0-9a-f]+)*"
_UUID = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a line asks for: a command, a host's own command, or an execution to open."""

    command: Command | None = None
    extra: ExtraCommand | None = None
    word: str = ""
    words: tuple[str, ...] = ()
    """What follows the word."""
    rest: str = ""
    """The same, as it was typed."""
    open_id: str = ""


def parse(line: str, extras: Sequence[ExtraCommand] = ()) -> Typed:
    """Read a line; raises `CommandRefused` for what there is not."""
    word, _, rest = line.strip().lstrip(":").strip().partition(" ")
    rest = rest.strip()
    words = tuple(rest.split())
    for extra in extras:
        if extra.name == word:
            return Typed(extra=extra, word=word, words=words, rest=rest)
    command = by_word(word)
    if command is not None:
        return Typed(command, word=word, words=words, rest=rest)
    if identifier := execution_reference(word):
        return Typed(open_id=identifier)
    known = [*command_words(), *(extra.name for extra in extras)]
    begun = [name for name in known if name.startswith(word)]
    if len(begun) == 1:
        return parse(f"{begun[0]} {rest}", extras)
    near = begun[:3] or get_close_matches(word, known, n=1)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise CommandRefused(f"there is no command {word}{hint}")


def command_words() -> list[str]:
    """Give every word of the catalogue."""
    return [word for command in CATALOGUE for word in command.words]


def execution_reference(text: str) -> str:
    """Find an execution's id in an id, a prefix of one, or a link; empty if there is none."""
    whole = re.findall(_UUID, text)
    if whole:  # in a link to an execution its id is the last one
        return str(whole[-1]).lower()
    return text.lower() if re.fullmatch(_ID, text) else ""


def complete(
    line: str,
    extras: Sequence[ExtraCommand] = (),
    arguments: Mapping[str, Callable[[], Sequence[str]]] | None = None,
) -> tuple[str, ...]:
    """Give the lines this one could become; `arguments` are the choices by command id."""
    word, blank, rest = line.lstrip(":").partition(" ")
    if not blank:
        known = dict.fromkeys([*(extra.name for extra in extras), *command_words()])
        return tuple(name for name in known if name.startswith(word))
    for extra in extras:
        if extra.name == word:
            return tuple(f"{word} {c}" for c in extra.choices if c.startswith(rest))
    command = by_word(word)
    if command is None or not arguments or command.id not in arguments:
        return ()
    return tuple(
        f"{word} {choice}" for choice in arguments[command.id]() if choice.startswith(rest)
    )
