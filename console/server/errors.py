"""Why a project's server cannot be started, reached or ended; light, for command lines."""

from __future__ import annotations


class ServeError(Exception):
    """The server cannot do what was asked; the message is one for the person, without a traceback.

    Only a project with several mistakes makes more than one line of it.
    """

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
        """What the program ends with: 1 refused, 2 wrong usage or project, 6 it does not work."""


class AlreadyServed(ServeError):
    """Another process serves the project."""

    def __init__(self, process_id: int | None) -> None:
        who = f"process {process_id}" if process_id else "another process"
        super().__init__(f"the project is served already, by {who}; `wfc down` ends it", 1)
        self.process_id = process_id
        """None where the lock does not say."""
