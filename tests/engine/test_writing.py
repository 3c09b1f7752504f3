"""Times in the journal and times in logs are cut off alike."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from console.engine.records import moment
from console.engine.writing import milliseconds_of


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
@example(datetime(2026, 11, 25, 12, 0, 0, 999_999, UTC))
def test_a_job_never_begins_after_the_line_it_prints_at_once(now: datetime) -> None:
    kept = moment(milliseconds_of(now))
    assert kept is not None
    assert (
        kept.isoformat(timespec="microseconds")[:-9] == now.isoformat(timespec="milliseconds")[:-6]
    )
