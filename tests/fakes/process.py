"""Whether a process lives."""

from __future__ import annotations

import os
from pathlib import Path


def is_alive(process: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet reaped does not."""
    try:
        os.kill(process, 0)
        stat = Path(f"/proc/{process}/stat").read_text()
    except ProcessLookupError:  # also when it goes between the one and the other
        return False
    except FileNotFoundError:  # it went, or there is no such folder here
        return not Path("/proc/self").exists()
    return stat.rpartition(")")[2].split()[0] != "Z"
