"""Where else the console can be pointed; enter goes there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType

from console.commands.extras import CommandRefused
from console.model.profile import Profile
from console.present.clean import clean
from console.present.columns import Column
from console.present.line import Line, Span
from console.present.profiles import profile_cells, profile_columns, profile_story
from console.present.tone import Tone
from console.ui.keymap import screen_bindings
from console.ui.screens.rows import RowsScreen
from console.ui.session import Session
from console.ui.view_history import View


class ProfilesScreen(RowsScreen, inherit_bindings=False):
    """The profiles of the configuration, the project one stands in, and where it was started."""

    BINDINGS: ClassVar[list[BindingType]] = screen_bindings()
    NAME: ClassVar[str] = "profiles"
    STORY_HEIGHT: ClassVar[int] = 4

    def __init__(
        self, session: Session, *, cursor: str | None = None, filter_text: str = ""
    ) -> None:
        super().__init__(session, cursor=cursor, filter_text=filter_text)
        self._profiles: Mapping[str, Profile] = {}
        self._complaint = ""
        self._name_width = 24

    def on_mount(self) -> None:
        """Read the files."""
        if self._wanted is None:
            self._wanted = self.console_app.pointing.current
        self.poke()

    def poke(self) -> None:
        """Read the files again."""
        try:
            profiles = self.console_app.pointing.profiles()
            self._complaint = ""
        except CommandRefused as refusal:
            profiles, self._complaint = (), str(refusal)
        self._profiles = {profile.name: profile for profile in profiles}
        self.rows_changed()

    # Rows

    def names(self) -> Sequence[str]:
        """Give their names, in the order of the file."""
        return list(self._profiles)

    def words_of(self, name: str) -> str:
        """Look in name, kind and address."""
        profile = self._profiles[name]
        return f"{name} {profile.kind} {profile.address}"

    def columns(self, width: int) -> Sequence[Column]:
        """Give the columns for a width."""
        columns = profile_columns(width)
        self._name_width = columns[1].width
        return columns

    def _is_current(self, name: str) -> bool:
        return name == self.console_app.pointing.current

    def cells(self, name: str) -> Mapping[str, Line]:
        """Give the cells of a profile."""
        return profile_cells(
            self._profiles[name],
            is_current=self._is_current(name),
            name_width=self._name_width,
            glyphs=self.session.glyphs,
        )

    def story_of(self, name: str, width: int) -> Sequence[Line]:
        """Say what it is and what enter does."""
        return profile_story(self._profiles[name], is_current=self._is_current(name))

    def empty_lines(self) -> Sequence[Line]:
        """Say what is wrong with the file."""
        if self._complaint:
            return ((), (Span(clean(self._complaint), Tone.WARNING),))
        return ()

    def opened(self, name: str) -> None:
        """Go there."""
        self.console_app.point_at(name)

    def shown_view(self) -> View:
        """Remember the row."""
        return View("profiles", self.filter_text, cursor=self.list.cursor_id or "")

    def footer_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the keys of a profile."""
        rest = ("find.open", "nav.back", "command.open", "help.open")
        return (("row.open", "go there"), *rest) if self.list.cursor_id is not None else rest
