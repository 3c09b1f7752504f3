"""What a filter that is being typed could become.

complete_filter("mail st", workflows)        ("mail status=", "mail status!=")
complete_filter("status=failed,w", …)        ("status=failed,waiting",)
complete_filter("!wf=ord", …)                ()   what is not, is written wf!=ord
"""

from __future__ import annotations

from collections.abc import Sequence

from console.commands.filters import STATE_WORDS

FIELD_STARTS = ("status=", "status!=", "wf=", "wf!=", "id=", "age<", "age>")
AGES = ("15m", "1h", "2h", "24h", "7d")


def complete_filter(text: str, workflows: Sequence[str]) -> tuple[str, ...]:
    """Give the filters this one could become by what completes its last term."""
    head, last = _split(text)
    return tuple(f"{head}{whole}" for whole in _term(last, workflows) if whole != last)


def _split(text: str) -> tuple[str, str]:
    """Give what stands before the last term, and the last term."""
    if text.count('"') % 2:
        return text, '"'  # within quotes a blank is part of the term
    head, blank, last = text.rpartition(" ")
    return head + blank, last


def _term(term: str, workflows: Sequence[str]) -> list[str]:
    if term == '"':
        return []
    for start in sorted(FIELD_STARTS, key=len, reverse=True):
        if term.startswith(start):
            return [start + value for value in _values(start, term[len(start) :], workflows)]
    if term.startswith(("workflow=", "workflow!=")):
        start = term[: term.index("=") + 1]
        return [start + name for name in workflows if name.startswith(term[len(start) :])]
    return [start for start in FIELD_STARTS if start.startswith(term)] if term else []


def _values(start: str, value: str, workflows: Sequence[str]) -> list[str]:
    if start.startswith("status"):
        before, comma, word = value.rpartition(",")
        taken = before.split(",")
        return [
            f"{before}{comma}{state}"
            for state in STATE_WORDS
            if state.startswith(word) and "_" not in state and state not in taken
        ]
    if start.startswith("wf"):
        return [name for name in workflows if name.startswith(value)]
    if start.startswith("age"):
        return [age for age in AGES if age.startswith(value)]
    return []
