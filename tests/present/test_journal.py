"""The journal's story says what was sent and what came of it, in as many rows as it takes."""

from __future__ import annotations

from console.commands.journal import Action, Entry
from console.present.journal import entry_story
from console.present.line import line_width, plain

COMMAND = "wfc workflow resolve 01a212af-2e20-7cee-828b-df910deae7a8 manager-approval --result '{}'"
REFUSAL = "refused: answer at wait point manager-approval: $.isApproved: required; it is a bool"


def test_what_came_of_it_stands_whole_and_before_the_place() -> None:
    action = Action("resolve", COMMAND, "refund-approval", "01a212af-2e20-7cee")
    entry = Entry("1", "2026-11-25T12:00:00Z", "shop", action, "failed", REFUSAL + "\x1b[2J")
    rows = entry_story(entry, 80)
    assert all(line_width(row) <= 80 for row in rows) and len(rows) == 5
    words = " ".join(plain(row).strip() for row in rows)
    assert words.index("--result") < words.index("it is a bool␛[2J") < words.index("at shop")
