"""The filter of a list: words, and terms with a field.

    mail                         the word is in the workflow's name, the id, the state or the WHY
    !mail                        it is not
    ~4[0-9][0-9]                 a regular expression finds something in one of them; `!~…`
    ~~ordpr                      the workflow's name has these letters in this order; `!~~…`
    status=failed,waiting        one of these states; `status!=running`
    wf=order-*                   the workflow's name, with * and ?; also `workflow=`
    id=01f3                      the id begins so
    age<2h  age>30m              by when it was asked for: s, m, h, d
    "two words"

All terms must hold. What the server can do (states, one exact workflow) is asked of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from console.model.execution import Execution
from console.model.states import ExecutionStatus
from console.present.durations import parse_age

_TERM = r'!?(?:[a-z]+(?:!=|=|<|>))?(?:"[^"]*"?|[^\s"])+|"[^"]*"?'
_FIELD = r"(?s)^(?P<name>[a-z]+)(?P<operator>!=|=|<|>)(?P<value>.*)$"
_PENDING = (
    ExecutionStatus.PENDING,
    ExecutionStatus.PENDING_RESUME,
    ExecutionStatus.PENDING_RETRY,
)
STATE_WORDS: dict[str, tuple[ExecutionStatus, ...]] = {
    "failed": (ExecutionStatus.FAILED,),
    "running": (ExecutionStatus.RUNNING,),
    "waiting": (ExecutionStatus.WAITING,),
    "pending": _PENDING,
    "pending_resume": (ExecutionStatus.PENDING_RESUME,),
    "pending_retry": (ExecutionStatus.PENDING_RETRY,),
    "resuming": (ExecutionStatus.PENDING_RESUME,),
    "retry": (ExecutionStatus.PENDING_RETRY,),
    "success": (ExecutionStatus.SUCCESS,),
    "ok": (ExecutionStatus.SUCCESS,),
    "canceled": (ExecutionStatus.CANCELED,),
    "unknown": (ExecutionStatus.UNKNOWN,),
}
FIELDS = ("status", "wf", "workflow", "id", "age")

Test = Callable[[Execution, datetime, str], bool]
"""Takes the execution, the time and what the WHY column says."""


class FilterError(Exception):
    """A filter that makes no sense; `column` is where."""

    def __init__(self, text: str, column: int) -> None:
        super().__init__(text)
        self.column = column


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that was understood."""

    text: str = ""
    tests: tuple[Test, ...] = ()
    workflow: str | None = None
    """One exact workflow, for the server."""
    statuses: frozenset[ExecutionStatus] = frozenset()
    """States, for the server; empty for whatever the view asks for."""
    asked: str = ""
    """The terms that the server filters by."""
    here: str = ""
    """The terms that are looked at here, in what the server answered."""
    reads_why: bool = False
    """A term looks at the WHY, which is read row by row."""
    has_expression: bool = False
    """A term is a regular expression, which may take years: `matches` is to be stopped."""

    def matches(self, execution: Execution, now: datetime, why: str = "") -> bool:
        """Tell whether all terms hold."""
        return all(test(execution, now, why) for test in self.tests)


