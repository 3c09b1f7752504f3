"""What a command line asks of a project's own server besides the protocol's client: light.

One call each, in JSON over the project's socket; the functions wait.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

from console.server.errors import ServeError
from console.server.record import ServerRecord

CONSOLE = "/wfc.v1.ConsoleService/"
RELOAD_SECONDS = 60.0
"""How long reading a project may take."""
PRUNE_SECONDS = 3600.0
"""How long removing may take: about a second for a few thousand executions."""

Fields = Mapping[str, Any]


def reload(record: ServerRecord) -> Fields:
    """Have the definitions read anew; gives `workflows`, `notes` and `problems`.

    Raises `ServeError`.
    """
    return _call(record, "Reload", {}, RELOAD_SECONDS)


def prune(record: ServerRecord, before: str | None, *, dry_run: bool) -> Fields:
    """Remove what ended before a time, in RFC 3339; gives `executions` and `before`.

    None takes what the project says of retention. Raises `ServeError`.
    """
    fields: dict[str, object] = {"dryRun": dry_run}
    if before is not None:
        fields["before"] = before
    return _call(record, "Prune", fields, PRUNE_SECONDS)


def _call(record: ServerRecord, method: str, fields: Fields, seconds: float) -> Fields:
    """Call one method of the console's service. Raises `ServeError`."""
    import http.client  # costs 12 ms

    if record.socket is None:
        raise ServeError(f"the server at {record.url} has no socket; start it with `wfc up`", 6)
    connection = http.client.HTTPConnection("localhost", timeout=seconds)
    try:
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(seconds)
        connection.sock.connect(str(record.socket))
        body = json.dumps(fields)
        connection.request("POST", CONSOLE + method, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    except TimeoutError:
        raise ServeError(f"the server did not answer within {seconds:.0f} s", 7) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ServeError(f"process {record.pid} does not answer: {error}", 6) from None
    finally:
        connection.close()
    if response.status != 200:
        code = 6 if answer.get("code") in ("unavailable", "internal") else 1
        raise ServeError(str(answer.get("message") or answer.get("code")), code)
    return answer


def problems_of(name: str, answer: Fields) -> ServeError | None:
    """Give the mistakes that a reload of a project found as one error; None for none."""
    problems = answer.get("problems", [])
    if not problems:
        return None
    words = f"the project was not read anew, and {name} goes on as it was"
    return ServeError("\n".join([words, *map(str, problems)]), 2)
