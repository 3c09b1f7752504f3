"""Durations and ages as text of fixed width, and when that text changes.

format_duration(42.1)   "42.1 s"     finished: tenths below 100 s, then "5 m 02", "1 h 05"
format_took(302)        "5 m 02"     whole seconds, as in a list
format_age(302)         "5 m"        steps by a second below one minute, then by a minute
parse_age("5m")         300          what a person types: s, m, h, d
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

MINUTE, HOUR, DAY = 60, 3600, 86400
WIDTH = 7
"""Cells the longest of these texts takes: `23 h 59`, `99 d 23`."""


def format_age(seconds: float) -> str:
    """Tell how long ago, by one unit: `42 s`, `2 m`, `1 h`, `3 d`."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} m"
    if whole < DAY:
        return f"{whole // HOUR} h"
    return f"{whole // DAY} d"


_UNITS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY}


def parse_age(text: str) -> int | None:
    """Read `90s`, `5m`, `2h`, `1d` as seconds; None for anything else."""
    number, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return int(number) * _UNITS[unit]


def format_took(seconds: float) -> str:
    """Tell how long something took, by whole seconds: `42 s`, `5 m 02`, `1 h 05`, `3 d 04`."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} m {whole % MINUTE:02}"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02}"
    return f"{whole // DAY} d {whole % DAY // HOUR:02}"


def format_duration(seconds: float) -> str:
    """Tell how long a finished job took: with tenths while they matter."""
    tenths = round(max(0.0, seconds), 1)
    return f"{tenths:.1f} s" if tenths < 100 else format_took(seconds)


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Give the seconds from one time to another; None where one is not known."""
    if start is None or end is None:
        return None
    return (end - start).total_seconds()


def next_change(now: datetime, since: Iterable[datetime]) -> float | None:
    """Give the seconds until the first of these ages reads differently; None for none."""
    return min((_until_change((now - start).total_seconds()) for start in since), default=None)


def _until_change(age: float) -> float:
    if age < 0:
        return 1 - age
    unit = 1 if age < MINUTE else MINUTE if age < HOUR else HOUR if age < DAY else DAY
    return unit - age % unit


def format_moment(
    when: datetime, now: datetime, *, mode: str = "relative", zone: tzinfo | None = None
) -> str:
    """Give a moment as the person chose: `relative`, `local` or `UTC`."""
    if mode == "relative":
        return format_age((now - when).total_seconds())
    if mode.lower() == "utc":
        zone = now.tzinfo
    local, today = when.astimezone(zone), now.astimezone(zone)
    if today.date() == local.date():
        return local.strftime("%H:%M:%S")
    if today - local < timedelta(days=330):
        return local.strftime("%d %b %H:%M")
    return local.strftime("%Y-%m-%d")
