"""Which server is tested: one by its URL, or our own on the example project.

    python -m pytest tests/conformance
    python -m pytest tests/conformance --server-url http://127.0.0.1:8787 --server-token …
    … --server-open                   it takes any workspace's id, as `wfc serve --open` does
    … --server-start order-processing --server-user admin --server-arg '{"orderId": "o-1"}'

A server that is named is only read, unless `--server-start` names a workflow that may be started.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.service import Refused, Service, Startable

SHOP = Path(__file__).parents[2] / "examples" / "shop"
ORDER = '{"orderId": "o-1001", "customerId": "c-0229"}'


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; they are there when these tests are named on the command line."""
    group = parser.getgroup("conformance", "the server that is tested")
    group.addoption("--server-url", help="http://…, https://… or unix:/path; ours without it")
    group.addoption("--server-token", default="", help="the bearer token")
    group.addoption("--server-workspace", default="", help="the workspace, where there are several")
    group.addoption("--server-open", action="store_true", help="it takes any workspace's id")
    group.addoption("--server-start", default="", help="a workflow that may be started")
    group.addoption("--server-user", default="", help="the machine user to start it as")
    group.addoption("--server-arg", default=None, help="JSON to start it with")


@pytest.fixture(autouse=True)
def no_network() -> None:
    """Let these tests leave the machine: the server they are pointed at may be anywhere."""


@pytest.fixture(scope="session")
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, homes: Path
) -> Iterator[Service]:
    """The server that is tested."""

    def option(name: str) -> str | None:
        value: str | None = request.config.getoption(f"--server-{name}", None)
        return value

    if url := option("url"):
        made = Service(url.rstrip("/"), option("token") or "", option("workspace") or "")
        made.is_open = bool(request.config.getoption("--server-open"))
        if workflow := option("start"):
            made.startable = [Startable(workflow, option("user") or "", option("arg"))]
        yield _looked_at(made)
        made.close()
        return
    yield from _own_server(tmp_path_factory.mktemp("conformance") / "shop", homes)


def _own_server(shop: Path, homes: Path) -> Iterator[Service]:
    from console.server import background

    shutil.copytree(SHOP, shop, ignore=shutil.ignore_patterns(".wfc", "shop.db*", "out", "*.pyc"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings = (shop / "wfc.toml").read_text(encoding="utf-8")
        assert "127.0.0.1:2525" in settings
        # Nobody listens there: order-processing fails in its last job.
        settings = settings.replace("127.0.0.1:2525", f"127.0.0.1:{free.getsockname()[1]}")
        (shop / "wfc.toml").write_text(settings, encoding="utf-8")
    folder = homes / "conformance"
    folder.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        record = background.up(shop)
    try:
        made = Service(
            f"unix:{record.socket}",
            startable=[
                Startable("generate-report", "auditor", ends="SUCCESS"),
                Startable("order-processing", "manager-machine-user", ORDER, ends="FAILED"),
            ],
        )
        yield _looked_at(made)
        made.close()
    finally:
        background.down(shop, at_once=True)


def _looked_at(service: Service) -> Service:
    """Find the workspace, where none was named."""
    if not service.workspace:
        workspaces = service.call("ListWorkspaces").workspaces
        if len(workspaces) != 1:
            names = ", ".join(f"{one.id} ({one.name})" for one in workspaces)
            pytest.exit(f"name one with --server-workspace: {names}", 2)
        service.workspace = workspaces[0].id
    return service


@pytest.fixture(scope="session")
def executions(service: Service) -> list[str]:
    """Executions that have ended: of the workflows that may be started, else what there is."""
    if service.startable:
        started = [service.start(what) for what in service.startable for _ in range(2)]
        for identifier in started:
            service.ended(identifier)
        return started
    answer = service.call("ListWorkflowExecutions", pageSize=20)
    ended = [one.id for one in answer.executions if one.HasField("finished_at")]
    if not ended:
        pytest.skip("the server has no execution that has ended; name --server-start")
    return ended


@pytest.fixture(scope="session")
def console(service: Service) -> Service:
    """The server, when it has the console's own service beside the platform's."""
    try:
        service.call("GetCapabilities")
    except Refused as refused:
        if refused.code == "unimplemented":
            pytest.skip("this server does not have wfc.v1")
        raise
    return service
