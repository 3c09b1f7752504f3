"""How the person arranged the list, kept for the next time.

state = ViewState(folder)
state.columns, state.order, state.note    what there was; a line to say when the file was broken
state.keep_columns(names)                 on the disk at once, or not at all
state.keep_order(order)

{"columns": ["status", "workflow", "id", "why"], "sort": "took desc"}
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from console.present.chosen_columns import USUAL, is_choice
from console.present.ordering import Order, parse_order

FILE_NAME = "view.json"


class ViewState:
    """Reads and writes the file; without a folder it remembers only this session."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE_NAME if folder is not None else None
        self.columns: tuple[str, ...] = USUAL
        self.order = Order()
        self.note = ""
        if self._path is not None:
            self._read(self._path)

    def _read(self, path: Path) -> None:
        try:
            record = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError):
            self.note = f"{path} cannot be read; the usual columns are shown"
            return
        names = record.get("columns") if isinstance(record, dict) else None
        if isinstance(names, list) and all(isinstance(n, str) for n in names) and is_choice(names):
            self.columns = tuple(names)
        else:
            self.note = f"{path} names no columns there are; the usual ones are shown"
            return
        try:
            self.order = parse_order(str(record.get("sort", "usual")))
        except ValueError:
            self.note = f"{path} sorts by what there is not; the usual order is taken"

    def keep_columns(self, names: Sequence[str]) -> str:
        """Keep these columns; gives a complaint where the file cannot be written."""
        self.columns = tuple(names)
        return self._write("columns are")

    def keep_order(self, order: Order) -> str:
        """Keep this order; gives a complaint where the file cannot be written."""
        self.order = order
        return self._write("order is")

    def _write(self, what: str) -> str:
        if self._path is None:
            return ""
        record: dict[str, object] = {"columns": list(self.columns)}
        if self.order.column:
            record["sort"] = self.order.typed()
        fresh = self._path.with_name(f"{FILE_NAME}.{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            descriptor = os.open(fresh, flags, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            return f"the {what} not kept: {self._path}: {error.strerror}"
        return ""
