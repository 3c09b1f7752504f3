"""JSON text laid out anew without touching a digit of it: on one line, or one member a line.

compact_json('{ "a": 1.10 }')      {"a":1.10}
indented_json('{"a":[1.10]}')      on four lines; doubled keys and the digits of numbers stay

Both take text that is JSON.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def compact_json(text: str) -> str:
    """Write JSON without blanks, as it is sent and shown in a command."""
    return "".join(_TOKEN.findall(text))


def indented_json(text: str, step: int = 2) -> str:
    """Write JSON for a person: each member and each item on a line of its own."""
    tokens: list[str] = _TOKEN.findall(text)
    parts: list[str] = []
    depth = 0
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token in "[{":
            depth += 1
            parts.append(token if after in "]}" else f"{token}\n{' ' * step * depth}")
        elif token in "]}":
            depth -= 1
            is_empty = tokens[index - 1] in "[{"
            parts.append(token if is_empty else f"\n{' ' * step * depth}{token}")
        elif token == ",":
            parts.append(f",\n{' ' * step * depth}")
        else:
            parts.append(": " if token == ":" else token)
    return "".join(parts)
