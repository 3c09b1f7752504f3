"""The standard streams: there, whoever closed them, and let go of when nobody takes the output.

have_streams()              before anything else
output_fault()              why stdout takes nothing more; None when it does
let_go()                    what is still in stdout's buffer goes nowhere
"""

from __future__ import annotations

import os
import sys


def have_streams() -> None:
    """Put `/dev/null` in the place of a stream that was closed (`>&-`).

    Python has None there, and the next file that is opened would be taken for it by a child.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        stream = open(os.devnull, "w" if number else "r")  # noqa: PTH123, SIM115
        if stream.fileno() == number:
            os.set_inheritable(number, True)
        setattr(sys, name, stream)


def output_fault() -> OSError | None:
    """Tell why what stdout still holds cannot be written, as on a full disk."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as fault:
        return fault
    return None


def let_go() -> None:
    """Send to nowhere what is still in the buffer: Python writes it when it ends."""
    try:
        descriptor = sys.stdout.fileno()
    except OSError:  # a stream without a file below it
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
