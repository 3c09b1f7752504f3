"""A stage in this process's terminal: `python -m benchmarks.child tree:1000 5`."""

from __future__ import annotations

import sys

from benchmarks.stages import STAGES
from tests.quiet.stepped import run

if __name__ == "__main__":
    sys.exit(run(STAGES))
