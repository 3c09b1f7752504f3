"""The mail sink speaks enough SMTP for Python's own client."""

from __future__ import annotations

import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def sink(shop: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "mail_sink.py", "--port", "0", "--control"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=shop, stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        process.kill()


def said(sink: subprocess.Popen[str]) -> str:
    assert sink.stdout is not None
    return sink.stdout.readline().strip()


def tell(sink: subprocess.Popen[str], word: str) -> str:
    assert sink.stdin is not None
    sink.stdin.write(f"{word}\n")
    sink.stdin.flush()
    return said(sink)


def port_of(sink: subprocess.Popen[str]) -> int:
    line = said(sink)
    assert line.startswith("listening on 127.0.0.1:")
    return int(line.rpartition(":")[2])


def send(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
        smtp.sendmail("a@shop.example", ["b@shop.example"], "Subject: hi\r\n\r\n.dot\r\n..\r\n")


def test_it_takes_mail_refuses_when_told_and_takes_it_again(sink: subprocess.Popen[str]) -> None:
    port = port_of(sink)
    send(port)
    assert tell(sink, "off") == "refusing"
    with pytest.raises(smtplib.SMTPConnectError) as refused:
        send(port)
    assert refused.value.smtp_code == 421
    assert refused.value.smtp_error == b"too many connections from 127.0.0.1"
    assert tell(sink, "what") == "refusing"
    assert tell(sink, "on") == "accepting"
    send(port)


def test_it_ends_with_its_standard_input(sink: subprocess.Popen[str]) -> None:
    port_of(sink)
    assert sink.stdin is not None
    sink.stdin.close()
    assert sink.wait(timeout=10) == 0


def test_a_client_that_leaves_or_talks_nonsense_does_not_end_it(
    sink: subprocess.Popen[str],
) -> None:
    port = port_of(sink)
    for words in (b"", b"\xff\xfe\r\n", b"DATA\r\nhalf a mail", b"x" * 100_000):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(words)
    send(port)


def test_a_taken_port_is_one_clear_line(sink: subprocess.Popen[str], shop: Path) -> None:
    command = [sys.executable, "mail_sink.py", "--port", str(port_of(sink))]
    done = subprocess.run(command, cwd=shop, capture_output=True, text=True, timeout=10)
    assert done.returncode == 1
    assert done.stderr.startswith("cannot listen on 127.0.0.1:")
    assert len(done.stderr.splitlines()) == 1
