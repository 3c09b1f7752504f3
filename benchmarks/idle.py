"""What a server with nothing to do costs: the server and its workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Measure, p95
from benchmarks.project import written

SETTLE, SECONDS = 3.0, 10.0
WORKERS = 2


def measure(runs: int) -> Iterator[Measure]:
    """Watch one for ten seconds, once: nothing happens in it that differs from run to run."""
    with tempfile.TemporaryDirectory(prefix="wfc-bench-") as folder:
        shares = _shares(written(Path(folder) / "project"), Path(folder), min(runs, 3))
    share = p95(shares) * 100
    name = f"an idle server with {WORKERS} workers"
    yield Measure(name, f"{share:.2f} %", "a core", share, 1, " %")


def _shares(root: Path, home: Path, runs: int) -> list[float]:
    reading, writing = os.pipe()
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "console.server", str(root), "--workers", str(WORKERS)]
    server = subprocess.Popen(
        [*command, "--report-to", str(writing)], env=environment, pass_fds=[writing]
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as report:
            assert "error" not in json.loads(report.readline())
        time.sleep(SETTLE)
        found = []
        for _ in range(runs):
            before, began = cpu_seconds(server.pid), time.monotonic()
            time.sleep(SECONDS)
            found.append((cpu_seconds(server.pid) - before) / (time.monotonic() - began))
        return found
    finally:
        server.terminate()
        server.wait(timeout=30)


def cpu_seconds(pid: int) -> float:
    """Add up the CPU time of a process and of those it started, as `ps` tells it."""
    table = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,cputimes="], capture_output=True, text=True, check=False
    )
    if table.returncode or not Path("/proc/self/stat").exists():
        raise SystemExit("this needs /proc, to count in hundredths of a second")
    parents = {int(a): int(b) for a, b, _ in (line.split() for line in table.stdout.splitlines())}
    family = {pid}
    while more := {one for one, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(_own_seconds(one) for one in family)


def _own_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # ps itself
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
