"""The long campaign: hundreds of drills, each from its seed, and what they measured.

    python -m tests.durability.campaign --runs 300 --seed 1            all kinds of kills in turn
    python -m tests.durability.campaign --runs 1 --seed 17 --kind both --keep     one again

A drill that fails prints its seed, its kind and what is wrong; `--keep` leaves its folder. The exit
code is 1 when one failed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.durability.drill import KINDS, Outcome, drill


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the drills; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.durability.campaign")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, default="")
    parser.add_argument("--keep", action="store_true", help="leave the folders of failed drills")
    options = parser.parse_args(arguments)
    place = Path(tempfile.mkdtemp(prefix="wfc-drill-", dir="/tmp"))
    (place / "run").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(place / "run")
    outcomes: list[Outcome] = []
    failed = 0
    began = time.monotonic()
    for seed in range(options.seed, options.seed + options.runs):
        folder = place / str(seed)
        folder.mkdir()
        try:
            outcome = drill(seed, folder, options.kind)
        except Exception as error:  # a drill that cannot be judged has failed
            outcome = Outcome(seed, options.kind or KINDS[seed % len(KINDS)])
            outcome.problems.append(f"{type(error).__name__}: {error}")
        outcomes.append(outcome)
        for problem in outcome.problems:
            print(f"seed {seed} {outcome.kind}: {problem}", flush=True)
        if outcome.problems:
            failed += 1
            if options.keep:
                print(f"  kept: {folder}", flush=True)
                continue
        shutil.rmtree(folder, ignore_errors=True)
        if len(outcomes) % 20 == 0:
            print(f"… {len(outcomes)} drills, {failed} failed", flush=True)
    _tell(outcomes, time.monotonic() - began)
    if not (failed and options.keep):
        shutil.rmtree(place, ignore_errors=True)
    return 1 if failed else 0


def _tell(outcomes: list[Outcome], seconds: float) -> None:
    kills: Counter[str] = Counter()
    for outcome in outcomes:
        kills += outcome.kills
    failed = sum(1 for outcome in outcomes if outcome.problems)
    print(f"{len(outcomes)} drills in {seconds:.0f} s, {failed} failed")
    print("killed: " + ", ".join(f"{number} × {what}" for what, number in sorted(kills.items())))
    print(
        f"executions {sum(o.executions for o in outcomes)}, jobs {sum(o.jobs for o in outcomes)},"
        f" log lines checked {sum(o.lines for o in outcomes)}"
    )
    stood = sorted(time for outcome in outcomes for time in outcome.takeovers)
    if stood:
        print(f"{len(stood)} executions lost their worker, and stood still for {_spread(stood)}")
    still = sorted(outcome.standstill for outcome in outcomes)
    print(f"the longest time of a drill without a sign of any body: {_spread(still)}")
    for kind in KINDS:
        times = sorted(o.recovery for o in outcomes if o.kind == kind and not o.problems)
        if times:
            print(f"{kind:8} from the last death to the last end: {_spread(times)}")


def _spread(times: list[float]) -> str:
    return (
        f"median {times[len(times) // 2]:.2f} s, 95 % {times[int(len(times) * 0.95)]:.2f} s,"
        f" longest {times[-1]:.2f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
