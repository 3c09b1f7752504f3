"""Widths, clipping and padding by terminal cells; and text from outside made safe."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.present.cells import cell_width, clip, clip_middle, pad_left, pad_right
from console.present.clean import clean
from console.present.line import (
    Span,
    clip_line,
    cut_line,
    fit,
    fit_right,
    line_width,
    plain,
    spread,
)

LINES = st.lists(
    st.builds(Span, st.text(max_size=12).map(clean), st.sampled_from(["", "dim", "failed"])),
    max_size=6,
).map(tuple)
WIDTHS = st.integers(min_value=0, max_value=50)


@given(st.text().map(clean), WIDTHS)
def test_padding_is_exact_whatever_the_text(text: str, width: int) -> None:
    for padded in (pad_left(text, width), pad_right(text, width)):
        assert cell_width(padded) == width == cell_len(padded)


@given(st.text().map(clean), WIDTHS)
def test_clipping_never_exceeds_its_width(text: str, width: int) -> None:
    assert cell_width(clip(text, width)) <= width
    assert cell_width(clip_middle(text, width)) <= width


@given(LINES, WIDTHS)
def test_a_fitted_line_has_exactly_its_width(line: tuple[Span, ...], width: int) -> None:
    assert line_width(fit(line, width)) == width
    assert line_width(fit_right(line, width)) == width
    assert line_width(clip_line(line, width)) <= width


@given(LINES, LINES, st.integers(min_value=1, max_value=60))
def test_two_ends_fill_exactly_the_width(
    left: tuple[Span, ...], right: tuple[Span, ...], width: int
) -> None:
    assert line_width(spread(left, right, width)) == width


@given(LINES, WIDTHS, WIDTHS)
def test_a_cut_takes_the_cells_asked_for(line: tuple[Span, ...], start: int, length: int) -> None:
    there = max(0, min(line_width(line), start + length) - start)
    assert line_width(cut_line(line, start, start + length)) == there


@given(st.text())
def test_clean_leaves_nothing_a_terminal_obeys(text: str) -> None:
    cleaned = clean(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in cleaned)
    assert not any(unicodedata.bidirectional(c) in BIDI_CONTROLS for c in cleaned)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned


BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_every_character_is_as_wide_as_textual_thinks() -> None:
    for code in range(0x20, 0x30000):
        shown = clean(chr(code))
        assert cell_width(shown) == cell_len(shown), hex(code)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [b]text[/b]", "plain [b]text[/b]"),
        ("\x1b[31mred\x07", "␛[31mred␇"),
        ("a\tb", "a   b"),
        ("one\ntwo\r", "one␊two␍"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eevil", "<U+202E>evil"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("👩‍🚀", "👩🚀"),
        ("❤️", "❤"),
        ("\ud800", "\ufffd"),
        ("世界 Ærø é", "世界 Ærø é"),
    ],
)
def test_control_characters_are_shown_not_obeyed(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_clipped_line_says_so_and_keeps_its_tones() -> None:
    line = clip_line((Span("failed", "failed"), Span(" for long")), 9)
    assert plain(line) == "failed f…"
    assert line[0].tone == "failed"
