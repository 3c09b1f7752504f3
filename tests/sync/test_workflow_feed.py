"""The workflow definitions: read by pages, slowly, and only while they are seen."""

from __future__ import annotations

from console.backend.errors import Unreachable
from console.model.workflow import Workflow
from console.sync.freshness import Freshness
from console.sync.workflow_feed import WorkflowFeed
from tests.fakes.backend import FakeBackend
from tests.fakes.clock import ManualClock
from tests.fakes.loop import in_loop


class Rig:
    """A feed on a backend with many workflows."""

    def __init__(self, count: int = 150) -> None:
        self.clock = ManualClock()
        self.backend = FakeBackend(self.clock)
        for number in range(count):
            name = f"workflow-{number:03}"
            self.backend.workflows[name] = Workflow(f"id-{number}", name, "main")
        self.changes = 0
        self.told: list[Freshness] = []
        self.feed = WorkflowFeed(
            self.backend, self.clock, on_change=self._changed, on_freshness=self.told.append
        )

    def _changed(self) -> None:
        self.changes += 1

    @property
    def asked(self) -> int:
        return self.backend.calls["list_workflows"]

    async def open(self) -> WorkflowFeed:
        self.feed.start()
        await self.clock.settle()
        return self.feed


@in_loop
async def test_all_pages_are_read_and_the_same_answer_changes_nothing() -> None:
    rig = Rig()
    feed = await rig.open()
    assert len(feed.workflows) == 150 and rig.changes == 1
    asked = rig.asked
    await rig.clock.advance(120)
    assert rig.asked > asked and rig.changes == 1
    rig.backend.workflows["new"] = Workflow("id", "new", "main")
    await rig.clock.advance(120)
    assert "new" in feed.workflows and rig.changes == 2
    await feed.stop()


@in_loop
async def test_nothing_is_asked_while_nobody_looks() -> None:
    rig = Rig(3)
    feed = await rig.open()
    feed.set_visible(False)
    asked = rig.asked
    await rig.clock.advance(600)
    assert rig.asked == asked
    feed.set_visible(True)
    await rig.clock.settle()
    assert rig.asked == asked + 1
    await feed.stop()


@in_loop
async def test_a_lost_backend_keeps_what_was_read() -> None:
    rig = Rig(3)
    feed = await rig.open()
    rig.backend.fail(Unreachable("connection refused"))
    await rig.clock.advance(200)
    assert feed.freshness.state == "lost" and len(feed.workflows) == 3
    await feed.stop()
