"""Where the platform's token comes from, and how it is renewed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from console.backend.errors import (
    BackendError,
    Forbidden,
    Malformed,
    Unauthenticated,
    Unreachable,
)
from console.backend.tailor import open_backend
from console.backend.tailor.auth import (
    PlatformSignIn,
    load_platform_session,
    load_platform_settings,
    platform_file,
)
from console.backend.tailor.oauth import OAUTH_CLIENT
from console.backend.tailor.platform_file import read_platform_file, write_platform_file
from console.model.ids import ExecutionId, new_id
from console.model.query import ExecutionQuery
from console.model.target import Target
from tests.fakes.clock import START, ManualClock
from tests.fakes.loop import in_loop
from tests.fakes.operator import WORKSPACE, Answer, FakeOperator, stamp

ADA, BOB = "ada@example.com", "bob@example.com"
LATER = stamp(START + timedelta(hours=1))
EARLIER = stamp(START - timedelta(seconds=1))
OTHER_WORKSPACE = "7e2f1a4c-1111-4222-8333-444455556666"


def user(name: str, ends: str = LATER, **fields: Any) -> dict[str, Any]:
    """Make a user of the file."""
    return {
        "access_token": f"{name}-token",
        "refresh_token": f"{name}-refresh",
        "token_expires_at": ends,
    } | fields


def sign_in(config_home: Path, **fields: Any) -> Path:
    """Write the sign-in file; gives its path."""
    path = platform_file(config_home)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "version": 1,
        "users": {ADA: user("ada"), BOB: user("bob")},
        "profiles": {"dev": {"user": BOB, "workspace_id": OTHER_WORKSPACE}},
        "current_user": ADA,
    }
    write_platform_file(path, content | fields)
    return path


class Platform:
    """Answers for the OAuth server and, with its fake operator, for the platform."""

    def __init__(self) -> None:
        self.operator = FakeOperator(console=False)
        self.forms: list[dict[str, list[str]]] = []
        self.tokens: list[str] = []
        self.endpoint = "/oauth2/platform/token"
        self.grant: Answer = Answer.json(
            {"access_token": "new-token", "refresh_token": "new-refresh", "expires_in": 3600}
        )
        self.transport = httpx.MockTransport(self._answer)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/.well-known/oauth-authorization-server/oauth2/platform":
            return httpx.Response(200, json={"token_endpoint": self.endpoint})
        if path == "/oauth2/platform/token":
            self.forms.append(parse_qs(request.content.decode()))
            grant = self.grant
            return httpx.Response(grant.status, content=grant.body, headers=grant.headers)
        self.tokens.append(request.headers.get("authorization", ""))
        return await self.operator.transport.handle_async_request(request)


@pytest.mark.parametrize(
    ("env", "token", "source"),
    [
        (
            {"TAILOR_PLATFORM_TOKEN": "p-secret", "TAILOR_TOKEN": "o-secret"},
            "p-secret",
            "TAILOR_PLATFORM_TOKEN",
        ),
        ({"TAILOR_TOKEN": "o-secret"}, "o-secret", "TAILOR_TOKEN"),
        ({"TAILOR_PLATFORM_TOKEN": ""}, "ada-token", "config.yaml"),
        ({}, "ada-token", "config.yaml"),
        ({"TAILOR_PLATFORM_PROFILE": "dev"}, "bob-token", "config.yaml"),
        (
            {"TAILOR_PLATFORM_PROFILE": "dev", "TAILOR_TOKEN": "o-secret"},
            "o-secret",
            "TAILOR_TOKEN",
        ),
    ],
)
def test_the_token_of_the_environment_comes_before_the_files(
    home: Path, env: dict[str, str], token: str, source: str
) -> None:
    sign_in(home)
    session = load_platform_session(env, home, ManualClock())
    assert session.token == token
    assert session.source.endswith(source)
    assert token not in repr(session)


@pytest.mark.parametrize(
    ("env", "url", "workspace"),
    [
        ({}, "https://api.tailor.tech", ""),
        ({"PLATFORM_URL": "https://a.test/"}, "https://a.test", ""),
        (
            {"PLATFORM_URL": "https://a.test", "TAILOR_PLATFORM_URL": "https://b.test/x/?y#z"},
            "https://b.test/x",
            "",
        ),
        ({"TAILOR_PLATFORM_PROFILE": "dev"}, "https://api.tailor.tech", OTHER_WORKSPACE),
        (
            {"TAILOR_PLATFORM_PROFILE": "dev", "TAILOR_PLATFORM_WORKSPACE_ID": WORKSPACE},
            "https://api.tailor.tech",
            WORKSPACE,
        ),
        ({"TAILOR_PLATFORM_PROFILE": "far"}, "https://far.test", ""),
    ],
)
def test_address_and_workspace_come_from_the_environment_or_the_profile(
    home: Path, env: dict[str, str], url: str, workspace: str
) -> None:
    far = {"user": ADA, "platform_url": "https://far.test", "readonly": True}
    sign_in(home, profiles={"dev": {"user": BOB, "workspace_id": OTHER_WORKSPACE}, "far": far})
    settings = load_platform_settings(env, home)
    assert (settings.base_url, settings.workspace_id) == (url, workspace)
    assert settings.is_read_only is (env.get("TAILOR_PLATFORM_PROFILE") == "far")


def test_tokens_of_another_platform_stand_under_its_address(home: Path) -> None:
    key = f"https://far.test|{ADA}"
    sign_in(home, users={ADA: user("ada"), key: user("far")})
    env = {"TAILOR_PLATFORM_URL": "https://far.test"}
    assert load_platform_session(env, home, ManualClock()).token == "far-token"
    assert load_platform_session({}, home, ManualClock()).token == "ada-token"


@pytest.mark.parametrize(
    ("fields", "env", "words"),
    [
        ({"current_user": None}, {}, "nobody is signed in"),
        ({"current_user": "eve@example.com"}, {}, "eve@example.com is not signed in"),
        ({}, {"TAILOR_PLATFORM_PROFILE": "prod"}, "no profile prod in"),
        ({"version": 3}, {}, "is of version 3; versions up to 2 are read"),
        ({"version": None}, {}, "is of version None"),
        ({"users": {ADA: user("ada", access_token="")}}, {}, "has no token of ada@example.com"),
        (
            {"version": 2, "users": {ADA: {"storage": "keyring", "token_expires_at": LATER}}},
            {},
            "is in the system's keyring, which is not read here",
        ),
        ({"users": {ADA: user("ada", EARLIER, refresh_token="")}}, {}, "has expired"),
    ],
)
def test_a_sign_in_that_cannot_be_used_is_told(
    home: Path, fields: dict[str, Any], env: dict[str, str], words: str
) -> None:
    sign_in(home, **fields)
    with pytest.raises(Unauthenticated, match=words) as caught:
        load_platform_session(env, home, ManualClock())
    assert caught.value.advice


def test_a_file_that_is_not_there_or_not_of_its_shape_is_named(home: Path) -> None:
    with pytest.raises(Unauthenticated, match=r"there is no .*config\.yaml"):
        load_platform_session({}, home, ManualClock())
    sign_in(home).write_text("version: 1\nusers: [a]\n")
    with pytest.raises(Unauthenticated, match=r"config.yaml: line 2 holds"):
        load_platform_session({}, home, ManualClock())


@in_loop
async def test_a_token_is_renewed_when_it_has_expired_and_the_file_is_kept_true(home: Path) -> None:
    path = sign_in(home, users={ADA: user("ada", EARLIER), BOB: user("bob")})
    platform, clock = Platform(), ManualClock()
    source = PlatformSignIn({}, home, clock, transport=platform.transport)
    assert [await source.current() for _ in range(3)] == ["new-token"] * 3
    assert platform.forms == [
        {
            "grant_type": ["refresh_token"],
            "refresh_token": ["ada-refresh"],
            "client_id": [OAUTH_CLIENT],
        }
    ]
    content = read_platform_file(path)
    assert content["users"][ADA] == {
        "access_token": "new-token",
        "refresh_token": "new-refresh",
        "token_expires_at": "2026-11-24T04:12:53.000Z",
    }
    assert content["users"][BOB] == user("bob")
    assert content["profiles"] and content["current_user"] == ADA
    await clock.advance(3600)
    platform.grant = Answer.json({"access_token": "third-token"})
    assert await source.current() == "third-token"
    assert read_platform_file(path)["users"][ADA]["refresh_token"] == "new-refresh"


@in_loop
async def test_many_calls_renew_a_token_once(home: Path) -> None:
    sign_in(home, users={ADA: user("ada", EARLIER)})
    platform = Platform()
    source = PlatformSignIn({}, home, ManualClock(), transport=platform.transport)
    tokens = await asyncio.gather(*(source.current() for _ in range(8)))
    assert set(tokens) == {"new-token"}
    assert len(platform.forms) == 1


@in_loop
async def test_what_another_program_renewed_is_taken(home: Path) -> None:
    sign_in(home)
    platform, clock = Platform(), ManualClock()
    source = PlatformSignIn({}, home, clock, transport=platform.transport)
    assert await source.current() == "ada-token"
    sign_in(home, users={ADA: user("ada2", stamp(START + timedelta(hours=9)))})
    assert await source.current() == "ada-token"
    await clock.advance(3600)
    assert await source.current() == "ada2-token"
    assert platform.forms == []


@in_loop
async def test_somebody_who_signed_in_meanwhile_is_not_overwritten(home: Path) -> None:
    path = sign_in(home, users={ADA: user("ada", EARLIER)})
    platform = Platform()

    class Meanwhile(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await platform.transport.handle_async_request(request)
            sign_in(home, users={ADA: user("fresh")})
            return answer

    source = PlatformSignIn({}, home, ManualClock(), transport=Meanwhile())
    assert await source.current() == "new-token"
    assert read_platform_file(path)["users"][ADA] == user("fresh")


@pytest.mark.parametrize(
    ("grant", "kind"),
    [
        (Answer(400, b'{"error": "invalid_grant"}'), Unauthenticated),
        (Answer(401, b""), Unauthenticated),
        (Answer(500, b""), BackendError),
        (Answer.html(), Malformed),
        (Answer.json({"token_type": "bearer"}), Malformed),
    ],
)
@in_loop
async def test_a_refresh_that_fails_is_told_and_changes_nothing(
    home: Path, grant: Answer, kind: type[BackendError]
) -> None:
    path = sign_in(home, users={ADA: user("ada", EARLIER)})
    before = path.read_bytes()
    platform = Platform()
    platform.grant = grant
    source = PlatformSignIn({}, home, ManualClock(), transport=platform.transport)
    with pytest.raises(kind) as caught:
        await source.current()
    assert path.read_bytes() == before
    assert "refresh" not in str(caught.value)


@in_loop
async def test_a_refresh_nobody_answers_is_unreachable(home: Path) -> None:
    sign_in(home, users={ADA: user("ada", EARLIER)})

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    source = PlatformSignIn({}, home, ManualClock(), transport=httpx.MockTransport(refuse))
    with pytest.raises(Unreachable):
        await source.current()


@in_loop
async def test_a_refresh_token_is_not_sent_where_anybody_can_read_it(home: Path) -> None:
    sign_in(home, users={ADA: user("ada", EARLIER)})
    platform = Platform()
    platform.endpoint = "http://elsewhere.test/oauth2/platform/token"
    source = PlatformSignIn({}, home, ManualClock(), transport=platform.transport)
    with pytest.raises(Malformed):
        await source.current()
    assert platform.forms == []


@in_loop
async def test_the_platform_is_reached_with_its_own_settings(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("TAILOR_PLATFORM_PROFILE", "dev")
    profile = {"user": BOB, "workspace_id": WORKSPACE, "readonly": True}
    sign_in(home, profiles={"dev": profile}, users={BOB: user("bob", EARLIER)})
    platform = Platform()
    backend = open_backend(
        Target(kind="tailor", label="prod"), ManualClock(), transport=platform.transport
    )
    await backend.list_executions(ExecutionQuery())
    assert platform.tokens == ["Bearer new-token"]
    assert platform.operator.asked("ListWorkflowExecutions")[0]["workspaceId"] == WORKSPACE
    with pytest.raises(Forbidden):
        await backend.resume(ExecutionId(new_id()))
    await backend.aclose()


@in_loop
async def test_a_refused_token_is_looked_for_anew(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    sign_in(home)
    platform = Platform()
    target = Target(kind="tailor", label="prod", workspace_id=WORKSPACE)
    backend = open_backend(target, ManualClock(), transport=platform.transport)
    platform.operator.answer(Answer.error("unauthenticated", "revoked"))
    with pytest.raises(Unauthenticated):
        await backend.list_executions(ExecutionQuery())
    sign_in(home, users={ADA: user("again")})
    platform.operator.answer(None)
    await backend.list_executions(ExecutionQuery())
    assert platform.tokens == ["Bearer ada-token", "Bearer again-token"]
    await backend.aclose()


@in_loop
async def test_without_a_sign_in_opening_works_and_each_call_says_why() -> None:
    for env_profile in ("", "dev"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TAILOR_PLATFORM_PROFILE", env_profile)
            platform = Platform()
            backend = open_backend(
                Target(kind="tailor", label="prod"), ManualClock(), transport=platform.transport
            )
            for _ in range(2):
                with pytest.raises(Unauthenticated, match=r"there is no .*config\.yaml"):
                    await backend.list_executions(ExecutionQuery())
            assert platform.tokens == []
            await backend.aclose()


@in_loop
async def test_a_token_of_ours_needs_no_sign_in() -> None:
    platform = Platform()
    target = Target(kind="tailor", label="prod", token="given", workspace_id=WORKSPACE)
    backend = open_backend(target, ManualClock(), actor="ada", transport=platform.transport)
    await backend.list_executions(ExecutionQuery())
    assert platform.tokens == ["Bearer given"]
    assert "wfc-actor" not in platform.operator.requests[0].headers
    await backend.aclose()
