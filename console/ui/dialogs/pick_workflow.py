"""Choose a workflow: a list that what is typed makes shorter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from console.backend.errors import BackendError
from console.model.workflow import Workflow
from console.present.clean import clean
from console.present.columns import Column
from console.present.durations import format_age
from console.present.errors import error_lines
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.dialogs.field import Field
from console.ui.session import Session
from console.ui.sturdy import Sturdy
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.row_list import RowList

PAGES = 20
"""Pages of definitions that are read at most."""


class PickWorkflow(Sturdy, ModalScreen[str | None], inherit_bindings=False):
    """Gives the name of the workflow that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "back", "Back", show=False),
        Binding("down,ctrl+n", "step(1)", "Down", show=False, priority=True),
        Binding("up,ctrl+p", "step(-1)", "Up", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    PickWorkflow {
        background: $background;
        & #picker { padding: 1 3; max-width: 110; }
        & RowList { height: 1fr; margin-top: 1; }
    }
    """

    def __init__(self, session: Session, first: str) -> None:
        super().__init__()
        self.session = session
        self._first = first
        self._workflows: dict[str, Workflow] = {}
        self.field = Field("Workflow", 11)
        self.list = RowList(self._columns, self._cells, glyphs=session.glyphs, show_header=False)
        self.list.can_focus = False
        self.list.empty = ((), (Span("Reading the workflows…", Tone.DIM),))

    def compose(self) -> ComposeResult:
        """Give the line to type into and the list."""
        target = self.session.target
        label = f" {clean(target.label)} "
        place = Span(label, Tone.DIM)
        if target.is_protected:
            place = Span(f"{label}PROTECTED ", Tone.PROTECTED, bold=True, reverse=True)
        with Vertical(id="picker"):
            yield LineBar(lambda _: ((Span("Start a workflow", Tone.TITLE), Span("   "), place),))
            yield self.field
            yield self.list
            hint = "enter chooses   up and down move   esc goes back"
            yield LineBar(lambda _: ((Span(hint, Tone.DIM),),))

    def on_mount(self) -> None:
        """Read the definitions."""
        self.field.input.focus()
        self.run_worker(self._read(), exit_on_error=False)

    async def _read(self) -> None:
        backend, token = self.session.backend, ""
        assert backend is not None
        try:
            for _ in range(PAGES):
                page = await backend.list_workflows(token=token)
                self._workflows |= {workflow.name: workflow for workflow in page.items}
                token = page.next_token
                if not token:
                    break
        except BackendError as error:
            self.list.empty = ((), *error_lines(error))
            self.list.refresh_changed()
            return
        self.list.empty = ((), (Span("No workflow has such a name.", Tone.DIM),))
        self._narrow()
        self.list.cursor_to(self._first)

    def _narrow(self) -> None:
        words = self.field.text.casefold().split()
        names = [n for n in sorted(self._workflows) if all(w in n.casefold() for w in words)]
        self.list.set_rows(names)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._narrow()

    @on(Input.Submitted)
    def _chosen(self, message: Input.Submitted) -> None:
        message.stop()
        if self.list.cursor_id is not None:
            self.dismiss(self.list.cursor_id)

    @on(RowList.RowOpened)
    def _opened(self, message: RowList.RowOpened) -> None:
        message.stop()
        self.dismiss(message.row_id)

    def action_step(self, step: int) -> None:
        """Move the cursor of the list."""
        self.list.move_by(step)

    def action_back(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def _columns(self, width: int) -> Sequence[Column]:
        name = min(32, max(12, width // 2))
        return (
            Column("name", "", name),
            Column("main", "", max(8, width - name - 2 - 12)),
            Column("age", "", 8, is_right=True),
        )

    def _cells(self, name: str) -> Mapping[str, Line]:
        workflow = self._workflows[name]
        age = ""
        if workflow.updated_at is not None:
            age = format_age((self.session.now() - workflow.updated_at).total_seconds())
        return {
            "name": (Span(clean(name)),),
            "main": (Span(clean(workflow.main_job), Tone.DIM),),
            "age": (Span(age, Tone.DIM),),
        }
