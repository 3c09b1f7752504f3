"""Imports point down, and each library stays in its layer.

The whole of `console/` is parsed, imports inside functions and under TYPE_CHECKING included.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "console"

BESIDE = {"clock", "resources", "config"}
SEEN_FROM_ALL = BESIDE | {"model", "console"}
LAYERS: dict[str, set[str]] = {
    "model": {"console"},
    "clock": {"console"},
    "resources": {"console"},
    "config": SEEN_FROM_ALL,
    "backend": SEEN_FROM_ALL,
    "backend.tailor": SEEN_FROM_ALL | {"backend"},
    "sync": SEEN_FROM_ALL | {"backend"},
    "present": SEEN_FROM_ALL | {"backend"},
    "commands": SEEN_FROM_ALL | {"backend", "sync", "present"},
    "ui": SEEN_FROM_ALL | {"backend", "sync", "present", "commands"},
    "cli": SEEN_FROM_ALL | {"backend", "sync", "present", "commands"},
    "workflow": {"console", "model", "clock", "resources"},
    "engine": {"console", "model", "clock", "resources", "workflow"},
    "server": {"console", "model", "clock", "resources", "workflow", "engine"},
    "console": set(),
}
"""What each layer may import, itself aside. `console` is the package's own `__init__`."""
WIRING = {"__main__", "demo"}
"""They stand above everything, and nothing imports them."""
SERVER_COMMANDS = {
    "console/cli/commands/local.py",
    "console/cli/commands/serve.py",
    "console/cli/diagnostics.py",
}
"""The only parts of the command line that reach the server; the last one for its error."""

USERS_DATABASES = {f"console/workflow/database_{part}.py" for part in ("engine", "faults", "guard")}
"""Grants of a project's own databases are enforced there, by SQLite's authorizer."""

LIBRARIES: dict[str, set[str]] = {
    "textual": {"ui"},
    "rich": {"ui"},
    "sqlite3": {"engine"},
    "httpx": {"backend", "backend.tailor"},
    "hypercorn": {"server"},
    "google": {"server"},
    "graphql": {"server"},
    "sqlalchemy": {"workflow"},
    "click": {"cli"},
}
"""Where a library may be imported; the wiring is no exception."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One import of one file."""

    path: str
    line: int
    layer: str
    target: str
    """The imported module, in full."""

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line} imports {self.target}"


def layer_of(module: str) -> str:
    """Give the layer of a module of this package."""
    parts = module.split(".")[1:]
    if not parts:
        return "console"
    return "backend.tailor" if parts[:2] == ["backend", "tailor"] else parts[0]


def arrows(path: Path, root: Path = ROOT) -> Iterator[Arrow]:
    """Read every import of one file."""
    relative = path.relative_to(root)
    module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    layer = layer_of(module)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")
                base = ".".join([*above[: len(above) - node.level + 1], *filter(None, [base])])
            # `from console import cli` reaches the layer, not the package's own init.
            is_package = base in ("console", "console.backend")
            targets = [f"{base}.{a.name}" for a in node.names] if is_package else [base]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                targets = [first.value]
        for target in targets:
            yield Arrow(str(relative), getattr(node, "lineno", 0), layer, target)


def complaint(arrow: Arrow) -> str:
    """Say what is wrong with an import; empty when nothing is."""
    top = arrow.target.partition(".")[0]
    if top != "console":
        homes = LIBRARIES.get(top)
        if homes is None or arrow.layer in homes:
            return ""
        if top == "sqlite3" and arrow.path in USERS_DATABASES:
            return ""
        return f"{arrow.place}: only {' and '.join(sorted(homes))} may"
    if arrow.layer in WIRING:
        return ""
    target = layer_of(arrow.target)
    if target not in LAYERS and target not in WIRING:  # `from console import __version__`
        target = "console" if target.startswith("__version") else target
    if target == arrow.layer or target in LAYERS.get(arrow.layer, set()):
        return ""
    if target == "server" and arrow.path in SERVER_COMMANDS:
        return ""
    if arrow.layer not in LAYERS:
        return f"{arrow.path}: the layer {arrow.layer!r} is not in the drawing"
    return f"{arrow.place}: the arrow runs up"


SOURCES = sorted(PACKAGE.rglob("*.py"))


def test_every_import_points_down_and_each_library_stays_in_its_layer() -> None:
    wrong = [words for path in SOURCES for arrow in arrows(path) if (words := complaint(arrow))]
    assert not wrong, "\n".join(wrong)


def test_the_walk_sees_the_whole_program() -> None:
    seen = {layer_of(".".join(p.relative_to(ROOT).with_suffix("").parts)) for p in SOURCES}
    assert {"model", "backend", "present", "cli", "ui", "engine", "server", "workflow"} <= seen
    assert sum(1 for path in SOURCES for _ in arrows(path)) > 100


@pytest.mark.parametrize(
    ("path", "source", "words"),
    [
        ("console/model/a.py", "import console.backend.errors", "runs up"),
        ("console/present/a.py", "def f():\n    from console.ui.paint import x", "runs up"),
        ("console/ui/a.py", "from console.cli import main", "runs up"),
        ("console/cli/a.py", "from console import ui", "runs up"),
        ("console/cli/a.py", "from ..ui import app", "runs up"),
        ("console/cli/commands/a.py", "from console.server import x", "runs up"),
        ("console/cli/commands/serve.py", "from console.server import x", ""),
        ("console/cli/a.py", "from console.backend.tailor import adapter", "runs up"),
        ("console/cli/a.py", "from console.backend import tailor", "runs up"),
        ("console/cli/a.py", "from console import __version__", ""),
        ("console/cli/a.py", "from console import demo", "runs up"),
        ("console/sync/a.py", "import importlib\nimportlib.import_module('console.ui')", "up"),
        ("console/server/a.py", "from console.config import load", "runs up"),
        ("console/config/a.py", "from console.backend import errors", "runs up"),
        ("console/cli/a.py", "import rich.text", "only ui may"),
        ("console/server/a.py", "import sqlite3", "only engine may"),
        ("console/demo/a.py", "import sqlite3", "only engine may"),
        ("console/demo/a.py", "from console.ui.app import run_console", ""),
        ("console/news/a.py", "import console.model", "not in the drawing"),
    ],
)
def test_an_arrow_that_runs_up_is_found(tmp_path: Path, path: str, source: str, words: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(source)
    found = [text for arrow in arrows(file, tmp_path) if (text := complaint(arrow))]
    assert bool(found) is bool(words)
    assert all(words in text for text in found)
