"""A log: each byte once, in order, at a bearable pace, and none after its end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.backend.errors import Malformed, NotFound, Unauthenticated, Unreachable
from console.model.capabilities import Capabilities
from console.model.ids import FunctionExecutionId, JobExecutionId
from console.model.log import LogChunk
from console.sync.freshness import Freshness
from console.sync.log_feed import LogFeed
from tests.fakes.backend import BARE, EVERYTHING, FakeBackend
from tests.fakes.clock import ManualClock
from tests.fakes.loop import in_loop


@dataclass
class Sizes:
    chunk: int = 256 * 1024
    longest: int = 64 * 1024 * 1024
    end: int = 16 * 1024 * 1024


class RecordingBackend(FakeBackend):
    """Remembers which bytes were asked for, and answers as told."""

    def __init__(self, clock: ManualClock, capabilities: Capabilities) -> None:
        super().__init__(clock, capabilities=capabilities)
        self.asked: list[int] = []
        self.sent = 0
        self.answers: list[LogChunk] = []

    async def read_log(
        self, identifier: FunctionExecutionId, *, offset: int = 0, limit: int = 256 * 1024
    ) -> LogChunk:
        self.asked.append(offset)
        chunk = await super().read_log(identifier, offset=offset, limit=limit)
        self.sent += len(chunk.data)
        return self.answers.pop(0) if self.answers else chunk


class Rig:
    """A log feed on a job that runs."""

    def __init__(self, capabilities: Capabilities = EVERYTHING, sizes: Sizes | None = None) -> None:
        self.clock = ManualClock()
        self.backend = RecordingBackend(self.clock, capabilities)
        self.job: JobExecutionId = self.backend.start_job(self.backend.add(), "main")
        self.told: list[Freshness] = []
        self.grown = 0
        self.bugs: list[Exception] = []
        sizes = sizes or Sizes()

        def grow() -> None:
            self.grown += 1

        self.feed = LogFeed(
            self.backend,
            self.clock,
            self.backend.function_of(self.job),
            on_grow=grow,
            on_freshness=self.told.append,
            on_bug=self.bugs.append,
            jitter=lambda: 0.5,
            chunk=sizes.chunk,
            longest=sizes.longest,
            end=sizes.end,
        )

    @property
    def text(self) -> bytes:
        spool = self.feed.spool
        end = b"\n" if spool.line_count and spool.is_closed_line else b""
        return b"\n".join(spool.lines(0, spool.line_count)) + end

    async def start(self) -> None:
        self.feed.start()
        await self.clock.settle()


@in_loop
async def test_a_log_is_followed_while_it_is_written_and_ends_with_its_job() -> None:
    rig = Rig()
    rig.backend.write(rig.job, b"one\n")
    await rig.start()
    assert rig.text == b"one\n"
    assert (rig.feed.has_times, rig.feed.is_complete, rig.feed.error) == (True, False, None)
    rig.backend.write(rig.job, b"two\nthr")
    await rig.clock.advance(0.25)
    assert rig.text == b"one\ntwo\nthr"
    rig.backend.write(rig.job, b"ee\n")
    rig.backend.end_job(rig.job)
    await rig.clock.advance(0.25)
    assert rig.text == b"one\ntwo\nthree\n"
    assert (rig.feed.is_complete, rig.feed.freshness.state) == (True, "done")
    asked = len(rig.backend.asked)
    await rig.clock.advance(86_400)
    assert len(rig.backend.asked) == asked == 3
    assert (rig.grown, rig.backend.sent) == (3, 14)
    await rig.feed.stop()


@in_loop
async def test_a_long_log_is_read_at_once_and_a_steady_one_four_times_a_second() -> None:
    rig = Rig(sizes=Sizes(chunk=10))
    rig.backend.write(rig.job, b"123456789\n" * 300)
    await rig.start()
    assert rig.feed.spool.size == 3000
    assert rig.clock.now() == ManualClock().now()
    rig.backend.asked.clear()
    for _ in range(100):
        rig.backend.write(rig.job, b"x\n")
        await rig.clock.advance(0.1)
    assert len(rig.backend.asked) <= 41
    await rig.feed.stop()


@pytest.mark.parametrize(
    ("capabilities", "most"),
    [(EVERYTHING, 1900), (replace(EVERYTHING, is_local=False), 480), (BARE, 260)],
)
def test_a_silent_job_is_asked_for_less_and_less(capabilities: Capabilities, most: int) -> None:
    @in_loop
    async def body() -> None:
        rig = Rig(capabilities)
        await rig.start()
        await rig.clock.advance(3600)
        assert most * 0.9 < len(rig.backend.asked) < most
        await rig.feed.stop()

    body()


@in_loop
async def test_an_unseen_log_is_not_read() -> None:
    rig = Rig()
    await rig.start()
    rig.feed.set_visible(False)
    rig.backend.write(rig.job, b"one\n")
    await rig.clock.advance(60)
    assert len(rig.backend.asked) == 1
    rig.feed.set_visible(True)
    await rig.clock.settle()
    assert rig.text == b"one\n"
    await rig.feed.stop()


@in_loop
async def test_of_a_huge_log_only_the_end_is_read_from_a_lines_beginning() -> None:
    rig = Rig(sizes=Sizes(chunk=64, longest=1000, end=100))
    lines = [b"line %04d\n" % number for number in range(300)]
    rig.backend.write(rig.job, b"".join(lines))
    await rig.start()
    kept = rig.text
    assert 90 <= len(kept) <= 100
    assert b"".join(lines).endswith(kept)
    assert kept.startswith(b"line ")
    assert rig.feed.skipped + len(kept) == 3000
    rig.backend.write(rig.job, b"more\n")
    await rig.clock.advance(1)
    assert rig.text == kept + b"more\n"
    await rig.feed.stop()


@in_loop
async def test_all_lines_are_given_also_those_that_were_not_loaded() -> None:
    rig = Rig(sizes=Sizes(chunk=64, longest=1000, end=100))
    lines = [b"line %04d" % number for number in range(300)]
    rig.backend.write(rig.job, b"\n".join(lines) + b"\n")
    await rig.start()
    assert rig.feed.skipped > 2800
    assert [line async for some in rig.feed.all_lines() for line in some] == lines
    rig.backend.write(rig.job, b"more\nunfin")
    await rig.clock.advance(1)
    given = [line async for some in rig.feed.all_lines() for line in some]
    assert given == [*lines, b"more", b"unfin"]
    rig.backend.logs[rig.feed.function_execution_id] = bytearray()
    with pytest.raises(Malformed, match="the beginning of the log is gone"):
        [line async for some in rig.feed.all_lines() for line in some]
    await rig.feed.stop()


@in_loop
async def test_a_line_that_begins_before_the_end_is_skipped_however_long() -> None:
    rig = Rig(sizes=Sizes(chunk=64, longest=1000, end=600))
    rig.backend.write(rig.job, b"x" * 1500 + b"\nwhole\n")
    await rig.start()
    assert rig.text == b"whole\n"
    assert rig.feed.skipped == 1501
    await rig.feed.stop()


@in_loop
async def test_a_backend_that_sends_it_all_anyway_is_not_asked_to_skip() -> None:
    rig = Rig(replace(EVERYTHING, log_offsets=False), Sizes(chunk=64, longest=1000, end=100))
    rig.backend.write(rig.job, b"line\n" * 300)
    await rig.start()
    assert (rig.feed.spool.line_count, rig.feed.skipped) == (300, 0)
    await rig.feed.stop()


@in_loop
async def test_bytes_sent_twice_are_kept_once_and_bytes_left_out_are_counted() -> None:
    rig = Rig()
    rig.backend.answers = [
        LogChunk(b"abc\n", 4, 12, False, True),
        LogChunk(b"c\ndef\n", 8, 12, False, True),
        LogChunk(b"xyz\n", 16, 16, False, True),
        LogChunk(b"", 16, 16, False, True),
    ]
    await rig.start()
    assert rig.text == b"abc\ndef\nxyz\n"
    assert rig.feed.skipped == 4
    await rig.feed.stop()


@in_loop
async def test_a_log_that_began_anew_is_read_anew() -> None:
    rig = Rig()
    rig.backend.write(rig.job, b"old line\n")
    await rig.start()
    before = rig.feed.spool
    run = rig.backend.function_of(rig.job)
    rig.backend.logs[run] = bytearray(b"new\n")
    await rig.clock.advance(0.25)
    assert rig.text == b"new\n"
    assert rig.feed.spool is not before
    await rig.feed.stop()


@in_loop
async def test_a_log_that_expired_keeps_the_lines_that_were_read() -> None:
    rig = Rig()
    rig.backend.write(rig.job, b"one\ntwo\n")
    await rig.start()
    rig.backend.logs[rig.backend.function_of(rig.job)].clear()
    await rig.clock.advance(5)
    assert (rig.text, rig.feed.is_complete) == (b"one\ntwo\n", False)
    rig.backend.end_job(rig.job)
    await rig.clock.advance(5)
    assert (rig.text, rig.feed.is_complete) == (b"one\ntwo\n", True)
    await rig.feed.stop()


@in_loop
async def test_a_log_that_cannot_be_reached_says_why_and_keeps_its_lines() -> None:
    rig = Rig()
    rig.backend.write(rig.job, b"one\n")
    await rig.start()
    rig.backend.fail(Unreachable("refused"))
    await rig.clock.advance(60)
    assert isinstance(rig.feed.error, Unreachable)
    assert (rig.text, rig.feed.freshness.state) == (b"one\n", "lost")
    rig.backend.fail(None)
    rig.backend.write(rig.job, b"two\n")
    await rig.clock.advance(10)
    assert (rig.text, rig.feed.error) == (b"one\ntwo\n", None)
    rig.backend.fail(Unauthenticated("expired"))
    await rig.clock.advance(3)
    asked = len(rig.backend.asked)
    await rig.clock.advance(600)
    assert len(rig.backend.asked) == asked
    await rig.feed.stop()


@in_loop
async def test_a_log_that_is_not_there_is_seldom_asked_for() -> None:
    rig = Rig()
    rig.backend.fail(NotFound("no such run"), method="read_log")
    await rig.start()
    await rig.clock.advance(60)
    assert isinstance(rig.feed.error, NotFound)
    assert len(rig.backend.asked) <= 13
    await rig.feed.stop()


@in_loop
async def test_stopping_is_prompt_and_gives_the_space_back() -> None:
    rig = Rig()
    rig.backend.write(rig.job, b"one\n")
    await rig.start()
    rig.backend.hold()
    await rig.clock.advance(1)
    await rig.feed.stop()
    await rig.clock.settle()
    assert (rig.backend.in_flight, rig.feed.spool.size, rig.clock.sleepers) == (0, 0, 0)


PIECES = st.lists(
    st.tuples(
        st.binary(max_size=60),
        st.sampled_from(["time", "little time", "failure", "bug", "hide", "show", "poke", "sleep"]),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(PIECES, st.integers(1, 50), st.booleans())
def test_each_byte_comes_exactly_once_whatever_the_pieces(
    pieces: list[tuple[bytes, str]], chunk: int, has_offsets: bool
) -> None:
    @in_loop
    async def body() -> None:
        rig = Rig(replace(EVERYTHING, log_offsets=has_offsets), Sizes(chunk=chunk))
        await rig.start()
        written = b""
        for data, event in pieces:
            rig.backend.write(rig.job, data)
            written += data
            if event == "time":
                await rig.clock.advance(3)
            elif event == "little time":
                await rig.clock.advance(0.3)
            elif event == "failure":
                rig.backend.fail_next(Unreachable("refused"), method="read_log")
            elif event == "bug":
                rig.backend.fail_next(ValueError("half an answer"), method="read_log")
            elif event == "poke":
                rig.feed.poke()
            elif event == "sleep":
                await rig.clock.suspend(60)
            else:
                rig.feed.set_visible(event == "show")
            assert written.startswith(rig.text)
        rig.backend.end_job(rig.job)
        rig.feed.set_visible(True)
        await rig.clock.advance(1200)
        assert rig.text == written
        assert rig.feed.is_complete
        assert rig.backend.sent == len(written), "no byte is sent twice"
        assert rig.backend.most_in_flight == 1
        await rig.feed.stop()

    body()
