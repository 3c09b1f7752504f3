"""A moment in a log as a person writes it.

5m  90s  2h  1d         that long ago
10:32  10:32:05         a time of the day, in the zone that is shown: of the log's last day
+32  +1:30              that long after the log's times are told from
2026-11-24T10:32        a day and a time
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from console.present.durations import parse_age

_AFTER = re.compile(r"\+(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,6})?)")
FORMS = "5m, 10:32, +1:30 or 2026-11-24T10:32"
"""One of each, for who wrote something else."""


class BadMoment(Exception):
    """What was written is no moment."""


@dataclass(frozen=True, slots=True)
class LogTimes:
    """What moments of a log are reckoned from."""

    now: datetime
    first: datetime
    """The time of its first line."""
    last: datetime
    """The time of its last line."""
    zone: tzinfo | None = None
    """None is local."""
    began: datetime | None = None
    """What its times are told from; None is the first line."""


def parse_moment(text: str, times: LogTimes) -> datetime:
    """Read a moment. Raises `BadMoment`."""
    text = text.strip()
    try:
        if (ago := parse_age(text)) is not None:
            return times.now - timedelta(seconds=ago)
        if after := _AFTER.fullmatch(text):
            hours, minutes, seconds = (float(part or 0) for part in after.groups())
            begun = times.began or times.first
            return begun + timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if re.match(r"\d{1,2}:\d\d", text):
            return _of_day(time.fromisoformat(text if text[2] == ":" else f"0{text}"), times)
        if re.match(r"\d{4}-", text):
            when = datetime.fromisoformat(text)
            if when.tzinfo is None:
                when = _in_zone(when, times.zone)
            return when
    except (ValueError, OverflowError) as error:
        raise BadMoment(f"{text} is no time; there are {FORMS}") from error
    raise BadMoment(f"{text} is no time; there are {FORMS}")


def _of_day(clock: time, times: LogTimes) -> datetime:
    """Take it of the log's last day; of the day before where only that is within the log."""
    day = times.last.astimezone(times.zone).date()
    when = _in_zone(datetime.combine(day, clock), times.zone)
    before = _in_zone(datetime.combine(day - timedelta(days=1), clock), times.zone)
    return before if when > times.last and before >= times.first else when


def _in_zone(when: datetime, zone: tzinfo | None) -> datetime:
    return when.astimezone() if zone is None else when.replace(tzinfo=zone)
