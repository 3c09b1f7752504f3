"""Starts `wfc` or a bare app, tells what the first frame had cost, and ends."""

from __future__ import annotations

import os
import sys
import time

which, writing = sys.argv[1], int(sys.argv[2])


def tell() -> None:
    """Say what it has cost so far."""
    cpu, modules = time.process_time(), list(sys.modules)
    import json

    os.write(writing, json.dumps({"cpu": cpu, "modules": modules}).encode())
    os.close(writing)


if which == "bare":
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Bare(App[int]):
        """Says hello."""

        def compose(self) -> ComposeResult:
            """Give one line."""
            yield Static("hello")

        def on_mount(self) -> None:
            """Wait for the first frame."""
            self.call_after_refresh(self.end)

        def end(self) -> None:
            """Tell, and end."""
            tell()
            self.exit(0)

    Bare().run()
else:
    from console.__main__ import main

    def begin(app: object) -> None:
        """Stand where the console would connect: the first frame is painted."""
        tell()
        app.exit(0)  # type: ignore[attr-defined]

    class Hook:
        """Puts `begin` into the app as soon as it is imported, and imports nothing by itself."""

        def find_spec(self, name: str, path: object, target: object = None) -> None:
            """Look on while modules are imported."""
            module = sys.modules.get("console.ui.app")
            app = getattr(module, "ConsoleApp", None)
            if app is not None and app._begin is not begin:
                app._begin = begin

    sys.meta_path.insert(0, Hook())  # type: ignore[arg-type]
    sys.argv = ["wfc", "--url", "http://127.0.0.1:9"]
    sys.exit(main())
