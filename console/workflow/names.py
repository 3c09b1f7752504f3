"""The one rule for names of workflows, jobs, machine users and wait points."""

from __future__ import annotations

import re

NAME_RULE = "^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$"

_NAME = re.compile(NAME_RULE.removesuffix("$") + r"\Z")


def is_name(text: object) -> bool:
    """Tell whether a text may name a workflow, a job, a machine user or a wait point."""
    return isinstance(text, str) and _NAME.match(text) is not None


def name_problem(kind: str, name: object) -> str | None:
    """Say what is wrong with a name, with the rule and a name that would do; None if nothing is."""
    if is_name(name):
        return None
    if not isinstance(name, str):
        return f'the {kind} has no name: write name="…", matching {NAME_RULE}'
    nearest = nearest_name(name)
    advice = f'; write "{nearest}"' if nearest else ""
    return f"{kind} name {name!r} does not match {NAME_RULE}{advice}"


def nearest_name(text: str) -> str:
    """Turn a text into the nearest valid name; empty where there is none."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text).lower()
    name = re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:63].strip("-")
    return name if is_name(name) else ""
