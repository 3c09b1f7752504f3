"""What a server with nothing to do costs: the server and its workers."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Measure, p95
from benchmarks.served import Served

SETTLE, SECONDS = 3.0, 10.0
WORKERS = 2


def measure(runs: int) -> Iterator[Measure]:
    """Watch one for ten seconds, three times at most."""
    share = p95(_shares(min(runs, 3))) * 100
    name = f"an idle server with {WORKERS} workers"
    yield Measure(name, f"{share:.2f} %", "a core", share, 1, " %")


def _shares(runs: int) -> list[float]:
    server = Served(workers=WORKERS)
    pid = server.process.pid
    try:
        time.sleep(SETTLE)
        found = []
        for _ in range(runs):
            before, began = cpu_seconds(pid), time.monotonic()
            time.sleep(SECONDS)
            found.append((cpu_seconds(pid) - before) / (time.monotonic() - began))
        return found
    finally:
        server.close()


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
