"""The real console in this process's terminal, on a scene, moved a step at a time from outside.

python -m tests.quiet.child night 5        scene, and the descriptor of a socket
"""

from __future__ import annotations

import sys

from tests.quiet.scenes import SCENES
from tests.quiet.stepped import run

if __name__ == "__main__":
    sys.exit(run(SCENES))
