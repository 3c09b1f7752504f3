"""The sockets a server listens on, bound before anything expensive is opened."""

from __future__ import annotations

import errno
import logging
import resource
import socket
import stat
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from weakref import WeakSet

from console.server.errors import ServeError
from console.server.places import make_socket_folder

MOST_CONNECTIONS = 200
"""Open at a time on TCP, where one that never asks for anything needs no token."""

log = logging.getLogger("wfc.server")


class LimitedListener(socket.socket):
    """A listening socket that closes what is one too many, so that the process keeps its files.

    Without it whoever reaches the port could use up every file the process may open, and lock its
    owner out of the Unix socket, and the engine out of its journal.
    """

    def __init__(self, family: socket.AddressFamily, limit: int) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._limit = limit
        self._taken: WeakSet[socket.socket] = WeakSet()
        self._was_full = False

    def accept(self) -> tuple[socket.socket, Any]:
        """Take a connection. Raises ConnectionAbortedError for one that is closed at once."""
        connection, address = super().accept()
        is_full = sum(one.fileno() >= 0 for one in self._taken) >= self._limit
        if is_full and not self._was_full:
            log.warning("%d connections are open on TCP; more are refused", self._limit)
        self._was_full = is_full
        if is_full:
            connection.close()
            raise ConnectionAbortedError(errno.ECONNABORTED, "there are too many connections")
        self._taken.add(connection)
        return connection, address


def most_connections() -> int:
    """Give how many connections TCP may have: half of the files this process may open, at most."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(1, min(MOST_CONNECTIONS, files // 2))


@dataclass(frozen=True, slots=True)
class TcpListener:
    """A bound TCP socket."""

    socket: socket.socket
    host: str
    """As it was asked for."""
    port: int
    is_loopback: bool
    """Only this machine reaches it; that is every user of the machine."""

    @property
    def url(self) -> str:
        """The address to give to a client on this machine."""
        host = self.host
        try:
            address = ip_address(host)
        except ValueError:
            return f"http://{host}:{self.port}"
        if address.is_unspecified:
            host = "::1" if address.version == 6 else "127.0.0.1"
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def parse_listen(text: str) -> tuple[str, int]:
    """Read `HOST:PORT`, `[::1]:PORT`, `:PORT` or `PORT`; without a host it is 127.0.0.1."""
    host, _, port = text.strip().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ServeError(f"--listen {text}: write an IPv6 address as [::1]:8787", 2)
    if not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise ServeError(f"--listen {text}: give HOST:PORT, such as 127.0.0.1:8787", 2)
    return host or "127.0.0.1", int(port)


def bind_tcp(text: str) -> TcpListener:
    """Bind a TCP socket; it takes no connection yet. Raises `ServeError`."""
    host, port = parse_listen(text)
    try:
        is_six = ip_address(host).version == 6
        family, address = socket.AF_INET6 if is_six else socket.AF_INET, (host, port)
    except ValueError:
        family, address = _look_up(text, host, port)
    listener = LimitedListener(family, most_connections())
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ServeError(
                f"{text} is in use by another program; choose another port", 6
            ) from None
        raise ServeError(f"cannot listen on {text}: {error.strerror}", 6) from None
    listener.setblocking(False)
    bound = listener.getsockname()
    is_loopback = ip_address(str(bound[0]).partition("%")[0]).is_loopback
    return TcpListener(listener, host, bound[1], is_loopback)


def _look_up(text: str, host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """Find the address of a host by its name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ServeError(f"--listen {text}: there is no host {host}", 2) from None
    family, _, _, _, address = found[0]
    return family, (str(address[0]), port)


@dataclass(frozen=True, slots=True)
class UnixListener:
    """A bound Unix socket and its name in the file system."""

    socket: socket.socket
    path: Path

    def remove(self) -> None:
        """Close it and remove its name; the project's lock is still held."""
        self.socket.close()
        self.path.unlink(missing_ok=True)


def bind_unix(path: Path) -> UnixListener:
    """Bind the project's socket; the caller holds the project's lock. Raises `ServeError`."""
    make_socket_folder(path.parent)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Left by a server that was killed: the lock says that nobody listens on it.
        if path.exists() and stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
        listener.bind(str(path))
        path.chmod(0o600)
    except OSError as error:
        listener.close()
        raise ServeError(f"cannot listen on {path}: {error.strerror or error}", 6) from None
    listener.setblocking(False)
    return UnixListener(listener, path)
