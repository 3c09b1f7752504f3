"""The server in a process of its own: `python -m console.server DIR`, as `wfc up` starts it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from console.server.errors import AlreadyServed, ServeError
from console.server.record import ServerRecord, record_fields
from console.server.serve import serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to end; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m console.server")
    parser.add_argument("project", type=Path)
    parser.add_argument("--listen")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--until-eof", action="store_true")
    parser.add_argument("--report-to", type=int, metavar="FD")
    options = parser.parse_args(arguments)
    report_to: int | None = options.report_to
    if report_to is not None:
        os.set_inheritable(report_to, False)

    def report(fields: Mapping[str, object]) -> None:
        """Tell whoever started us, once; nobody may listen any more."""
        nonlocal report_to
        if report_to is not None:
            try:
                os.write(report_to, json.dumps(fields).encode() + b"\n")
            except BrokenPipeError:
                pass
            os.close(report_to)
            report_to = None

    def ready(record: ServerRecord) -> None:
        report(record_fields(record))

    try:
        asyncio.run(
            serve(
                options.project,
                listen=options.listen,
                workers=options.workers,
                until_eof=options.until_eof,
                ready=ready,
            )
        )
    except ServeError as error:
        fields: dict[str, object] = {"error": error.message, "exit_code": error.exit_code}
        if isinstance(error, AlreadyServed):
            fields |= {"served": True, "served_by": error.process_id}
        if options.report_to is None or not isinstance(error, AlreadyServed):
            print(error.message, file=sys.stderr)
        report(fields)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
