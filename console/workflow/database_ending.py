"""Whether a statement's text would end the transaction it runs in, where no database tells."""

from __future__ import annotations

import re

_MAY_END = re.compile(r"(?:commit|end|rollback|abort|prepare)\b", re.IGNORECASE)
_AND_MORE = re.compile(
    r";(?=\s*\S).*\b(?:commit|end|rollback|abort|prepare)\b", re.IGNORECASE | re.DOTALL
)
_ENDS = re.compile(
    r"(?:commit|end|abort|prepare\s+transaction|rollback(?!(?:\s+(?:work|transaction))?\s+to\b))\b",
    re.IGNORECASE,
)
_ATOMIC = re.compile(r"\bbegin\s+atomic\b", re.IGNORECASE)
"""The body of a function of PostgreSQL's, which has statements and an END of its own."""
_QUOTED = re.compile(
    r"""
    \b[eE]'(?:[^'\\]|''|\\.)*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
    | (?P<tag>\$(?:[^\W\d]\w*)?\$).*?(?P=tag) | --[^\n]*
    """,
    re.DOTALL | re.VERBOSE,
)


def may_end_transaction(statement: str) -> bool:
    """Tell whether a statement may end the transaction it runs in, and so leave its restrictions.

    PostgreSQL's drivers take several statements in one text. What follows a semicolon is not
    parsed: where one of the words stands there, be it in a string, the answer is yes.
    """
    if _AND_MORE.search(statement):
        return True
    return _MAY_END.match(statement, _begin(statement)) is not None


def ends_transaction(statement: str) -> bool:
    """Tell whether a statement, or one of several in a text, ends the transaction it runs in.

    Strings and comments are left out, and going back to a savepoint ends nothing.
    """
    if not may_end_transaction(statement):
        return False
    bare = _QUOTED.sub(" ", statement)
    if _ATOMIC.search(bare):
        return False
    return any(_ENDS.match(part, _begin(part)) for part in bare.split(";"))


def _begin(statement: str) -> int:
    """Give where the first word stands, after space, semicolons and comments, which may nest."""
    place, depth = 0, 0
    while place < len(statement):
        two = statement[place : place + 2]
        if two == "/*":
            depth, place = depth + 1, place + 2
        elif two == "*/" and depth:
            depth, place = depth - 1, place + 2
        elif two == "--" and not depth:
            place = statement.find("\n", place) + 1 or len(statement)
        elif depth or statement[place].isspace() or statement[place] == ";":
            place += 1
        else:
            break
    return place
