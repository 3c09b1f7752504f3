"""The server's only workspace, which every request names."""

from __future__ import annotations

from dataclasses import dataclass

from console.server import checks
from console.server.codes import Code, ConnectError


@dataclass(frozen=True, slots=True)
class Workspace:
    """Which workspace id is ours."""

    id: str
    accepts_any: bool = False
    """Every UUID will do: for trying other clients."""

    def check(self, identifier: str) -> None:
        """Refuse a request for another workspace. Raises `ConnectError`."""
        identifier = checks.uuid("workspace_id", identifier)
        if identifier != self.id and not self.accepts_any:
            raise ConnectError(Code.NOT_FOUND, f"there is no workspace {identifier}")

    def check_optional(self, identifier: str) -> None:
        """Do the same, where an empty id means ours."""
        if identifier:
            self.check(identifier)
