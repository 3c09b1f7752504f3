"""Request and response messages as bytes: proto3 JSON and binary, and gzip around a request."""

from __future__ import annotations

import zlib
from typing import TypeVar

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

from console.server.codes import Code, ConnectError

M = TypeVar("M", bound=Message)

JSON = "application/json"
PROTO = "application/proto"
ACCEPT_POST = f"{JSON}, {PROTO}"


def content_type(header: str, *, json_only: bool = False) -> str:
    """Tell which encoding a request's content type names. Raises `ConnectError` with 415."""
    accepted = JSON if json_only else ACCEPT_POST
    kind, _, parameters = header.lower().partition(";")
    kind = kind.strip()
    if kind == PROTO and not parameters and not json_only:
        return PROTO
    if kind == JSON and parameters.replace(" ", "").replace('"', "") in ("", "charset=utf-8"):
        return JSON
    raise ConnectError(
        Code.INVALID_ARGUMENT,
        f"content type {header[:80]!r} is not understood; send one of: {accepted}",
        status=415,
        headers=[(b"accept-post", accepted.encode())],
    )


def check_compression(header: str) -> None:
    """Refuse a content encoding that `decompress` does not know."""
    if header.strip().lower() not in ("", "identity", "gzip"):
        message = f"content encoding {header[:40]!r} is not understood; send identity or gzip"
        raise ConnectError(Code.UNIMPLEMENTED, message)


def decompress(body: bytes, header: str, limit: int) -> bytes:
    """Undo a request's content encoding; a body of no bytes has none."""
    if header.strip().lower() != "gzip" or not body:
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        data = stream.decompress(body, limit + 1)
    except zlib.error:
        data = b""
    if len(data) > limit:
        raise too_large(limit)
    if not stream.eof or stream.unused_data:
        raise ConnectError(Code.INVALID_ARGUMENT, "the body is not one gzip stream")
    return data


def too_large(limit: int) -> ConnectError:
    """Refuse a request for its size."""
    message = f"the request is larger than {limit >> 20} MiB"
    return ConnectError(Code.RESOURCE_EXHAUSTED, message)


def decode(kind: str, body: bytes, message_type: type[M]) -> M:
    """Read a request message. Raises `ConnectError`."""
    if kind == PROTO:
        try:
            return message_type.FromString(body)
        except DecodeError:
            name = message_type.DESCRIPTOR.name
            raise ConnectError(Code.INVALID_ARGUMENT, f"the body is not a {name}") from None
    message = message_type()
    try:
        text = body.decode("utf-8")
        # Older runtimes read a list as a message with no fields.
        if not text.lstrip(" \t\r\n").startswith("{"):
            raise ConnectError(Code.INVALID_ARGUMENT, "the body is not a JSON object")
        json_format.Parse(text, message, ignore_unknown_fields=True)
    except RecursionError:
        raise ConnectError(Code.INVALID_ARGUMENT, "the body is nested too deeply") from None
    # A lone surrogate in a string ends in a UnicodeEncodeError, which is a ValueError.
    except (json_format.ParseError, ValueError, TypeError) as error:
        problem = " ".join(str(error).split())[:200]
        raise ConnectError(
            Code.INVALID_ARGUMENT, f"the body is not understood: {problem}"
        ) from None
    return message


def encode(kind: str, message: Message) -> bytes:
    """Write a response message in the encoding of its request."""
    if kind == PROTO:
        return message.SerializeToString()
    return json_format.MessageToJson(message, indent=None, ensure_ascii=False).encode()
