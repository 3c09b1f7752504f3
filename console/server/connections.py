"""How many connections TCP has at a time, and which of them goes when another one comes.

Whoever reaches the port can open connections, without a token. They must not use up the files that
the process may open, which the Unix socket and the journal need too, nor keep others out for good.
"""

from __future__ import annotations

import errno
import logging
import resource
import socket
from typing import Any

MOST_CONNECTIONS = 200

Peer = tuple[str, int]
log = logging.getLogger("wfc.server")


class LimitedListener(socket.socket):
    """A listening TCP socket with a limited number of connections.

    Where one is too many, the oldest that was never let in goes; without such a one, the newest.
    """

    def __init__(self, family: socket.AddressFamily, limit: int) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._limit = limit
        self._taken: dict[Peer, socket.socket] = {}
        self._let_in: set[Peer] = set()
        self._going: list[socket.socket] = []
        self._was_full = False

    def let_in(self, peer: Peer) -> None:
        """Note that a request of this connection was let in."""
        self._let_in.add(peer)

    def accept(self) -> tuple[socket.socket, Any]:
        """Take a connection. Raises ConnectionAbortedError for one that is closed at once."""
        connection, address = super().accept()
        self._taken = {peer: one for peer, one in self._taken.items() if one.fileno() >= 0}
        self._let_in &= self._taken.keys()
        self._going = [one for one in self._going if one.fileno() >= 0]
        is_full = len(self._taken) >= self._limit
        if is_full and not self._was_full:
            log.warning("%d connections are open on TCP, which is the most", self._limit)
        self._was_full = is_full
        if is_full and not self._make_room():
            connection.close()
            raise ConnectionAbortedError(errno.ECONNABORTED, "there are too many connections")
        peer = (address[0], address[1])
        self._taken[peer] = connection
        self._let_in.discard(peer)
        return connection, address

    def _make_room(self) -> bool:
        """End the oldest connection that was never let in, where there is one."""
        if len(self._going) > self._limit // 4:
            return False  # they come faster than others go
        for peer, connection in self._taken.items():
            if peer not in self._let_in:
                self._going.append(self._taken.pop(peer))
                try:
                    connection.shutdown(socket.SHUT_RDWR)  # whoever reads it then closes it
                except OSError:
                    pass  # its client was faster
                return True
        return False


def most_connections() -> int:
    """Give how many connections TCP may have: half of the files this process may open, at most."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(1, min(MOST_CONNECTIONS, files // 2))
