"""Keep every pinned version in one place and true.

The pins are `[tool.uv] constraint-dependencies` and `build-constraint-dependencies` of
pyproject.toml; `constraints.txt` is made from them, for pip.

    python .ci/pins.py             check: nothing needed is without a pin, both lists agree
    python .ci/pins.py --write     resolve anew, write both lists

It asks uv what the project, its tests and its build need, on every supported Python and platform.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEADER = (
    "# Made from pyproject.toml by .ci/pins.py --write; for pip: pip install -c constraints.txt .\n"
)
EXPORT = ["uv", "export", "--quiet", "--no-hashes", "--no-header", "--no-annotate"]
EXPORT += ["--no-emit-project", "--all-groups"]
COMPILE = ["uv", "pip", "compile", "--quiet", "--universal", "--no-header", "--no-annotate", "-"]


def requirements(text: str) -> dict[str, str]:
    """Read `name==version` lines, markers dropped."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE)
    return {name.lower().replace("_", "-"): version for name, version in found}


def resolve(project: dict[str, object], *, keep_pins: bool) -> tuple[dict[str, str], ...]:
    """Resolve the project and its build backend, with the pins or without them."""
    build = "\n".join(project["build-system"]["requires"])  # type: ignore[index]
    with tempfile.TemporaryDirectory() as folder:
        text = (ROOT / "pyproject.toml").read_text()
        if not keep_pins:
            text = write_list(write_list(text, "constraint-dependencies", {}), BUILD, {})
        (Path(folder) / "pyproject.toml").write_text(text)
        for name in ("README.md", "LICENSE"):
            (Path(folder) / name).write_text("")
        (Path(folder) / "console").mkdir()
        runtime = subprocess.run(EXPORT, cwd=folder, capture_output=True, text=True, check=True)
        pins = pinned(project, BUILD) if keep_pins else {}
        (Path(folder) / "pins").write_text("".join(f"{n}=={v}\n" for n, v in pins.items()))
        options = ["--python-version", "3.11", "--constraints", "pins"]
        built = subprocess.run(
            COMPILE + options, cwd=folder, input=build, capture_output=True, text=True, check=True
        )
    return requirements(runtime.stdout), requirements(built.stdout)


BUILD = "build-constraint-dependencies"


def write_list(text: str, key: str, pins: dict[str, str]) -> str:
    """Put a list of pins under `[tool.uv]`, in the place of the old one."""
    lines = "".join(f'    "{name}=={version}",\n' for name, version in sorted(pins.items()))
    block = f"{key} = [\n{lines}]" if pins else f"{key} = []"
    pattern = re.compile(rf"^{key} = \[[^\]]*\]", re.MULTILINE)
    if not pattern.search(text):
        raise SystemExit(f"pyproject.toml: [tool.uv] has no {key} list")
    return pattern.sub(block, text, count=1)


def pinned(project: dict[str, object], key: str) -> dict[str, str]:
    """Read one list of pins."""
    return requirements("\n".join(project["tool"]["uv"][key]))  # type: ignore[index]


def constraints(runtime: dict[str, str], build: dict[str, str]) -> str:
    """Give the text of constraints.txt."""
    both = {**build, **runtime}
    return HEADER + "".join(f"{name}=={both[name]}\n" for name in sorted(both))


def write() -> int:
    """Resolve without pins and write both files."""
    path = ROOT / "pyproject.toml"
    runtime, build = resolve(tomllib.loads(path.read_text()), keep_pins=False)
    # One version serves both: constraints.txt has a single line for each name.
    build = {name: runtime.get(name, version) for name, version in build.items()}
    text = write_list(path.read_text(), "constraint-dependencies", runtime)
    path.write_text(write_list(text, BUILD, build))
    (ROOT / "constraints.txt").write_text(constraints(runtime, build))
    print(f"pinned {len(runtime)} packages and {len(build)} of the build")
    return 0


def check() -> int:
    """Say each way in which the pins are not true."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, build = pinned(project, "constraint-dependencies"), pinned(project, BUILD)
    wrong = []
    for needed, pins, where in zip(
        resolve(project, keep_pins=True),
        (runtime, build),
        ("constraint-dependencies", BUILD),
        strict=True,
    ):
        wrong += [f"{where}: {name} has no pin" for name in sorted(needed.keys() - pins.keys())]
        wrong += [
            f"{where}: {name} is pinned to {pins[name]}, and {needed[name]} would be taken"
            for name in sorted(needed.keys() & pins.keys())
            if needed[name] != pins[name]
        ]
        wrong += [f"{where}: {name} is not needed" for name in sorted(pins.keys() - needed.keys())]
    for name in sorted(runtime.keys() & build.keys()):
        if runtime[name] != build[name]:
            wrong.append(f"{name} is pinned to two versions")
    if (ROOT / "constraints.txt").read_text() != constraints(runtime, build):
        wrong.append("constraints.txt differs from pyproject.toml: run .ci/pins.py --write")
    print("\n".join(wrong) or f"pins: {len(runtime)} packages and {len(build)} of the build agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(write() if "--write" in sys.argv[1:] else check())
