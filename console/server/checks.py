"""What a request's fields must hold; each refusal names the field as the message spells it."""

from __future__ import annotations

import re

from console.server.codes import invalid

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
APPLICATION_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,28}[a-z0-9]")

LONGEST_REASON = 2000


def uuid(field: str, value: str) -> str:
    """Take a UUID, in lower case."""
    value = value.lower()
    if not UUID.fullmatch(value):
        raise invalid(field, "a UUID is needed")
    return value


def name(field: str, value: str) -> str:
    """Take a name of a workflow, job, machine user or namespace."""
    if not NAME.fullmatch(value):
        raise invalid(field, "a name of 3 to 63 of a-z, 0-9 and - is needed, with no - at its ends")
    return value


def application_name(field: str, value: str) -> str:
    """Take a name of an application."""
    if not APPLICATION_NAME.fullmatch(value):
        raise invalid(field, "a name of 3 to 30 of a-z, 0-9 and - is needed, with no - at its ends")
    return value


def text(field: str, value: str, longest: int = LONGEST_REASON) -> str:
    """Take free text of a bounded length."""
    if len(value) > longest:
        raise invalid(field, f"at most {longest} characters are kept")
    return value
