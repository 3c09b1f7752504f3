"""The sockets a server listens on, bound before anything expensive is opened."""

from __future__ import annotations

import errno
import socket
import stat
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from console.server.connections import LimitedListener, most_connections
from console.server.errors import ServeError
from console.server.places import make_socket_folder


@dataclass(frozen=True, slots=True)
class TcpListener:
    """A bound TCP socket."""

    socket: LimitedListener
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
        # Its connections inherit it: a client that vanished without a word is noticed.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
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
