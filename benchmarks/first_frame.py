"""CPU from the start of the process to the first frame: the program, and a bare Textual app."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict, cast

from benchmarks.measure import Measure, count, ratios
from tests.acceptance.terminal import Terminal

LATER = (
    "httpx",
    "pydantic",
    "sqlalchemy",
    "hypercorn",
    "google.protobuf",
    "console.backend.tailor",
)
"""Not imported by then."""


def measure(runs: int) -> Iterator[Measure]:
    """Start both in turn."""
    start("wfc"), start("bare")  # so that everything is compiled
    found = [(start("wfc"), start("bare")) for _ in range(runs)]
    cpu = [(ours["cpu"], bare["cpu"]) for ours, bare in found]
    yield ratios("first frame, CPU", cpu, "s", 1.5)
    early = {name for ours, _ in found for name in LATER if name in ours["modules"]}
    yield count("imported before the first frame, of httpx, pydantic, …", len(early), "modules", 0)


class Found(TypedDict):
    """What the first frame had cost, and what was imported by then."""

    cpu: float
    modules: list[str]


def start(which: str) -> Found:
    """Start `wfc` or the `bare` app in a terminal of its own, and end it at its first frame."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    with tempfile.TemporaryDirectory(prefix="wfc-bench-") as home:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": home,
            "XDG_RUNTIME_DIR": home,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }
        command = [sys.executable, "-m", "benchmarks.first_frame_child", which, str(writing)]
        with Terminal(
            command, rows=43, columns=120, env=environment, cwd=Path.cwd(), is_drawn=False
        ) as terminal:
            os.close(writing)
            terminal.wait_for_end(seconds=30)
    with os.fdopen(reading) as answer:
        return cast("Found", json.loads(answer.read()))
