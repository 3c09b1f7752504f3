"""Bytes of a log, from either form a server sends it in: a piece in base64, or one whole string."""

from __future__ import annotations

import base64
import binascii

from console.backend.errors import Malformed
from console.model.execution import FunctionExecution
from console.model.log import LogChunk


def cut_log(run: FunctionExecution, offset: int, limit: int) -> LogChunk:
    """Cut bytes out of a log that came whole."""
    text = run.logs
    if run.status.is_finished and text and not text.endswith("\n"):
        text += "\n"
    whole = text.encode(errors="replace")
    data = whole[offset : offset + limit]
    # A log that has become shorter, as an expired one has, is read no further.
    following = max(offset, 0) + len(data) if offset <= len(whole) else len(whole)
    is_complete = run.status.is_finished and following >= len(whole)
    return LogChunk(data, following, len(whole), is_complete, has_times=False)


def unpack(text: str) -> bytes:
    """Read base64 as proto3 JSON allows it: either alphabet, padded or not."""
    text = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise Malformed("answered log bytes that are no base64") from None
