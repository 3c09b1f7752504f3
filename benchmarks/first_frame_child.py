"""Starts `wfc` or a bare app, tells what the first frame had cost, and ends."""

from __future__ import annotations

import os
import sys
import time

which, writing = sys.argv[1], int(sys.argv[2])


class Watch:
    """Looks at what is written to the terminal, for the first frame's words."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.is_over = False

    def see(self, app: object, text: str) -> None:
        """End the app once the words are written, and tell what that had cost."""
        if self.is_over or self.words not in text:
            return
        self.is_over = True
        cpu, modules = time.process_time(), list(sys.modules)
        import json

        os.write(writing, json.dumps({"cpu": cpu, "modules": modules}).encode())
        os.close(writing)
        app.exit(0)  # type: ignore[attr-defined]


def look(watch: Watch) -> None:
    """Let it see what Textual's driver writes."""
    from textual.drivers.linux_driver import LinuxDriver

    write = LinuxDriver.write

    def seen(driver: LinuxDriver, data: str) -> None:
        write(driver, data)
        watch.see(driver._app, data)

    setattr(LinuxDriver, "write", seen)  # noqa: B010 (no type for it)


if which == "bare":
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Bare(App[int]):
        """Says hello."""

        def compose(self) -> ComposeResult:
            """Give one line."""
            yield Static("hello")

    look(Watch("hello"))
    Bare().run()
else:
    from console.__main__ import main

    class Hook:
        """Begins to look when the program has imported Textual, and imports nothing before."""

        def find_spec(self, name: str, path: object, target: object = None) -> None:
            """Look on while modules are imported."""
            if hasattr(sys.modules.get("textual.app"), "App"):
                # Not taken out of the list, which is being walked: one would be passed over.
                sys.meta_path = [one for one in sys.meta_path if one is not self]
                look(Watch("Connecting"))

    sys.meta_path.insert(0, Hook())
    sys.argv = ["wfc", "--url", "http://127.0.0.1:9"]
    sys.exit(main())
