"""How a person writes an execution: an id, the start of one, `@latest`, or a link."""

from __future__ import annotations

import re

LATEST = "@latest"

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_PREFIX = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")


def looks_like_execution(word: str) -> bool:
    """Tell whether a word where a command's name could stand means an execution."""
    if word == LATEST or "/" in word or _UUID.search(word):
        return True
    return re.fullmatch(r"[0-9a-fA-F][0-9a-fA-F-]{2,}", word) is not None


def is_whole_id(reference: str) -> bool:
    """Tell whether it is an id as servers make them."""
    return _UUID.fullmatch(reference) is not None


def checked_reference(word: str) -> str:
    """Take a reference apart as far as that needs no backend.

    Raises:
        CliError: it can be no execution.
    """
    from console.cli.diagnostics import CliError

    if word == LATEST:
        return word
    ids: list[str] = _UUID.findall(word)
    if ids:
        # Of a link's ids the last is the narrowest: workspace, application, execution.
        return ids[-1].lower()
    if "/" in word:
        raise CliError(f"no execution id in the link {word!r}")
    if not _PREFIX.fullmatch(word):
        raise CliError(f"{word!r} is no execution: an id, the start of one, or {LATEST}")
    return word
