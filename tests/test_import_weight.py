"""What a start loads, in fresh interpreters: every millisecond is waited for at a prompt."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.first_frame import LATER, start

ROOT = Path(__file__).parent.parent
RUN = """
import json, sys
sys.argv = ["wfc", *sys.argv[2:]]
from console.__main__ import main
code = main()
with open({report!r}, "w") as file:
    json.dump([code, sorted(name for name, module in sys.modules.items() if module)], file)
"""


def loaded(folder: Path, *words: str) -> tuple[int, set[str], str]:
    """Run the program and give its exit code, the modules it loaded, and its output."""
    report = folder / "modules.json"
    code = RUN.format(report=str(report))
    done = subprocess.run(
        [sys.executable, "-c", code, "wfc", *words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    exit_code, modules = json.loads(report.read_text())
    return exit_code, set(modules), done.stdout + done.stderr


def environment() -> dict[str, str]:
    import os

    return dict(os.environ) | {"PYTHONPATH": str(ROOT)}


def heavy(modules: set[str], *names: str) -> set[str]:
    """Give those of the named packages that were loaded."""
    return {name for name in names if name in modules}


@pytest.mark.parametrize(
    "words",
    [("--help",), ("--version",), ("workflow", "--help"), ("config", "show"), ("profile", "list")],
)
def test_what_needs_no_backend_loads_none(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, modules, _ = loaded(tmp_path, *words)
    assert code == 0
    unwanted = ("textual", "rich", "httpx", "pydantic", "google.protobuf", "sqlalchemy", "asyncio")
    assert not heavy(modules, *unwanted)


def test_help_loads_no_settings_either(tmp_path: Path) -> None:
    _, modules, _ = loaded(tmp_path, "--help")
    assert not heavy(modules, "tomllib", "hashlib", "difflib", "subprocess", "socket")


FIRST_FRAME = 155
"""Modules imported by the first frame that a bare Textual app does not import."""


def test_the_first_frame_waits_for_nothing_that_only_later_frames_need() -> None:
    ours, bare = set(start("wfc")["modules"]), set(start("bare")["modules"])
    assert "console.ui.screens.executions" in ours and "textual.app" in bare
    later = {
        *("console.backend.protocol", "console.cli.output", "console.cli.worded"),
        *("console.commands.operations", "console.commands.journal", "console.commands.bulk"),
        *("console.config.profiles", "console.model.query", "console.model.workflow"),
        *("console.present.data", "console.ui.screens.execution", "console.ui.widgets.data_view"),
        *("click", "hashlib", "getpass", "gettext"),
        *LATER,
    }
    assert not heavy(ours - bare, *later)
    assert len(ours - bare) <= FIRST_FRAME, sorted(ours - bare)


class Operator(BaseHTTPRequestHandler):
    """A server of the operator protocol with one workflow."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        method = self.path.rpartition("/")[2]
        answers: dict[str, object] = {
            "ListWorkspaces": {"workspaces": [{"id": "0193f3a0-0000-7000-8000-000000000001"}]},
            "ListWorkflows": {"workflows": [{"id": "w", "name": "order-processing"}]},
        }
        found = answers.get(method)
        body = json.dumps({"code": "unimplemented"} if found is None else found).encode()
        self.send_response(200 if found is not None else 501)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def operator() -> Iterator[str]:
    """Serve on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Operator)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def test_a_listing_loads_no_screen_and_no_server(tmp_path: Path) -> None:
    with operator() as url:
        code, modules, output = loaded(tmp_path, "--url", url, "workflow", "list")
    assert code == 0, output
    assert "order-processing" in output
    unwanted = ("textual", "rich", "pygments", "google.protobuf", "hypercorn", "sqlalchemy")
    assert not heavy(
        modules, *unwanted, "graphql", "httpx._main", "console.ui", "console.engine", "sqlite3"
    )
    assert heavy(modules, "httpx", "pydantic") == {"httpx", "pydantic"}
