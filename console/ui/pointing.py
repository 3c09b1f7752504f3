"""Where the console can be pointed: the profiles there are, and the place it was started at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from console.commands.extras import CommandRefused
from console.model.target import Target
from console.ui.launch import Launch

if TYPE_CHECKING:
    from console.model.profile import Profile


class Pointing:
    """Gives launches by a profile's name."""

    def __init__(self, first: Launch) -> None:
        self._first = first
        self.current = first.target.label
        """The name of the profile one is at."""

    def profiles(self) -> Sequence[Profile]:
        """Give all there are; where it was started is always one of them.

        Raises `CommandRefused`.
        """
        source = self._first.profiles
        found = list(source.profiles()) if source is not None else []
        start = _as_started(self._first.target)
        names = [profile.name for profile in found]
        if start.name in names:
            index = names.index(start.name)
            found[index] = replace(start, is_here=found[index].is_here)
        else:
            found.insert(0, start)
        return found

    def launch(self, name: str) -> Launch:
        """Give what the console is started with at another profile. Raises `CommandRefused`."""
        first = self._first
        if name == first.target.label:
            return replace(first, open_execution="")
        if first.profiles is None:
            raise CommandRefused("there are no other profiles here")
        target, connect = first.profiles.open(name)
        return replace(first, target=target, connect=connect, open_execution="")


def _as_started(target: Target) -> Profile:
    """Describe the target of the start: as the command line and the environment settled it."""
    from console.model.profile import Profile

    return Profile(
        target.label,
        target.kind,
        str(target.project or target.socket or target.url),
        target.is_protected,
        target.is_read_only,
        target.color,
    )
