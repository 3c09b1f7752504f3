"""Who may call: roles by bearer token, the Host check, and the name an action is kept under."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote

from console.server.codes import Code, ConnectError
from console.server.errors import ServeError

ACTOR_HEADER = "wfc-actor"
"""Names the person in front of the client. A label for the record, never a right."""
LONGEST_ACTOR = 80


class Role(StrEnum):
    """What a caller may do."""

    OPERATOR = "operator"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True)
class Token:
    """One bearer token."""

    secret: str = field(repr=False)
    role: Role
    name: str = ""
    """Whose it is, for the record."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a call, as far as the server knows."""

    role: Role
    actor: str = ""
    is_local: bool = False
    """Reached us through the Unix socket or loopback."""


@dataclass(frozen=True, slots=True)
class Access:
    """The rules at the door; the Unix socket has none, its folder lets only its user in."""

    tokens: Sequence[Token] = ()
    """Asked for on TCP; none: everybody who reaches the port is an operator."""
    is_loopback: bool = True
    """The TCP listener is on loopback: the Host header must name this machine."""
    host: str = ""
    """The host the listener was told, which a Host header may also name."""

    def admit(
        self, headers: Mapping[str, str], *, is_unix: bool, peer: str | None = None
    ) -> Caller:
        """Let a request in. Raises `ConnectError`: permission_denied, unauthenticated."""
        # Headers are read as Latin-1; names of people are UTF-8, as it is or percent-encoded.
        label = headers.get(ACTOR_HEADER, "").encode("latin-1", "replace")
        actor = clean_actor(unquote(label.decode("utf-8", "replace")))
        if is_unix:
            return Caller(Role.OPERATOR, actor or _own_name(), is_local=True)
        self._check_host(headers.get("host", ""))
        is_local = peer is not None and _is_loopback(peer)
        if not self.tokens:
            return Caller(Role.OPERATOR, actor, is_local)
        token = self._find(headers.get("authorization", ""))
        owner = token.name or f"{token.role} token"
        return Caller(token.role, f"{actor} ({owner})" if actor else owner, is_local)

    def _check_host(self, header: str) -> None:
        """Refuse a Host that is not this machine: a web page whose name was bound to loopback.

        Beyond loopback a name can be anybody's choice, and the token, which no page has, decides.
        """
        if not self.is_loopback:
            return
        host = host_of(header)
        if host not in ("localhost", self.host.lower()) and not _is_loopback(host):
            message = f"the host {header[:80]!r} is not served here; use localhost"
            raise ConnectError(Code.PERMISSION_DENIED, message)

    def _find(self, header: str) -> Token:
        """Find the token of an Authorization header, in the same time for every wrong one."""
        scheme, _, secret = header.partition(" ")
        given = secret.strip().encode() if scheme.lower() == "bearer" else b""
        found = None
        for token in self.tokens:
            if hmac.compare_digest(token.secret.encode(), given):
                found = token
        if found is None or not given:
            problem = "the token is not valid" if given else "a bearer token is needed"
            raise ConnectError(
                Code.UNAUTHENTICATED, problem, headers=[(b"www-authenticate", b"Bearer")]
            )
        return found


def clean_actor(text: str) -> str:
    """Make a label of what a client says: printable, one line, short."""
    return "".join(c for c in text if c.isprintable()).strip()[:LONGEST_ACTOR]


def host_of(header: str) -> str:
    """Take the port off a Host header."""
    header = header.strip().lower()
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def read_tokens(path: Path) -> tuple[Token, ...]:
    """Read a token file: `[operator|read-only] TOKEN [NAME]` a line. Raises `ServeError`."""
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ServeError(f"cannot read the token file {path}: {reason}", 2) from None
    if stat.S_IMODE(mode) & 0o077:
        raise ServeError(f"others can read the token file {path}: chmod 600 it", 2)
    tokens: list[Token] = []
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        role = Role.OPERATOR
        if words[0] in tuple(Role):
            role = Role(words.pop(0))
        if not words or len(words[0]) < 16:
            problem = "a token needs at least 16 characters: [operator|read-only] TOKEN [NAME]"
            raise ServeError(f"{path}:{number}: {problem}", 2)
        tokens.append(Token(words[0], role, clean_actor(" ".join(words[1:]))))
    if not tokens:
        raise ServeError(f"the token file {path} holds no token", 2)
    return tuple(tokens)


def own_token_file(state: Path) -> Path:
    """Give the project's own token file, with a fresh operator token where there is none."""
    path = state / "token"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return path
    except OSError as error:
        raise ServeError(f"cannot write {path}: {error.strerror}", 6) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"operator {secrets.token_urlsafe(32)}\n")
    return path


def _is_loopback(host: str) -> bool:
    """Tell whether an address, not a name, is this machine's own."""
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _own_name() -> str:
    """Give the name of the user the server runs as: the only one who can enter its socket."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
