"""The profiles a console can be pointed at while it runs; the files are read anew each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from console.commands.extras import CommandRefused
from console.config.load import UserConfig, load_config
from console.config.mistakes import ConfigError
from console.present.clean import clean

if TYPE_CHECKING:  # most consoles stay where they are
    from console.model.profile import Profile
    from console.model.target import Target

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProfileBook:
    """Lists profiles and gives their targets. Every method raises `CommandRefused`."""

    env: Mapping[str, str]
    folder: Path
    is_read_only: bool = False
    """The command line said so: it holds wherever the console is pointed."""

    def profiles(self) -> Sequence[Profile]:
        """Give the profiles there are."""
        from console.config.profiles import known_profiles

        found = self._read(lambda config: known_profiles(self.env, self.folder, config))
        return [replace(one, is_read_only=one.is_read_only or self.is_read_only) for one in found]

    def target(self, name: str) -> Target:
        """Give the target of a profile."""
        from console.config.profiles import profile_target

        target = self._read(lambda config: profile_target(name, self.env, self.folder, config))
        return replace(target, is_read_only=target.is_read_only or self.is_read_only)

    def _read(self, question: Callable[[UserConfig], T]) -> T:
        try:
            return question(load_config(self.env))
        except ConfigError as error:
            raise CommandRefused(clean(str(error.mistakes[0]))) from error
