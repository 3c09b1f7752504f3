"""The sign-in of the platform's own command, used as it is.

token      TAILOR_PLATFORM_TOKEN > TAILOR_TOKEN > the file's user: the profile's, or the current one
workspace  TAILOR_PLATFORM_WORKSPACE_ID > the profile's
profile    TAILOR_PLATFORM_PROFILE
address    TAILOR_PLATFORM_URL > PLATFORM_URL > the profile's > https://api.tailor.tech

The file is `tailor-platform/config.yaml` in the folder for configuration. A token in it that has
expired is renewed and written back, for the refresh token changes with it, and the platform's own
command would be signed out otherwise. A token from the environment is never renewed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from console.backend.connect import FixedToken, TokenSource
from console.backend.errors import BackendError, Unauthenticated
from console.backend.http import httpx
from console.backend.tailor.oauth import OAUTH_CLIENT, renew
from console.backend.tailor.platform_file import (
    PlatformFileError,
    read_platform_file,
    write_platform_file,
)
from console.clock import Clock
from console.model.target import Target

DEFAULT_URL = "https://api.tailor.tech"
_NEWEST_VERSION = 2
_SIGN_IN = "sign in with `tailor-sdk login`, or set TAILOR_PLATFORM_TOKEN"
_MARGIN = timedelta(seconds=30)
"""A token that ends sooner than this is renewed: it has to last for the call."""


@dataclass(frozen=True, slots=True)
class PlatformSession:
    """Who is signed in to the hosted platform, and where."""

    base_url: str
    token: str = field(repr=False)
    source: str
    """Where the token is from: a variable's name, or the file's path."""
    user: str = ""
    """Empty for a token from the environment."""
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None
    """None for a token from the environment: it says nothing of its end."""
    workspace_id: str = ""
    """Empty where neither the environment nor a profile names one."""
    client_id: str = OAUTH_CLIENT
    is_read_only: bool = False
    """The profile says so."""

    def is_expired(self, now: datetime) -> bool:
        """Tell whether the token has ended, or is about to."""
        return self.expires_at is not None and self.expires_at - _MARGIN <= now


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """Where the hosted platform is, as the environment and a profile of its file say."""

    base_url: str = DEFAULT_URL
    workspace_id: str = ""
    client_id: str = OAUTH_CLIENT
    is_read_only: bool = False
    profile_user: str = ""


def platform_file(config_home: Path) -> Path:
    """Name the sign-in file in a folder for configuration (`~/.config`)."""
    return config_home / "tailor-platform" / "config.yaml"


def load_platform_settings(env: Mapping[str, str], config_home: Path) -> PlatformSettings:
    """Settle address and workspace; the file is read only for a profile.

    Raises `Unauthenticated` for a profile that is not there and a file that cannot be read.
    """
    profile: Mapping[str, Any] = {}
    if name := env.get("TAILOR_PLATFORM_PROFILE", ""):
        path = platform_file(config_home)
        found = _mapping(_mapping(_read(path).get("profiles")).get(name))
        if not found:
            raise Unauthenticated(f"no profile {name} in {path}", hint=_SIGN_IN)
        profile = found
    address = env.get("TAILOR_PLATFORM_URL") or env.get("PLATFORM_URL")
    client = env.get("TAILOR_PLATFORM_OAUTH2_CLIENT_ID") or env.get("PLATFORM_OAUTH2_CLIENT_ID")
    return PlatformSettings(
        base_url=_bare_url(address or _text(profile, "platform_url") or DEFAULT_URL),
        workspace_id=env.get("TAILOR_PLATFORM_WORKSPACE_ID") or _text(profile, "workspace_id"),
        client_id=client or _text(profile, "oauth2_client_id") or OAUTH_CLIENT,
        is_read_only=profile.get("readonly") is True,
        profile_user=_text(profile, "user"),
    )


def load_platform_session(
    env: Mapping[str, str], config_home: Path, clock: Clock
) -> PlatformSession:
    """Find the token; it may have expired, and can then be renewed. Nothing is sent.

    Raises `Unauthenticated` where there is none, or none that can be used or renewed.
    """
    settings = load_platform_settings(env, config_home)
    for name in ("TAILOR_PLATFORM_TOKEN", "TAILOR_TOKEN"):
        if token := env.get(name, "").strip():
            return _session(settings, token, name)
    path = platform_file(config_home)
    content = _read(path)
    user = settings.profile_user or _text(content, "current_user")
    if not user:
        raise Unauthenticated(f"nobody is signed in, says {path}", hint=_SIGN_IN)
    _, entry = _entry(content, settings.base_url, user)
    if entry.get("storage") == "keyring":
        raise Unauthenticated(
            f"the token of {user} is in the system's keyring, which is not read here",
            hint="set TAILOR_PLATFORM_TOKEN, or sign in without TAILOR_USE_KEYRING",
        )
    token = _text(entry, "access_token")
    if not token:
        raise Unauthenticated(f"{path} has no token of {user}", hint=_SIGN_IN)
    session = replace(
        _session(settings, token, str(path)),
        user=user,
        refresh_token=_text(entry, "refresh_token"),
        expires_at=_moment(_text(entry, "token_expires_at")),
    )
    if session.is_expired(clock.now()) and not session.refresh_token:
        raise Unauthenticated(f"the sign-in of {user} has expired", hint=_SIGN_IN)
    return session


class PlatformSignIn:
    """Gives the platform's token for each call, renewed when it has expired."""

    def __init__(
        self,
        env: Mapping[str, str],
        config_home: Path,
        clock: Clock,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._env = env
        self._config_home = config_home
        self._clock = clock
        self._transport = transport
        self._session: PlatformSession | None = None
        self._lock = asyncio.Lock()

    async def current(self) -> str:
        """Give a token that is valid now. Raises `Unauthenticated`, or why it is not renewed."""
        async with self._lock:
            session = self._session
            if session is None or session.is_expired(self._clock.now()):
                # Another program may have renewed it: what the file says now comes first.
                session = load_platform_session(self._env, self._config_home, self._clock)
                if session.is_expired(self._clock.now()):
                    session = await self._renew(session)
                self._session = session
            return session.token

    def reject(self) -> None:
        """Read the file anew the next time: somebody may have signed in again."""
        self._session = None

    async def _renew(self, session: PlatformSession) -> PlatformSession:
        try:
            grant = await renew(
                session.base_url,
                session.client_id,
                session.refresh_token,
                transport=self._transport,
            )
        except Unauthenticated as refused:
            raise Unauthenticated(
                f"the sign-in of {session.user} has expired: {refused.detail}", hint=_SIGN_IN
            ) from refused
        renewed = replace(
            session,
            token=grant.access_token,
            refresh_token=grant.refresh_token or session.refresh_token,
            expires_at=self._clock.now() + timedelta(seconds=grant.expires_in),
        )
        self._write_back(session, renewed)
        return renewed

    def _write_back(self, old: PlatformSession, new: PlatformSession) -> None:
        """Put the renewed token into the file, unless somebody has signed in meanwhile."""
        path = platform_file(self._config_home)
        try:
            content = _read(path)
            key, entry = _entry(content, old.base_url, old.user)
            if _text(entry, "refresh_token") != old.refresh_token or new.expires_at is None:
                return
            ends = new.expires_at.astimezone(UTC).isoformat(timespec="milliseconds")
            content["users"][key] = {
                **entry,
                "access_token": new.token,
                "refresh_token": new.refresh_token,
                "token_expires_at": ends.replace("+00:00", "Z"),
            }
            write_platform_file(path, content)
        except (OSError, BackendError):
            # The token is good for this session; the next program has to sign in again.
            return


@dataclass(frozen=True, slots=True)
class NoToken:
    """Stands for a sign-in that cannot be used, until a call asks for it."""

    error: BackendError

    async def current(self) -> str:
        """Say why."""
        raise self.error

    def reject(self) -> None:
        """Nothing is kept."""


def with_platform(
    target: Target, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
) -> tuple[Target, TokenSource]:
    """Fill what a target of the kind `tailor` leaves open, from this process's environment."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    token: TokenSource = FixedToken(target.token)
    try:
        settings = load_platform_settings(os.environ, home)
    except BackendError as error:
        return replace(target, url=target.url or DEFAULT_URL), NoToken(error)
    if not target.token:
        token = PlatformSignIn(os.environ, home, clock, transport=transport)
    is_usual = target.url in ("", DEFAULT_URL)
    completed = replace(
        target,
        url=settings.base_url if is_usual else target.url,
        workspace_id=target.workspace_id or settings.workspace_id,
        is_read_only=target.is_read_only or settings.is_read_only,
    )
    return completed, token


def _session(settings: PlatformSettings, token: str, source: str) -> PlatformSession:
    return PlatformSession(
        base_url=settings.base_url,
        token=token,
        source=source,
        workspace_id=settings.workspace_id,
        client_id=settings.client_id,
        is_read_only=settings.is_read_only,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        content = read_platform_file(path)
    except FileNotFoundError:
        raise Unauthenticated(f"no token: there is no {path}", hint=_SIGN_IN) from None
    except OSError as error:
        raise Unauthenticated(f"{path}: {error.strerror}", hint=_SIGN_IN) from None
    except PlatformFileError as error:
        raise Unauthenticated(f"{path}: {error}", hint="set TAILOR_PLATFORM_TOKEN") from None
    version = content.get("version")
    if version not in range(1, _NEWEST_VERSION + 1):
        raise Unauthenticated(
            f"{path} is of version {version}; versions up to {_NEWEST_VERSION} are read",
            hint="set TAILOR_PLATFORM_TOKEN",
        )
    return content


def _entry(content: Mapping[str, Any], base_url: str, user: str) -> tuple[str, Mapping[str, Any]]:
    """Find a user's tokens; those of another platform than the usual stand under its address."""
    users = _mapping(content.get("users"))
    for key in (f"{base_url}|{user}", user):
        if entry := _mapping(users.get(key)):
            return key, entry
    raise Unauthenticated(f"{user} is not signed in", hint=_SIGN_IN)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(content: Mapping[str, Any], key: str) -> str:
    value = content.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _moment(text: str) -> datetime:
    """Read an end; one that cannot be read has passed, so that the token is renewed."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _bare_url(address: str) -> str:
    return address.partition("#")[0].partition("?")[0].rstrip("/")
