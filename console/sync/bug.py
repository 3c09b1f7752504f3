"""A bug of ours, met while keeping something fresh: it is told once, and work goes on."""

from __future__ import annotations

from collections.abc import Callable

from console.backend.errors import BackendError


class ConsoleBug(BackendError):
    """The console itself failed in a round; the next one may be well."""

    title = "a bug in the console"

    def __init__(self, problem: BaseException) -> None:
        text = " ".join(f"a bug: {type(problem).__name__}: {problem}".split())
        super().__init__(text, hint="the console goes on; please report it")


class BugReporter:
    """Hands bugs to whoever shows them, each once, since one may come with every round."""

    def __init__(self, on_bug: Callable[[Exception], None] | None) -> None:
        self._on_bug = on_bug
        self._told: set[str] = set()

    def tell(self, problem: Exception) -> None:
        """Report a bug; nothing that happens while it is reported goes further."""
        text = repr(problem)
        if self._on_bug is None or text in self._told:
            return
        self._told.add(text)
        try:
            self._on_bug(problem)
        except Exception:
            # Whoever shows bugs has one: there is nobody left to tell, and the poller must live.
            return
