"""The part of a log that is shown: from one moment to another, or so many lines at an end.

    window = LogWindow(since=…)             its text is what the status line says of it
    window.place(spool)                     (7796, None): first line, and the one after the last

A moment's line is looked for by halves: twenty small reads in a million lines, once. While it has
not come yet, only what is new is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from console.commands.extras import CommandRefused
from console.present.durations import parse_age
from console.present.log_moment import BadMoment, LogTimes, parse_moment
from console.present.logs import split_time

if TYPE_CHECKING:
    from console.sync.spool import LogSpool

PROBE = 64
"""Lines read at once to find one that has a time."""


class LogWindow:
    """Which lines of a growing log are shown."""

    def __init__(
        self,
        text: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        first: int = 0,
        end: int | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self.text = text
        """What it is called: `since 10:32 until 10:40`."""
        self.names = names or {}
        """What its moments are called, by `since` and `until`."""
        self.since = since
        self.until = until
        self._first = first
        self._end = end
        self._is_begun = since is None
        self._looked = 0

    def place(self, spool: LogSpool) -> tuple[int, int | None]:
        """Give the first line and the one after the last, as far as they are known now."""
        count = spool.line_count
        if not spool.is_closed_line:
            count -= 1  # its time may be there in part
        if self.since is not None and not self._is_begun:
            self._first = _first_at(spool, self.since, self._first, count)
            self._is_begun = self._first < count
        if self.until is not None and self._end is None:
            found = _first_at(spool, self.until, self._looked, count, is_after=True)
            self._looked = found
            if found < count:
                self._end = found
        return self._first, self._end


def window_of_times(
    before: LogWindow | None,
    word: str,
    text: str,
    spool: LogSpool,
    now: datetime,
    zone: tzinfo | None,
    began: datetime | None,
) -> LogWindow | None:
    """Give the window with another `since` or `until`; None when neither is left.

    Raises `CommandRefused` for what is no moment.
    """
    parts = {} if before is None else {"since": before.since, "until": before.until}
    names = {} if before is None else dict(before.names)
    parts[word] = None
    names.pop(word, None)
    if text:
        found, last = next_time(spool, 0, PROBE), last_time(spool)
        if found is None or last is None:
            raise CommandRefused("no line of this log has a time yet")
        try:
            moment = parse_moment(text, LogTimes(now, found[1], last, zone, began))
        except BadMoment as error:
            raise CommandRefused(str(error)) from error
        parts[word] = moment
        is_ago = parse_age(text) is not None  # of what was so long ago the time stays true
        names[word] = f"{moment.astimezone(zone):%H:%M:%S}" if is_ago else text
    if not names:
        return None
    words = " ".join(f"{word} {names[word]}" for word in ("since", "until") if word in names)
    return LogWindow(words, since=parts.get("since"), until=parts.get("until"), names=names)


def _first_at(
    spool: LogSpool, moment: datetime, low: int, high: int, *, is_after: bool = False
) -> int:
    """Give the first line of that moment or later, or later only; `high` where there is none.

    A line without a time is one of the line before it.
    """
    end = high
    while low < high:
        middle = (low + high) // 2
        found = next_time(spool, middle, min(end, middle + PROBE))
        if found and (found[1] > moment or (found[1] == moment and not is_after)):
            high = middle
        else:
            low = middle + 1
    found = next_time(spool, low, min(end, low + PROBE))
    return found[0] if found else end


def next_time(spool: LogSpool, low: int, high: int) -> tuple[int, datetime] | None:
    """Give the first line with a time, and that."""
    for offset, raw in enumerate(spool.lines(low, high)):
        when, _ = split_time(raw)
        if when is not None:
            return low + offset, when
    return None


def last_time(spool: LogSpool) -> datetime | None:
    """Give the time of the last line that has one."""
    count = spool.line_count
    times = (split_time(raw)[0] for raw in reversed(spool.lines(count - PROBE, count)))
    return next((when for when in times if when is not None), None)
