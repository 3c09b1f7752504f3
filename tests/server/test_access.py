"""Who may call: tokens and roles, the Host check, and the name that is kept."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.server.access import Access, Role, host_of, own_token_file, read_tokens
from console.server.codes import ConnectError
from console.server.errors import ServeError
from console.server.host import Hosting
from tests.fakes.engine import ORDER_WORKFLOW, WORKSPACE
from tests.server.serving import CONSOLE, OPERATOR, Served, served

OPERATOR_TOKEN = "op-0123456789abcdef"
READ_TOKEN = "ro-0123456789abcdef"
WORKFLOWS = {"workspaceId": WORKSPACE}
START = {"workspaceId": WORKSPACE, "workflowId": ORDER_WORKFLOW}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def token_file(home: Path) -> Path:
    path = home / "tokens"
    path.write_text(f"# two people\n{OPERATOR_TOKEN}\n\nread-only {READ_TOKEN} night watch # x\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def guarded(project: Path, token_file: Path) -> Iterator[Served]:
    """A server on loopback that asks for a token."""
    with served(project, Hosting(listen="127.0.0.1:0", token_file=token_file)) as running:
        yield running


@pytest.mark.parametrize("http2", [False, True], ids=["http1", "http2"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer("wrong-0123456789abcdef"),
        {"authorization": "Bearer"},
        {"authorization": f"Basic {READ_TOKEN}"},
    ],
)
def test_without_a_valid_token_tcp_answers_unauthenticated(
    guarded: Served, http2: bool, headers: dict[str, str]
) -> None:
    client = guarded.client(tcp=True, http2=http2)
    for method in ("Ping", "ListWorkflows", "StartWorkflow", "NoSuchMethod"):
        answer = client.post(OPERATOR + method, json=START, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert guarded.engine.actions == []


def test_a_token_lets_in_with_its_role(guarded: Served) -> None:
    client = guarded.client(tcp=True)

    def call(token: str, path: str, fields: dict[str, str]) -> tuple[int, str]:
        answer = client.post(path, json=fields, headers=bearer(token))
        return answer.status_code, answer.json().get("code", "")

    assert call(READ_TOKEN, OPERATOR + "ListWorkflows", WORKFLOWS) == (200, "")
    for method in ("StartWorkflow", "TestStartWorkflow", "TestResumeWorkflow"):
        assert call(READ_TOKEN, OPERATOR + method, START) == (403, "permission_denied")
    for method in ("Start", "Resume", "Cancel", "Resolve"):
        assert call(READ_TOKEN, CONSOLE + method, WORKFLOWS) == (403, "permission_denied")
    assert guarded.engine.actions == []
    assert call(OPERATOR_TOKEN, OPERATOR + "StartWorkflow", START) == (200, "")


def test_the_capabilities_tell_the_role_of_the_token(guarded: Served) -> None:
    client = guarded.client(tcp=True)
    roles = {
        token: client.post(CONSOLE + "GetCapabilities", json={}, headers=bearer(token)).json()
        for token in (READ_TOKEN, OPERATOR_TOKEN)
    }

    assert roles[READ_TOKEN]["role"] == "read-only"
    assert roles[OPERATOR_TOKEN]["role"] == "operator"
    assert roles[OPERATOR_TOKEN]["isLocal"] is True


def test_the_unix_socket_asks_for_no_token_and_knows_its_user(guarded: Served) -> None:
    assert guarded.call("StartWorkflow", START).status_code == 200
    assert guarded.engine.actions[-1].actor == pwd.getpwuid(os.getuid()).pw_name
    guarded.call("StartWorkflow", START, headers=[(b"wfc-actor", "Zoë".encode())])
    assert guarded.engine.actions[-1].actor == "Zoë"
    guarded.call("StartWorkflow", START, headers=[(b"wfc-actor", b"%C5%81ukasz")])
    assert guarded.engine.actions[-1].actor == "Łukasz"


def test_a_name_given_by_the_client_stands_beside_the_token_not_in_its_place(
    guarded: Served,
) -> None:
    client = guarded.client(tcp=True)
    for headers in ({}, {"wfc-actor": "ada"}, {"wfc-actor": "x" * 500}):
        client.post(
            OPERATOR + "StartWorkflow", json=START, headers=bearer(OPERATOR_TOKEN) | headers
        )

    actors = [action.actor for action in guarded.engine.actions]
    assert actors == ["operator token", "ada (operator token)", f"{'x' * 80} (operator token)"]


@pytest.mark.parametrize("http2", [False, True], ids=["http1", "http2"])
def test_a_host_that_is_not_this_machine_is_refused_on_tcp_only(
    server: Served, http2: bool
) -> None:
    client = server.client(tcp=True, http2=http2)
    for host, status in {
        "localhost": 200,
        "LOCALHOST:8787": 200,
        "127.0.0.1:1": 200,
        "127.1.2.3": 200,
        "[::1]:8787": 200,
        "evil.example": 403,
        "evil.example:8787": 403,
        "localhost.evil.example": 403,
        "127.0.0.1.evil.example": 403,
        "10.0.0.1": 403,
        "[::2]": 403,
    }.items():
        answer = client.post(OPERATOR + "Ping", json={}, headers={"host": host})
        assert answer.status_code == status, host
        if status == 403:
            assert answer.json()["code"] == "permission_denied"
    answer = server.client(http2=http2).post(
        OPERATOR + "Ping", json={}, headers={"host": "any.example"}
    )
    assert answer.status_code == 200


def test_beyond_loopback_the_token_decides_and_not_the_host(token_file: Path) -> None:
    access = Access(read_tokens(token_file), is_loopback=False, host="10.0.0.5")
    headers = {"host": "shop.example"} | bearer(READ_TOKEN)

    caller = access.admit(headers, is_unix=False, peer="10.0.0.9")
    assert (caller.role, caller.actor, caller.is_local) == (Role.READ_ONLY, "night watch", False)
    with pytest.raises(ConnectError):
        access.admit({"host": "shop.example"}, is_unix=False, peer="10.0.0.9")


def test_a_refusal_never_shows_a_token(guarded: Served) -> None:
    answer = guarded.client(tcp=True).post(
        OPERATOR + "Ping", json={}, headers=bearer(OPERATOR_TOKEN[:-1])
    )

    assert OPERATOR_TOKEN[:8] not in answer.text
    assert OPERATOR_TOKEN not in repr(read_tokens(Path(str(guarded.record.token_file))))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "holds no token"),
        ("# only words\n", "holds no token"),
        ("short\n", ":1: a token needs at least 16"),
        ("\noperator\n", ":2: a token needs at least 16"),
        ("\xff\xfe", "UTF-8"),
    ],
)
def test_a_token_file_that_makes_no_sense_is_refused(home: Path, text: str, problem: str) -> None:
    path = home / "tokens"
    path.write_bytes(text.encode("latin-1"))
    path.chmod(0o600)
    with pytest.raises(ServeError, match=problem) as caught:
        read_tokens(path)
    assert caught.value.exit_code == 2


def test_a_token_file_others_can_read_is_refused(token_file: Path) -> None:
    token_file.chmod(0o640)
    with pytest.raises(ServeError, match="others can read"):
        read_tokens(token_file)
    with pytest.raises(ServeError, match="No such file"):
        read_tokens(token_file.with_name("none"))


def test_a_project_gets_a_token_of_its_own_once(home: Path) -> None:
    path = own_token_file(home)
    (first,) = read_tokens(path)

    assert first.role is Role.OPERATOR
    assert len(first.secret) > 30
    assert read_tokens(own_token_file(home)) == (first,)


def test_a_listener_without_a_token_file_uses_the_projects_own(project: Path) -> None:
    with served(project, Hosting(listen="127.0.0.1:0")) as running:
        path = running.record.token_file
        assert path == project / ".wfc" / "token"
        assert path.stat().st_mode & 0o077 == 0
        (token,) = read_tokens(path)
        client = running.client(tcp=True)
        assert client.post(OPERATOR + "Ping", json={}).status_code == 401
        headers = bearer(token.secret)
        assert client.post(OPERATOR + "Ping", json={}, headers=headers).status_code == 200


def test_a_token_file_is_recorded_by_its_whole_path(
    project: Path, token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(token_file.parent)
    here = Hosting(listen="127.0.0.1:0", token_file=Path(token_file.name))
    with served(project, here) as running:
        assert running.record.token_file == token_file


@pytest.mark.parametrize(
    "hosting", [Hosting("0.0.0.0:0", no_token=True), Hosting("[::]:0", is_open=True)]
)
def test_beyond_loopback_a_token_is_not_optional(project: Path, hosting: Hosting) -> None:
    with pytest.raises(ServeError, match="loopback only") as caught, served(project, hosting):
        pass
    assert caught.value.exit_code == 2


def test_an_open_server_takes_any_workspace_and_no_token(project: Path) -> None:
    with served(project, Hosting(listen="127.0.0.1:0", is_open=True)) as running:
        client = running.client(tcp=True, http2=True)
        other = WORKSPACE[:-1] + "b"
        answer = client.post(OPERATOR + "ListWorkflows", json={"workspaceId": other})
        assert answer.status_code == 200
        answer = client.post(OPERATOR + "ListWorkflows", json={"workspaceId": "mine"})
        assert answer.status_code == 400


@pytest.mark.parametrize(
    ("header", "host"),
    [("a:1", "a"), ("A", "a"), ("[::1]:5", "::1"), ("[::1]", "::1"), ("", ""), ("a:b:c", "a")],
)
def test_the_port_is_taken_off_a_host(header: str, host: str) -> None:
    assert host_of(header) == host