def parse_filter(text: str) -> Filter:
    """Read a filter; raises `FilterError`."""
    tests: list[Test] = []
    workflow: str | None = None
    statuses: frozenset[ExecutionStatus] | None = None
    asked: list[str] = []
    here: list[str] = []
    reads_why = has_expression = False
    for match in re.finditer(_TERM, text):
        term, column = match.group(), match.start()
        field = re.match(_FIELD, term)
        if field is None:
            letters = re.match(r"(!?)~~(.+)", term)
            if letters is not None:
                tests.append(_letters(letters[2], is_not=bool(letters[1])))
            else:
                tests.append(_word(term, column))
                reads_why = True
                has_expression = has_expression or term.lstrip("!").startswith("~")
            here.append(term)
            continue
        name, operator, value = field.group("name", "operator", "value")
        value = value.replace('"', "")
        if name not in FIELDS:
            raise FilterError(f"no field {name}; there are {', '.join(FIELDS)}", column)
        if not value:
            raise FilterError(f"{name}{operator} needs a value", column + len(term))
        if name == "age":
            tests.append(_age(operator, value, column))
            here.append(term)
            continue
        if operator not in ("=", "!="):
            raise FilterError(f"{name} takes = or !=", column + len(name))
        is_not = operator == "!="
        if name == "status":
            states = _states(value, column + len(name) + len(operator))
            tests.append(_state(states, is_not))
            if not is_not:
                statuses = states if statuses is None else statuses & states
            (here if is_not else asked).append(term)
        elif name == "id":
            tests.append(_identifier(value, is_not))
            here.append(term)
        else:
            tests.append(_workflow(value, is_not))
            is_one = not is_not and not set(value) & set("*?[")
            if is_one and workflow in (None, value):
                workflow = value
                asked.append(term)
            else:
                here.append(term)
    return Filter(
        text.strip(),
        tuple(tests),
        workflow,
        statuses or frozenset(),
        " ".join(asked) if statuses != frozenset() else "",
        " ".join(here) if statuses != frozenset() else text.strip(),
        reads_why,
        has_expression,
    )


def _word(term: str, column: int) -> Test:
    is_not = term.startswith("!") and len(term) > 1
    word = term[is_not:].replace('"', "")
    found = _pattern(word[1:], column + is_not + 1) if len(word) > 1 and word[0] == "~" else None
    folded = word.casefold()

    def test(execution: Execution, now: datetime, why: str) -> bool:
        hay = (execution.workflow_name, execution.id, execution.status.value, why)
        if found is not None:
            return any(found(text) for text in hay) is not is_not
        return any(folded in text.casefold() for text in hay) is not is_not

    return test


def _letters(letters: str, is_not: bool) -> Test:
    wanted = letters.replace('"', "").casefold()

    def test(execution: Execution, now: datetime, why: str) -> bool:
        rest = iter(execution.workflow_name.casefold())
        return all(letter in rest for letter in wanted) is not is_not

    return test


def _pattern(text: str, column: int) -> Callable[[str], object]:
    from console.present.expressions import BadExpression, compile_expression

    try:
        return compile_expression(text).search
    except BadExpression as error:
        raise FilterError(str(error), column + error.column) from error


def _states(value: str, column: int) -> frozenset[ExecutionStatus]:
    found: set[ExecutionStatus] = set()
    for word in value.lower().split(","):
        exact = STATE_WORDS.get(word)
        begun = [states for name, states in STATE_WORDS.items() if word and name.startswith(word)]
        if exact is None and not begun:
            known = ", ".join(name for name in STATE_WORDS if "_" not in name)
            raise FilterError(f"no state {word}; there are {known}", column)
        found.update(exact if exact is not None else begun[0])
        column += len(word) + 1
    return frozenset(found)


def _state(states: frozenset[ExecutionStatus], is_not: bool) -> Test:
    return lambda execution, now, why: (execution.status in states) is not is_not


def _identifier(value: str, is_not: bool) -> Test:
    return lambda execution, now, why: execution.id.startswith(value.lower()) is not is_not


def _workflow(pattern: str, is_not: bool) -> Test:
    return lambda execution, now, why: fnmatchcase(execution.workflow_name, pattern) is not is_not


def _age(operator: str, value: str, column: int) -> Test:
    limit = parse_age(value)
    if limit is None or operator not in "<>":
        raise FilterError("age is written age<2h or age>30m: s, m, h, d", column)

    def test(execution: Execution, now: datetime, why: str) -> bool:
        moment = execution.created_at
        if moment is None:
            return False
        age = (now - moment).total_seconds()
        return age < limit if operator == "<" else age > limit

    return test
