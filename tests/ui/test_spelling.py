"""What a terminal lacks is stood in for, cell for cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.present.cells import cell_width
from console.present.glyphs import ASCII, UNICODE
from console.ui import terminal
from console.ui.spelling import Spelling

WHOLE = Spelling(is_plain=False, encoding="UTF-8")
PLAIN = Spelling(is_plain=True, encoding="utf-8")
WESTERN = Spelling(is_plain=True, encoding="iso8859-1")
BARE = Spelling(is_plain=True, encoding="ascii")


@pytest.mark.parametrize(
    ("spelling", "text", "spelt"),
    [
        (WHOLE, "customer… 佐 ┃ “x”", "customer… 佐 ┃ “x”"),
        (PLAIN, "customer… 佐 ┃ “x” Ł", 'customer~ 佐 | "x" Ł'),
        (PLAIN, "\x1b[1;1H▅\x1b[m…", "\x1b[1;1H \x1b[m~"),
        (WESTERN, "Æ… 佐 Ł", "Æ~ ?? ?"),
        (BARE, "Æ… 佐 × e\u0301", "?~ ?? x e"),
        (Spelling(is_plain=False, encoding="ascii"), "a… ✗ ·", "a~ ? ."),
        (Spelling(is_plain=False, encoding="no-such"), "a é", "a ?"),
    ],
)
def test_letters_that_are_not_there_have_stand_ins(
    spelling: Spelling, text: str, spelt: str
) -> None:
    assert spelling(text) == spelt


@given(st.text(max_size=30))
def test_every_letter_keeps_its_cells_and_can_be_written(text: str) -> None:
    for spelling, encoding in ((PLAIN, "utf-8"), (WESTERN, "iso8859-1"), (BARE, "ascii")):
        spelt = spelling(text)
        assert sum(map(cell_width, spelt)) == sum(map(cell_width, text))
        assert spelt.isascii() or spelt.encode(encoding, "surrogatepass")


@pytest.mark.parametrize(
    ("width", "locale", "glyphs"),
    [
        (1, "C", UNICODE),  # it was asked, and knows better
        (2, "en_US.UTF-8", ASCII),
        (3, "en_US.UTF-8", ASCII),  # it takes UTF-8 for three letters
        (None, "en_US.UTF-8", UNICODE),
        (None, "", UNICODE),
        (None, "C", ASCII),
        (None, "POSIX", ASCII),
    ],
)
def test_glyphs_follow_what_the_terminal_answers_and_then_the_locale(
    width: int | None, locale: str, glyphs: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "_width_of_probe", lambda: width)
    environment = {"TERM": "xterm", "LC_ALL": locale, "LANG": "de_DE.UTF-8" if locale else ""}
    assert terminal.choose_glyphs("auto", environment) is glyphs
