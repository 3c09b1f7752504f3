"""A command that cannot be done says why in one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.commands.availability import Situation, why_not
from console.commands.catalogue import CATALOGUE, by_id
from console.model.states import ExecutionStatus
from console.model.target import Target
from tests.fakes.backend import BARE, EVERYTHING
from tests.present.samples import execution, failed_order

TARGET = Target("url", "shop-prod")
FAILED = Situation(TARGET, EVERYTHING, failed_order())


def at(status: ExecutionStatus) -> Situation:
    return replace(FAILED, execution=execution("stock-sync", status, 30))


@pytest.mark.parametrize(
    ("identifier", "situation", "reason"),
    [
        ("execution.resume", FAILED, ""),
        (
            "execution.resume",
            at(ExecutionStatus.RUNNING),
            "resume needs FAILED; this is RUNNING",
        ),
        ("execution.resume", replace(FAILED, capabilities=BARE), ""),
        (
            "execution.resume",
            replace(FAILED, capabilities=None),
            "resume: not connected yet",
        ),
        (
            "execution.resume",
            replace(FAILED, under_way="resuming"),
            "resume: resuming already; wait for the answer",
        ),
        (
            "execution.resume",
            replace(FAILED, execution=None),
            "resume needs an execution; none is selected",
        ),
        (
            "execution.cancel",
            FAILED,
            "cancel needs an execution that has not ended; this is FAILED",
        ),
        ("execution.cancel", at(ExecutionStatus.RUNNING), ""),
        (
            "execution.cancel",
            replace(at(ExecutionStatus.RUNNING), capabilities=BARE),
            "cancel is not available from this backend",
        ),
        ("execution.resolve", at(ExecutionStatus.WAITING), ""),
        ("execution.resolve", FAILED, "resolve needs WAITING; this is FAILED"),
        ("workflow.start", replace(FAILED, execution=None), ""),
        ("list.open", replace(FAILED, execution=None), "open needs an execution; none is selected"),
        ("view.refresh", Situation(TARGET), ""),
    ],
)
def test_the_reason(identifier: str, situation: Situation, reason: str) -> None:
    assert why_not(by_id(identifier), situation) == reason


def test_a_read_only_target_refuses_every_change() -> None:
    situation = replace(FAILED, target=replace(TARGET, is_read_only=True))
    for command in CATALOGUE:
        if command.is_change:
            assert why_not(command, situation) == f"{command.label}: shop-prod is read-only"


def test_a_read_only_token_refuses_every_change_and_an_operators_none() -> None:
    reader = replace(FAILED, capabilities=replace(EVERYTHING, role="read-only"))
    operator = replace(FAILED, capabilities=replace(EVERYTHING, role="operator"))
    for command in CATALOGUE:
        if command.is_change:
            told = f"{command.label}: the token for shop-prod is read-only"
            assert why_not(command, reader) == told
            assert why_not(command, operator) == why_not(command, FAILED)


def test_an_unknown_state_is_named_by_its_word() -> None:
    odd = replace(failed_order(), status=ExecutionStatus.UNKNOWN, status_word="PAUSED")
    reason = why_not(by_id("execution.resume"), replace(FAILED, execution=odd))
    assert reason == "resume needs FAILED; this is PAUSED"
