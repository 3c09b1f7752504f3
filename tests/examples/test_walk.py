"""The walk a newcomer takes: the real program in the example project, nothing prepared."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ORDER = '{"orderId": "o-1001", "customerId": "c-0229"}'

Wfc = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def wfc(shop: Path) -> Iterator[Wfc]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "console", *words],
            cwd=shop,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    yield run
    run("down")


@pytest.fixture
def port(shop: Path) -> int:
    """Point the project at a port where nobody listens yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    project = shop / "wfc.toml"
    text = project.read_text(encoding="utf-8")
    assert "127.0.0.1:2525" in text
    project.write_text(text.replace("127.0.0.1:2525", f"127.0.0.1:{number}"), encoding="utf-8")
    return number


def test_the_project_lists_its_workflows_and_makes_its_report(wfc: Wfc, shop: Path) -> None:
    listed = wfc("workflow", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    names = {workflow["name"] for workflow in json.loads(listed.stdout)}
    assert names == {"generate-report", "nightly-archive", "order-processing"}
    made = wfc("workflow", "start", "generate-report", "-m", "auditor", "-W")
    assert made.returncode == 0, made.stdout + made.stderr
    assert (shop / "out" / "sales.csv").read_text().startswith("country,orders,euros")


def test_an_order_fails_without_a_mail_server_and_a_resume_with_one_mends_it(
    wfc: Wfc, shop: Path, port: int
) -> None:
    start = ("workflow", "start", "order-processing", "-m", "manager-machine-user", "-a", ORDER)
    failed = wfc(*start, "-W")
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert f"nobody listens at 127.0.0.1:{port}" in failed.stdout + failed.stderr
    command = [sys.executable, "mail_sink.py", "--port", str(port), "--control"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=shop, stdin=pipe, stdout=pipe, text=True) as sink:
        assert sink.stdout is not None
        sink.stdout.readline()
        resumed = wfc("workflow", "resume", "@latest", "-W")
        sink.kill()
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    books = subprocess.run(
        [sys.executable, "orders.py", "o-1001"], cwd=shop, capture_output=True, text=True
    )
    assert "charge-card began once, the card was charged once" in books.stdout
