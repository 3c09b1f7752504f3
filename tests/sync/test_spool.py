"""The spool gives back exactly the lines that were appended, however they came."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sync.spool import BLOCK_LINES, STEP, LogSpool


def expected(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


CHUNKS = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.integers(min_value=1, max_value=3 * STEP).map(lambda count: b"line\n" * count),
        st.just(b"\n"),
    ),
    max_size=12,
)


@given(CHUNKS, st.data())
def test_any_chunks_give_the_same_lines_as_splitting(
    chunks: list[bytes], data: st.DataObject
) -> None:
    spool = LogSpool()
    whole = b""
    for chunk in chunks:
        before = spool.line_count
        whole += chunk
        assert spool.append(chunk) == spool.line_count - before
        assert spool.line_count == len(expected(whole))
    lines = expected(whole)
    assert spool.size == len(whole)
    assert spool.lines(0, len(lines) + 5) == lines
    start = data.draw(st.integers(min_value=0, max_value=len(lines) + 2))
    stop = data.draw(st.integers(min_value=0, max_value=len(lines) + 2))
    assert spool.lines(start, stop) == lines[start:stop]
    if lines:
        index = data.draw(st.integers(min_value=0, max_value=len(lines) - 1))
        assert spool.line(index) == lines[index]
    spool.close()


@given(
    st.lists(st.sampled_from([b"alpha", b"Beta", b"gamma beta", b""]), max_size=200),
    st.integers(min_value=0, max_value=199),
    st.booleans(),
)
def test_find_gives_the_nearest_line_in_its_direction(
    lines: list[bytes], start: int, forward: bool
) -> None:
    spool = LogSpool()
    spool.append(b"".join(line + b"\n" for line in lines))
    hits = [index for index, line in enumerate(lines) if b"beta" in line.lower()]
    if forward:
        nearest = next((index for index in hits if index >= start), None)
    else:
        nearest = next((index for index in reversed(hits) if index <= start), None)
    assert spool.find(b"BETA", start, forward=forward) == nearest
    spool.close()


def test_case_counts_when_asked() -> None:
    spool = LogSpool()
    spool.append(b"beta\nBETA\n")
    assert spool.find(b"BETA", 0, ignore_case=False) == 1


def test_an_unfinished_line_is_a_line_and_grows() -> None:
    spool = LogSpool()
    assert spool.append(b"one\ntw") == 2
    assert spool.lines(0, 2) == [b"one", b"tw"]
    assert not spool.is_closed_line
    assert spool.append(b"o\n") == 0
    assert spool.line(1) == b"two"
    assert spool.is_closed_line


def test_a_search_lets_others_run_between_blocks() -> None:
    spool = LogSpool()
    spool.append(b"x\n" * (3 * BLOCK_LINES) + b"needle\n")
    steps = list(spool.search(b"needle", 0))
    assert steps == [None, None, None, 3 * BLOCK_LINES]
    assert list(spool.search(b"nothing", 3 * BLOCK_LINES, forward=False))[-1] is None


def test_the_index_costs_one_offset_in_64_lines() -> None:
    spool = LogSpool()
    spool.append(b"y\n" * 64_000)
    assert len(spool._offsets) == 64_000 // STEP + 1


def test_nothing_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    spool = LogSpool()
    spool.append(b"secret\n")
    assert list(tmp_path.iterdir()) == []
    spool.close()
    assert spool.line_count == 0
    assert spool.append(b"again\n") == 1
