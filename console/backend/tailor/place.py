"""Where on a server we are: its second service, the workspace, the application.

Each is asked for once and kept after the first success. A workspace that was found and not given
is forgotten when the server says that something is not there: the server may be a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from console.backend.connect import Connect, Method
from console.backend.errors import (
    Forbidden,
    InvalidRequest,
    Malformed,
    NotFound,
    ServerFault,
    Unsupported,
)
from console.backend.tailor import console_wire, methods, wire
from console.backend.tailor.lenient import Rows, present
from console.model.capabilities import Capabilities
from console.model.target import Target

_PAGE = 100
_MOST_PAGES = 20
_MOST_NAMED = 8

T = TypeVar("T")


Q = TypeVar("Q", bound=wire.PageRequest)
P = TypeVar("P", bound=wire.Listing)


class Once(Generic[T]):
    """A value that is fetched at the first use and kept; who comes meanwhile waits for it."""

    def __init__(self, fetch: Callable[[], Awaitable[T]]) -> None:
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._values: tuple[T, ...] = ()

    async def get(self) -> T:
        """Give the value; an error of fetching it goes through and is not kept."""
        async with self._lock:
            if not self._values:
                self._values = (await self._fetch(),)
            return self._values[0]

    def forget(self) -> None:
        """Fetch it anew the next time."""
        self._values = ()


class Place:
    """Finds out, once, where calls go to."""

    def __init__(self, calls: Connect, target: Target) -> None:
        self._calls = calls
        self._target = target
        self._console = Once(self._ask_console)
        self._workspace = Once(self._find_workspace)
        self._namespace = Once(self._find_namespace)
        self._capabilities = Once(self._gather)

    async def console(self) -> console_wire.CapabilitiesResponse | None:
        """What the server says of its second service; None where it has none."""
        return await self._console.get()

    async def has(self, feature: str) -> bool:
        """Tell whether the second service has a feature."""
        console = await self.console()
        return console is not None and feature in console.features

    async def demand(self, feature: str, what: str) -> None:
        """Raise `Unsupported` where the second service lacks a feature."""
        if not await self.has(feature):
            raise Unsupported(f"this server keeps no {what}")

    async def capabilities(self) -> Capabilities:
        """What this backend can do."""
        return await self._capabilities.get()

    async def workspace_id(self) -> str:
        """The workspace: the given one, or the only one there is."""
        if self._target.workspace_id:
            return self._target.workspace_id
        return (await self._workspace.get()).id

    async def auth_namespace(self) -> str:
        """The application's auth namespace, which machine users belong to."""
        return await self._namespace.get()

    def forget_workspace(self) -> None:
        """Look for the workspace anew the next time, unless it was given."""
        self._workspace.forget()
        self._namespace.forget()

    async def pages(
        self, method: Method[Q, P], request: Callable[[str], Q], rows: Callable[[P], Rows[T]]
    ) -> list[T]:
        """Read a short listing to its end."""
        found: list[T] = []
        token, seen = "", {""}
        for _ in range(_MOST_PAGES):
            answer = await self._calls.call(method, request(token))
            found += present(rows(answer))
            token = answer.next_page_token
            if token in seen:
                break
            seen.add(token)
        return found

    async def _ask_console(self) -> console_wire.CapabilitiesResponse | None:
        # What stands before the hosted platform may refuse a service it does not know with
        # something else than `unimplemented`.
        absent: tuple[type[Exception], ...] = (Unsupported,)
        if self._target.kind == "tailor":
            absent = (Unsupported, NotFound, Forbidden, InvalidRequest, Malformed, ServerFault)
        request = console_wire.WorkspaceRequest(workspace_id=self._target.workspace_id)
        try:
            return await self._calls.call(methods.GET_CAPABILITIES, request)
        except absent:
            return None

    async def _gather(self) -> Capabilities:
        console = await self.console()
        if console is None:
            name = self._target.label
            if not self._target.workspace_id:
                name = name or (await self._workspace.get()).name
            return Capabilities(label=name, is_local=self._target.socket is not None)
        features = frozenset(console.features)
        return Capabilities(
            label=console.project or self._target.label,
            server=console.server,
            attempts="attempts" in features,
            log_offsets="log_offsets" in features,
            reasons="reasons" in features,
            counts="counts" in features,
            changes="changes" in features,
            cancel="cancel" in features,
            wait_points="wait_points" in features,
            schemas="schemas" in features,
            is_local=console.is_local,
            role=console.role,
        )

    async def _find_workspace(self) -> wire.Workspace:
        spaces = await self.pages(
            methods.LIST_WORKSPACES,
            lambda token: wire.PageRequest(page_token=token, page_size=_PAGE),
            lambda answer: answer.workspaces,
        )
        if len(spaces) == 1:
            return spaces[0]
        hint = "name one: workspace in the profile, or TAILOR_PLATFORM_WORKSPACE_ID"
        if not spaces:
            raise NotFound("the token sees no workspace", hint=hint)
        names = _listing(f"{space.name} {space.id}".strip() for space in spaces)
        raise InvalidRequest(f"several workspaces: {names}", hint=hint)

    async def _find_namespace(self) -> str:
        application = await self._find_application()
        if not application.auth_namespace:
            raise InvalidRequest(
                f"application {application.name} has no machine users",
                hint="it has no auth configuration",
            )
        return application.auth_namespace

    async def _find_application(self) -> wire.Application:
        workspace = await self.workspace_id()
        if self._target.application:
            request = wire.GetApplicationRequest(
                workspace_id=workspace, application_name=self._target.application
            )
            answer = await self._calls.call(methods.GET_APPLICATION, request)
            if answer.application is None:
                raise NotFound(f"application {self._target.application}")
            return answer.application
        found = await self.pages(
            methods.LIST_APPLICATIONS,
            lambda token: wire.PageRequest(
                workspace_id=workspace, page_token=token, page_size=_PAGE
            ),
            lambda answer: answer.applications,
        )
        if len(found) == 1:
            return found[0]
        if not found:
            raise NotFound("the workspace has no application")
        names = _listing(application.name for application in found)
        raise InvalidRequest(
            f"several applications: {names}", hint="name one: application in the profile"
        )


def _listing(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _MOST_NAMED
    return ", ".join(every[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
