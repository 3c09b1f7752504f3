"""Glyphs are one cell, are no emoji, and every state has its own."""

from __future__ import annotations

import dataclasses

import pytest
from rich.cells import cell_len

from console.model.states import ExecutionStatus, JobStatus
from console.present.cells import cell_width
from console.present.glyphs import ASCII, UNICODE, Glyphs

# Characters below U+10000 with the Emoji property, ASCII's keycap bases left out (emoji-data.txt).
EMOJI = """
a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 231a-231b 2328 23cf 23e9-23f3 23f8-23fa 24c2
25aa-25ab 25b6 25c0 25fb-25fe 2600-2604 260e 2611 2614-2615 2618 261d 2620 2622-2623 2626 262a
262e-262f 2638-263a 2640 2642 2648-2653 265f-2660 2663 2665-2666 2668 267b 267e-267f 2692-2697
2699 269b-269c 26a0-26a1 26a7 26aa-26ab 26b0-26b1 26bd-26be 26c4-26c5 26c8 26ce-26cf 26d1
26d3-26d4 26e9-26ea 26f0-26f5 26f7-26fa 26fd 2702 2705 2708-270d 270f 2712 2714 2716 271d 2721
2728 2733-2734 2744 2747 274c 274e 2753-2755 2757 2763-2764 2795-2797 27a1 27b0 27bf 2934-2935
2b05-2b07 2b1b-2b1c 2b50 2b55 3030 303d 3297 3299
"""


def emoji() -> set[int]:
    codes: set[int] = set()
    for part in EMOJI.split():
        first, _, last = part.partition("-")
        codes.update(range(int(first, 16), int(last or first, 16) + 1))
    return codes


def every_glyph(glyphs: Glyphs) -> list[str]:
    furniture = [
        getattr(glyphs, field.name) for field in dataclasses.fields(glyphs) if field.type == "str"
    ]
    return [*furniture, *glyphs.states.values()]


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_each_glyph_is_one_cell_and_no_emoji(glyphs: Glyphs) -> None:
    forbidden = emoji()
    for glyph in every_glyph(glyphs):
        assert len(glyph) == 1
        assert cell_width(glyph) == 1 == cell_len(glyph)
        assert ord(glyph) not in forbidden and ord(glyph) < 0x10000


def test_the_ascii_glyphs_are_ascii() -> None:
    assert all(glyph.isascii() for glyph in every_glyph(ASCII))


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_states_are_told_apart_without_colour(glyphs: Glyphs) -> None:
    looks = [glyphs.execution(status) for status in ExecutionStatus]
    assert len({(look.glyph, look.word) for look in looks}) == len(looks)
    jobs = [glyphs.job(status) for status in JobStatus]
    assert len({look.glyph for look in jobs}) == len(jobs)
