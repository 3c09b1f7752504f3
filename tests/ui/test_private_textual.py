"""Each private part of Textual that the console leans on is named here, and is as it was read."""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from textual import _compositor
from textual.app import App
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets import TextArea

CONSOLE = Path(import_module("console").__file__ or "").parent
NAMES = {
    "_check_bindings": "keyed.py: a key is done before the next one is looked at",
    "_debug": "keyboard.py: what Textual's own reading gives its parser",
    "_dirty_regions": "frugal.py",
    "_handle_exception": "paced.py: a paint that failed ends the program, as Textual's own does",
    "_loop": "keyboard.py: leaves from a thread",
    "_merged_bindings": "keymap.py: the keys a class declares",
    "_must_signal_resume": "keyboard.py: whether the terminal was left",
    "_on_timer_update": "paced.py: paints",
    "_push_result_callback": "app.py: the default screen is taken away",
    "_regions_to_spans": "frugal.py",
    "_result_callbacks": "app.py: the default screen is taken away",
}
"""Private names the console reads and does not make, and what for."""
MODULES = {"textual._compositor", "textual._parser", "textual._xterm_parser"}
METHODS: dict[Any, str] = {
    App._check_bindings: "c9643552d942",
    App._handle_exception: "baea2e7f88e7",
    App._on_resize: "62d14429be32",
    App._resume_signal: "e13e57887d32",
    Driver.send_message: "4ecf73a431b2",
    MessagePump._dispatch_message: "f2be0916fb2d",
    Screen._on_idle: "05781131b10d",
    Screen._on_timer_update: "421401660de1",
    Screen._push_result_callback: "fedf253e12e2",
    Screen._update_timer.fget: "6736ab93692e",  # type: ignore[attr-defined]
    TextArea._on_key: "7d96cf803349",
    TextArea._on_paste: "786b2d3d97b5",
}
"""Private methods that are called or overridden, as they were read in Textual 8.2.8.

`test_frugal.py` and `test_keyboard.py` hold those of the painting and of the reading.
"""
ATTRIBUTES = [
    (DOMNode, "_bindings"),
    (DOMNode, "_merged_bindings"),
    (Driver, "_loop"),
    (Driver, "_debug"),
    (LinuxDriver, "_must_signal_resume"),
    (LinuxDriver, "_file"),
    (Screen, "_compositor"),
    (Screen, "_result_callbacks"),
    (_compositor.Compositor, "_dirty_regions"),
]


def trees(folder: Path) -> Iterator[ast.AST]:
    for path in folder.rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text("utf-8")))


def made_here() -> set[str]:
    """Give each name that some file of the console defines or sets."""
    names = set()
    for node in trees(CONSOLE):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def test_no_other_private_name_of_textual_is_used() -> None:
    read = {
        node.attr
        for node in trees(CONSOLE / "ui")
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
    }
    assert read - made_here() == set(NAMES), "name it here and hold it by its digest, or leave it"


def test_no_other_private_module_of_textual_is_imported() -> None:
    imported = {
        node.module
        for node in trees(CONSOLE)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual._")
    }
    assert imported == MODULES


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__qualname__)
def test_textual_does_as_it_did_when_this_was_written(method: Callable[..., object]) -> None:
    digest = hashlib.sha256(inspect.getsource(method).encode()).hexdigest()[:12]
    assert digest == METHODS[method], "read the new one; put its digest here, or mend who uses it"


@pytest.mark.parametrize(("owner", "name"), ATTRIBUTES)
def test_textual_has_what_is_read(owner: type, name: str) -> None:
    assert f"self.{name}" in inspect.getsource(owner) or name in vars(owner)
