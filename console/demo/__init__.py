"""`wfc demo`: a shop with real orders, a real failure and a real crash, to try the console on.

    wfc demo ── pipe ──▶ mail sink        (examples/shop/mail_sink.py)
       │     ── pipe ──▶ server ── pipes ──▶ workers
       └─ the console, or with --headless one line for each step

Everything happens in a temporary folder. However the demo ends, its pipes close and its processes
end by themselves; the folder is removed, or swept by the next demo when this one was killed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.demo.shop import Shop
    from console.ui.launch import Preferences


def run(*, headless: bool = False, preferences: Preferences | None = None) -> int:
    """Run the demo to its end and give the exit code; with `headless` 1 if it failed.

    Raises SystemExit with 128 and the signal's number when a signal ends it.
    """
    from console.demo.children import DemoFailed
    from console.demo.place import demo_folder
    from console.demo.shop import open_shop
    from console.demo.signals import ending_on_signals

    try:
        with ending_on_signals(), demo_folder() as folder, open_shop(folder) as shop:
            return _headless(shop) if headless else _on_screen(shop, folder, preferences)
    except DemoFailed as failure:
        print(f"wfc demo: {failure}", file=sys.stderr)
        return 1


def _headless(shop: Shop) -> int:
    import asyncio

    from console.demo.headless import play
    from console.demo.signals import cancelled_on_signals

    asyncio.run(cancelled_on_signals(play(shop, lambda line: print(line, flush=True))))
    return 0


def _on_screen(shop: Shop, folder: Path, preferences: Preferences | None) -> int:
    from console.demo.screen import show
    from console.demo.signals import ignore_signals

    try:
        return show(shop, folder, preferences)
    finally:
        ignore_signals()  # the screen had handlers of its own, and they went with its loop
