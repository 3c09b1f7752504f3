"""The shell command that does the same as a key: shown in dialogs, kept in the journal."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from console.present.clean import clean


def start_twin(workflow: str, machine_user: str, argument: str | None, reason: str = "") -> str:
    """Give the command that starts a workflow."""
    words = ["start", workflow]
    if machine_user:
        words += ["-m", machine_user]
    if argument is not None:
        words += ["-a", argument]
    return _line([*words, *_reason(reason)])


def resume_twin(execution_id: str, reason: str = "") -> str:
    """Give the command that resumes an execution."""
    return _line(["resume", execution_id, *_reason(reason)])


def cancel_twin(execution_id: str, reason: str = "") -> str:
    """Give the command that cancels an execution."""
    return _line(["cancel", execution_id, *_reason(reason)])


def bulk_twin(action: str, execution_ids: Sequence[str], reason: str, per_second: float) -> str:
    """Give the command that resumes or cancels several, as slowly."""
    rate = f"{per_second:g}/s" if per_second >= 1 else f"{per_second * 60:g}/min"
    return _line([action, *execution_ids, *_reason(reason), "--rate", rate])


def resolve_twin(execution_id: str, key: str, result: str, reason: str = "") -> str:
    """Give the command that answers a wait point."""
    return _line(["resolve", execution_id, key, "--result", result, *_reason(reason)])


def show_twin(execution_id: str, *, logs: bool = False) -> str:
    """Give the command that shows an execution."""
    return _line(["executions", execution_id, *(["--logs"] if logs else [])])


def _reason(reason: str) -> list[str]:
    return ["--reason", reason] if reason else []


def _line(words: Sequence[str]) -> str:
    return clean(shlex.join(["wfc", "workflow", *words]))
