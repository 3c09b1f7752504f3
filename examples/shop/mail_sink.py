"""A mail server that takes every mail and keeps none: something for the shop to talk to.

    python mail_sink.py                 take mail at 127.0.0.1:2525
    python mail_sink.py --refuse        turn every connection away: 421 too many connections
    python mail_sink.py --control       read `on` or `off` from standard input, end with it

It speaks as much SMTP (RFC 5321) as a client needs to hand over a mail.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

BUSY = "421 too many connections"
LONGEST_LINE = 64 * 1024


class MailSink:
    """Takes mail, or refuses to."""

    def __init__(self, *, is_accepting: bool = True) -> None:
        self.is_accepting = is_accepting
        self.subjects: list[str] = []
        """What was delivered, oldest first."""

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Listen; port 0 takes a free one."""
        return await asyncio.start_server(self.converse, host, port, limit=LONGEST_LINE)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one client until it leaves."""
        try:
            if self.is_accepting:
                await self._session(reader, writer)
            else:
                await say(writer, f"{BUSY} from {writer.get_extra_info('peername')[0]}")
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass  # the client left in the middle, or sent a line without an end
        finally:
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await say(writer, "220 the shop's mail sink")
        while line := (await reader.readline()).decode("utf-8", "replace"):
            verb = line.strip().upper().partition(" ")[0]
            if verb == "QUIT":
                await say(writer, "221 bye")
                return
            if verb == "DATA":
                await say(writer, "354 end with a line that is one dot")
                self.subjects.append(await subject_of_mail(reader))
            if verb in ("HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP"):
                await say(writer, "250 ok")
            else:
                await say(writer, "502 not known here")


async def subject_of_mail(reader: asyncio.StreamReader) -> str:
    """Read a mail to its end and keep its subject."""
    subject = ""
    while (line := await reader.readuntil(b"\n")).rstrip(b"\r\n") != b".":
        text = line.decode("utf-8", "replace").strip()
        if not subject and text.lower().startswith("subject:"):
            subject = text.partition(":")[2].strip()
    return subject


async def say(writer: asyncio.StreamWriter, line: str) -> None:
    """Send one line."""
    writer.write(f"{line}\r\n".encode())
    await writer.drain()


async def obey_standard_input(sink: MailSink) -> None:
    """Switch with each line that comes in, and answer each with one; return at its end."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        word = line.decode().strip()
        if word in ("on", "off"):
            sink.is_accepting = word == "on"
        print("accepting" if sink.is_accepting else "refusing", flush=True)


async def run(options: argparse.Namespace) -> None:
    """Serve until stopped."""
    sink = MailSink(is_accepting=not options.refuse)
    server = await sink.serve(options.host, options.port)
    host, port = server.sockets[0].getsockname()[:2]
    print(f"listening on {host}:{port}", flush=True)
    if options.control:
        await obey_standard_input(sink)
    else:
        await server.serve_forever()


def main() -> int:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="A mail server that keeps nothing.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2525, help="0 takes a free one")
    parser.add_argument("--refuse", action="store_true", help="answer 421 to everybody")
    parser.add_argument("--control", action="store_true", help="on, off and the end from stdin")
    options = parser.parse_args()
    try:
        asyncio.run(run(options))
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
