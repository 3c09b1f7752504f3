"""`wfc actions`: the action journal on stdout."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.commands.journal import Action, Journal
from console.config.paths import state_folder
from console.model.target import Target
from tests.cli.harness import Cli
from tests.fakes.clock import START

ONE = "01932f5e-aaaa-7000-8000-00000000abcd"


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Three actions: one was done, one refused, of one nothing is known."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = state_folder({"XDG_STATE_HOME": str(tmp_path / "state")})
    journal = Journal(folder, Target("url", "shop-prod", url="https://shop.example"))
    start = Action("start", "wfc workflow start orders", workflow="orders")
    journal.answered(journal.sent(start, START), START, "done", execution=ONE)
    resume = Action("resume", f"wfc workflow resume {ONE}", "orders", ONE, "INC-4411")
    journal.answered(journal.sent(resume, START), START, "refused", "not resumable")
    journal.sent(Action("cancel", f"wfc workflow cancel {ONE}", "orders", ONE), START)
    return journal


def test_actions_are_listed_newest_first_with_what_came_of_them(wfc: Cli, journal: Journal) -> None:
    result = wfc("actions")
    assert result.code == 0
    title, cancel, resume, start = result.out.splitlines()
    assert title.split() == [
        "WHEN",
        "OUTCOME",
        "ACTION",
        "WORKFLOW",
        "EXECUTION",
        "WHERE",
        "REASON",
    ]
    assert "no answer  cancel" in cancel and "shop-prod" in cancel
    assert "refused" in resume and resume.endswith("INC-4411")
    assert "done" in start and ONE in start
    assert (
        wfc("actions", "-n", "1", "--commands")
        .out.splitlines()[-1]
        .endswith(f"wfc workflow cancel {ONE}")
    )


def test_actions_are_documents_for_programs(wfc: Cli, journal: Journal) -> None:
    cancel, resume, start = wfc("actions", "--json").document
    assert cancel["outcome"] is None and cancel["executionId"] == ONE
    assert resume["reason"] == "INC-4411" and resume["detail"] == "not resumable"
    assert start["command"] == "wfc workflow start orders"
    assert set(start) == {
        "time", "target", "action", "workflowName", "executionId",
        "reason", "outcome", "detail", "command",
    }  # fmt: skip


def test_an_empty_journal_is_no_mistake(
    wfc: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "nothing"))
    result = wfc("actions")
    assert (result.code, result.out) == (0, "")
    assert "nothing was changed from here yet" in result.err
    assert wfc("actions", "--json").document == []
