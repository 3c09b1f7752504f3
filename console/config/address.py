"""Addresses of servers, as a person writes them."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from console.config.mistakes import ConfigError, Mistake

SOCKET_URL = "http://wfc.localhost"
"""What a server is called when it is spoken to through a Unix socket."""


def parse_address(address: str, origin: str) -> tuple[str, Path | None]:
    """Give an address without query and trailing slash, and the socket if it names one.

    Raises:
        ConfigError: it is no address; `origin` says who gave it.
    """
    if address.startswith("unix:"):
        path = address.removeprefix("unix:").removeprefix("//")
        if not path.startswith("/"):
            raise ConfigError(Mistake(f"{address!r} needs an absolute path", key=origin))
        return SOCKET_URL, Path(path)
    try:
        split = urlsplit(address)
        host, _ = split.hostname, split.port
    except ValueError as error:
        raise ConfigError(Mistake(f"{address!r}: {str(error).lower()}", key=origin)) from None
    if split.scheme not in ("http", "https") or not host:
        hint = "" if "//" in address else f"did you mean http://{address}?"
        words = f"{address!r} is not an address: http://, https:// or unix:"
        raise ConfigError(Mistake(words, key=origin, hint=hint))
    if split.username is not None or split.password is not None:
        hint = "give the token by WFC_TOKEN"
        raise ConfigError(Mistake("the address holds a user name", key=origin, hint=hint))
    return f"{split.scheme}://{split.netloc}{split.path.rstrip('/')}", None


def host_and_port(address: str) -> str:
    """Give the part of an address that a person knows a server by."""
    return urlsplit(address).netloc


def is_same_server(address: str, other: str) -> bool:
    """Tell whether two addresses are written for the same server."""
    return address.rstrip("/").lower() == other.rstrip("/").lower()


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    host = urlsplit(address).hostname
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
