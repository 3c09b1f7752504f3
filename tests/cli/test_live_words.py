"""Tab in a shell: names, ids and profiles that are there, in time, and never a word besides."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.backend.errors import Unreachable
from console.model.states import ExecutionStatus
from console.model.workflow import Workflow
from tests.cli.harness import Cli
from tests.cli.test_local import PROJECT, ROOT, WORKFLOW
from tests.cli.test_local import wfc as program

Press = Callable[[str], dict[str, str]]
FIRST, SECOND = "01932f5e-aaaa-7000-8000-000000000001", "01942f5e-bbbb-7000-8000-000000000002"


@pytest.fixture
def press_tab(wfc: Cli, monkeypatch: pytest.MonkeyPatch) -> Press:
    """Complete the last word of a line, as fish asks: gives the words and their help."""
    wfc.backend.workflows["orders"] = Workflow("w1", "orders", "take-order")
    wfc.backend.add("orders", status=ExecutionStatus.FAILED, identifier=FIRST)
    wfc.backend.add("orders", status=ExecutionStatus.WAITING, identifier=SECOND)
    wfc.arguments = ()

    def press(line: str) -> dict[str, str]:
        line = line.replace("wfc ", "wfc --url http://127.0.0.1:8787 ", 1)
        monkeypatch.setenv("_WFC_COMPLETE", "fish_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", line.rpartition(" ")[2])
        result = wfc()
        assert (result.code, result.err) == (0, "")
        rows = [row.partition(",")[2].partition("\t") for row in result.out.splitlines() if row]
        return {word: words for word, _, words in rows}

    return press


def test_ids_are_offered_with_their_state_workflow_and_age(press_tab: Press, wfc: Cli) -> None:
    wfc.clock.elapsed += 180
    offered = press_tab("wfc workflow logs 0")
    assert set(offered) == {FIRST, SECOND}
    assert offered[FIRST].startswith("FAILED orders ") and offered[FIRST].endswith(" ago")
    assert "," not in offered[FIRST], "fish cuts it there"
    for command in ("executions", "wait", "resume", "cancel"):
        assert set(press_tab(f"wfc workflow {command} 0194")) == {SECOND}
    assert press_tab("wfc workflow logs x") == {}


def test_only_what_waits_is_offered_to_be_resolved(press_tab: Press) -> None:
    assert set(press_tab("wfc workflow resolve 0")) == {SECOND}


def test_workflows_are_offered_by_name(press_tab: Press) -> None:
    for line in ("start o", "get o", "executions -n o"):
        assert press_tab(f"wfc workflow {line}") == {"orders": "take-order"}
    assert press_tab("wfc workflow start x") == {}


def test_profiles_are_offered_from_the_settings(press_tab: Press, wfc: Cli) -> None:
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "wfc" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('[profiles.shop]\nurl = "http://a"\n[profiles.other]\nurl = "http://b"\n')
    assert set(press_tab("wfc -p s")) == {"shop"}
    file.write_text("no toml")
    assert press_tab("wfc -p s") == {}


def test_an_outage_and_a_mute_backend_offer_nothing_and_say_nothing(
    press_tab: Press, wfc: Cli
) -> None:
    wfc.unreachable = Unreachable("no route")
    assert press_tab("wfc workflow start o") == {}
    wfc.unreachable = None
    wfc.backend.hold("list_workflows")
    begun = time.monotonic()
    assert press_tab("wfc workflow start o") == {}
    assert time.monotonic() - begun < 2


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose server is up, and a `wfc` on the PATH."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "workflows").mkdir()
    (folder / "wfc.toml").write_text(PROJECT)
    (folder / "workflows" / "doubling.py").write_text(WORKFLOW)
    (folder / "bin").mkdir()
    script = folder / "bin" / "wfc"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m console "$@"\n')
    script.chmod(0o755)
    yield folder


SHELLS = {
    "bash": """
source <(wfc completion bash)
COMP_WORDS=(wfc workflow start d); COMP_CWORD=3
_wfc_completion wfc; echo "${COMPREPLY[@]}"
""",
    "zsh": """
autoload -Uz compinit; compinit -u -d "$PWD/dump"
source <(wfc completion zsh)
compadd() { print -r -- "$@" "${_describe_lines[@]}" }
_describe() { print -r -- "${(P)@[-1]}" "${completions_with_descriptions[@]}" "${completions[@]}" }
words=(wfc workflow start d); CURRENT=4; _wfc_completion
""",
    "fish": "wfc completion fish | source; complete -C 'wfc workflow start d'",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_completes_by_the_script(tiny: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")

    def press() -> subprocess.CompletedProcess[str]:
        path = f"{tiny / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            [shell, *(["-f"] if shell == "zsh" else []), "-c", SHELLS[shell]],
            cwd=tiny,
            env=dict(os.environ) | {"PYTHONPATH": str(ROOT), "PATH": path, "HOME": str(tiny)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    without = press()
    assert "doubling" not in without.stdout
    assert program(tiny, "status").returncode == 6, "it started a server"
    assert program(tiny, "up").returncode == 0
    try:
        deadline = time.monotonic() + 15  # half a second can be short on a busy machine
        while "doubling" not in (done := press()).stdout:
            assert time.monotonic() < deadline, done
    finally:
        program(tiny, "down")
    assert done.stderr == without.stderr == ""
