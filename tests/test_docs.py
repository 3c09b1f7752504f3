"""The documents' console blocks are run, and show what they say.

    ```console               each `$ ` line is run; the lines under it must be its output
    $ wfc --version
    wfc 0.1.0
    ```

`…` in an expected line stands for anything; a line `…` alone for any lines. A block marked
`exit=N` expects that code of its last command; one marked `no-run` is not run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a document with the output shown under it."""

    line: int
    command: str
    expected: list[str]
    exit_code: int


def steps(document: Path) -> list[Step]:
    """Read the commands of a document's console blocks."""
    text = document.read_text(encoding="utf-8")
    found: list[Step] = []
    for block in FENCE.finditer(text):
        language, marks, body = block.groups()
        if language != "console" or "no-run" in marks:
            continue
        wanted = re.search(r"exit=(\d+)", marks)
        first = text.count("\n", 0, block.start()) + 2
        mine: list[Step] = []
        for number, line in enumerate(body.splitlines(), first):
            if line.startswith("$ "):
                mine.append(Step(number, line[2:], [], 0))
            elif mine:
                mine[-1].expected.append(line)
        if wanted and mine:
            last = mine.pop()
            mine.append(Step(last.line, last.command, last.expected, int(wanted[1])))
        found += mine
    return found


def shows(expected: list[str], output: str) -> bool:
    """Tell whether the output is what the document shows."""
    pattern = "\n".join(
        ".*" if line.strip() == "…" else r"[^\n]*".join(map(re.escape, line.rstrip().split("…")))
        for line in expected
    )
    actual = "\n".join(line.rstrip() for line in output.strip("\n").splitlines())
    return re.fullmatch(pattern, actual, re.DOTALL) is not None


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A copy of the example project to stand in, with a home of its own."""
    shop = tmp_path / "shop"
    ignored = shutil.ignore_patterns(".wfc", "__pycache__", "shop.db*", "out")
    shutil.copytree(ROOT / "examples" / "shop", shop, ignore=ignored)
    home = tmp_path / "home"
    (home / "run").mkdir(parents=True, mode=0o700)
    (home / "run").chmod(0o700)
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = kept | {"PATH": path, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run")}
    env |= {"COLUMNS": "100", "TZ": "UTC", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
    try:
        yield shop, env
    finally:
        down = [sys.executable, "-m", "console", "down"]
        subprocess.run(down, cwd=shop, env=env, capture_output=True, timeout=30, check=False)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_console_blocks_of_a_document_do_what_they_show(
    document: Path, place: tuple[Path, dict[str, str]]
) -> None:
    folder, env = place
    for step in steps(document):
        done = subprocess.run(
            ["bash", "-c", step.command],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        where = f"{document.name}:{step.line}: {step.command}"
        assert done.returncode == step.exit_code, f"{where}\n{done.stdout}{done.stderr}"
        if step.expected:
            assert shows(step.expected, done.stdout), (
                f"{where}\n--- shown\n" + "\n".join(step.expected) + f"\n--- printed\n{done.stdout}"
            )


def test_the_readme_has_blocks_that_are_run() -> None:
    assert len(steps(ROOT / "README.md")) >= 5


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["a … c"], "a b c\n", True),
        (["a … c"], "a b d\n", False),
        (["a", "…", "z"], "a\nb\nc\nz\n", True),
        (["a"], "a\nb\n", False),
        (["a (b)"], "a (b)", True),
    ],
)
def test_an_ellipsis_stands_for_anything_and_nothing_else_does(
    shown: list[str], printed: str, same: bool
) -> None:
    assert shows(shown, printed) is same
