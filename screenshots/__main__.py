"""`python -m screenshots`: see the package's text."""

from __future__ import annotations

import argparse
import sys

import screenshots
from screenshots.make import RENEW, paint, stale, write


def main() -> int:
    """Paint, or check; 1 when a check finds stale pictures."""
    parser = argparse.ArgumentParser(prog="screenshots", description=screenshots.__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--check", action="store_true", help="only name what is stale")
    parser.add_argument("--record", action="store_true", help="run and record the example first")
    options = parser.parse_args()
    if options.record:
        from screenshots.record import record
        from screenshots.recording import save

        save(record())
    painted = paint()
    names = stale(painted) if options.check else write(painted)
    for name in names:
        print(f"stale: {name}" if options.check else name)
    if options.check and names:
        print(f"renew with: {RENEW}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
