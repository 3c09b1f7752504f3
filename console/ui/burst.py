"""Tells keys a person typed from keys that came in one lump: a paste, or a line that stalled.

The keys of one read of the terminal have one time (`console.ui.keyboard`): that is a lump, however
busy this machine is. A slow line brings a paste key by key: three and more that follow each other
faster than fingers are a lump too; two may be a hand that rolls over them. What changes the backend
or is kept on the disk is not done from a lump: the command waits a moment, and is dropped if
another key came with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ONE_READ = 0.001
"""Seconds between two keys of one read, where they are told by the times they were made at."""
GAP = 0.012
"""Seconds between two keys below which no fingers were between them; a held key repeats every
25 ms."""
WAIT = 0.05
"""Seconds a command waits to see whether more keys come with its own."""


@dataclass(slots=True)
class Burst:
    """The times of the latest keys."""

    gap: float = GAP
    _times: list[float] = field(default_factory=list)

    def key(self, time: float) -> None:
        """Take note of a key."""
        self._times.append(time)
        del self._times[:-256]

    def count(self, time: float) -> int:
        """Give how many keys came in one lump with the one of that time; 1 when it came alone."""
        times = sorted(self._times)
        if time not in times:
            return 1
        index = times.index(time)
        first = last = index
        while first > 0 and times[first] - times[first - 1] < self.gap:
            first -= 1
        while last + 1 < len(times) and times[last + 1] - times[last] < self.gap:
            last += 1
        count = last - first + 1
        if count == 2 and times[last] - times[first] > ONE_READ:
            return 1
        return count

    @property
    def latest(self) -> float:
        """The time of the latest key; 0 before the first."""
        return self._times[-1] if self._times else 0.0
