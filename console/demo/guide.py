"""The one quiet line of the demo: what to do next, or what has just been shown."""

from __future__ import annotations

from collections.abc import Iterable

from console.demo.shop import Charges
from console.demo.story import Crash, Story
from console.model.execution import Execution
from console.model.ids import ExecutionId


class DemoGuide:
    """Reads the story; says nothing that has not happened."""

    def __init__(self) -> None:
        self.story: Story | None = None
        """None until the server answers."""

    def hint(self, executions: Iterable[Execution], focused: Execution | None) -> str:
        """Give the line to show now; empty for none."""
        story = self.story
        if story is None:
            return ""
        if story.trouble:
            return f"The demo cannot go on: {story.trouble}"
        if story.failed and not story.shop.is_mail_on:
            return "The mail server refuses. :mail on, then R"
        if story.crash is not None:
            return after_crash(story.crash)
        if story.failed:
            return "The mail server takes mail again. R resumes the order"
        if story.settled is not None:
            order, charges = story.settled.order, story.settled.charges
            return f"{order} is through, {charged(charges)}. :crash kills a worker in a job"
        return ""

    def look_at(self) -> ExecutionId | None:
        """Give the order whose worker was killed, until another has done its job."""
        crash = self.story.crash if self.story is not None else None
        return crash.execution_id if crash is not None and crash.charges is None else None


def after_crash(crash: Crash) -> str:
    """Say how far the crash is."""
    if crash.charges is None:
        return f"Worker {crash.process_id} is dead, in the middle of {crash.order}'s charge-card"
    heir = f"Worker {crash.heir}" if crash.heir else "Another worker"
    began, taken = times(crash.charges.attempts), times(crash.charges.charged)
    return f"{heir} took over from {crash.process_id}: charge-card began {began}, charged {taken}"


def charged(charges: Charges) -> str:
    """Say how often the card was charged."""
    return f"its card was charged {times(charges.charged)}"


def times(count: int) -> str:
    """Say how often, in words where they are short."""
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
