"""The shop's jobs, run in place: the documents' way to test a job with plain pytest."""

from __future__ import annotations

import asyncio
import csv
import json
import lzma
import smtplib
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from console.workflow import JobFailed
from console.workflow.testing import run_in_place
from tests.examples.test_database import query

ORDER = {"orderId": "o-1001", "customerId": "c-0229"}


@contextmanager
def manager(shop: Path, smtp_server: str = "127.0.0.1:1", permission: str = "rw") -> Iterator[None]:
    """Stand in for the engine, as the project file describes it."""
    database = (f"sqlite:///{shop / 'shop.db'}", permission)
    with run_in_place(
        env={"SMTP_SERVER": smtp_server},
        invoker="manager-machine-user",
        execution_id="e-1",
        databases={"tailordb": database},
    ):
        yield


def job(module: str, name: str) -> Any:
    return getattr(import_module(f"workflows.{module}"), name)


def change(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute(sql)
        db.commit()


def run(triggered: Any) -> Any:
    return asyncio.run(triggered)


def charge(amount: int = 1990) -> dict[str, object]:
    return {"orderId": "o-1001", "amountCents": amount, "cardToken": "card_1"}


@pytest.fixture
def quick(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign with less work."""
    monkeypatch.setattr(import_module("workflows.jobs.charge_card"), "ITERATIONS", 10)


@contextmanager
def mail_sink(shop: Path, *options: str) -> Iterator[str]:
    command = [sys.executable, "mail_sink.py", "--port", "0", "--control", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=shop, stdin=pipe, stdout=pipe, text=True) as sink:
        assert sink.stdout is not None
        yield sink.stdout.readline().strip().rpartition(" ")[2]
        sink.kill()


def test_a_customer_is_found_or_is_none_and_the_database_is_made_on_the_way(shop: Path) -> None:
    fetch = job("jobs.fetch_customer", "fetch_customer")
    assert not (shop / "shop.db").exists()
    with manager(shop):
        found = run(fetch.trigger({"customerId": "c-0229"}))
        assert run(fetch.trigger({"customerId": "c-9999"})) is None
    assert (found.id, found.email[:7]) == ("c-0229", "c-0229@")
    assert query(shop / "shop.db", "SELECT name FROM Customer WHERE id = 'c-0229'") == [
        (found.name,)
    ]


def test_goods_are_put_aside_once_however_often_it_is_asked(shop: Path) -> None:
    reserve = job("jobs.reserve_stock", "reserve_stock")
    reserved = "SELECT count(*), sum(quantity) FROM StockReservation WHERE orderId = 'o-1001'"
    with manager(shop):
        first = run(reserve.trigger(ORDER))
        after_first = query(shop / "shop.db", reserved)
        second = run(reserve.trigger(ORDER))
    assert first == second
    assert first.items > 0 and first.amount_cents > 0
    assert query(shop / "shop.db", reserved) == after_first
    assert after_first[0][1] == first.items


def test_an_order_of_somebody_else_is_refused(shop: Path) -> None:
    with manager(shop), pytest.raises(JobFailed, match="c-0001 has no order o-1001"):
        run(job("jobs.reserve_stock", "reserve_stock").trigger(ORDER | {"customerId": "c-0001"}))


def test_missing_goods_fail_the_job_keep_nothing_and_a_delivery_mends_it(shop: Path) -> None:
    reserve = job("jobs.reserve_stock", "reserve_stock")
    database = import_module("make_database").ensure_database()
    change(database, "UPDATE Product SET stock = 0")
    with manager(shop):
        with pytest.raises(JobFailed, match="too few"):
            run(reserve.trigger(ORDER))
        kept = "SELECT count(*) FROM StockReservation WHERE orderId = 'o-1001'"
        assert query(database, kept) == [(0,)]
        change(database, "UPDATE Product SET stock = 5000")
        run(reserve.trigger(ORDER))
        assert query(database, kept) != [(0,)]


def test_a_card_is_charged_once_and_each_attempt_is_counted(shop: Path, quick: None) -> None:
    charge_card = job("jobs.charge_card", "charge_card")
    with manager(shop):
        first = run(charge_card.trigger(charge()))
        second = run(charge_card.trigger(charge()))
    assert (first.times_charged, first.attempts) == (1, 1)
    assert (second.times_charged, second.attempts) == (1, 2)
    assert first.signature == second.signature
    paid = "SELECT count(*), min(amountCents) FROM Payment WHERE orderId = 'o-1001'"
    assert query(shop / "shop.db", paid) == [(1, 1990)]


def test_a_charge_says_how_far_it_is(
    shop: Path, quick: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with manager(shop):
        run(job("jobs.charge_card", "charge_card").trigger(charge()))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("charging 19.90 € for o-1001, attempt 1")
    assert lines[1:6] == [f"signing {n}/5" for n in range(1, 6)]


def test_the_signature_hides_the_card_and_depends_on_the_amount(shop: Path, quick: None) -> None:
    module = import_module("workflows.jobs.charge_card")
    charges = [module.Charge(order_id="o-1", amount_cents=n, card_token="card_1") for n in (1, 2)]
    one, two = map(module.sign, charges)
    assert one != two and len(one) == 64 and "card" not in one


def test_a_mail_is_sent_with_its_name_whatever_its_script(shop: Path) -> None:
    send = job("jobs.send_notification", "send_notification")
    note = {"orderId": "o-1001", "recipient": "c-1@jp.example", "name": "佐藤 さくら"}
    with mail_sink(shop) as server, manager(shop, server):
        assert run(send.trigger(note | {"message": "Order o-1001 processed"})) is None


def test_a_refusing_mail_server_fails_the_job_in_its_own_words(shop: Path) -> None:
    send = job("jobs.send_notification", "send_notification")
    note = {"orderId": "o-1001", "recipient": "c-1@jp.example", "name": "N", "message": "M"}
    with mail_sink(shop, "--refuse") as server, manager(shop, server):
        with pytest.raises(JobFailed) as failed:
            run(send.trigger(note))
    assert "421 too many connections from 127.0.0.1" in str(failed.value)
    assert isinstance(failed.value.__cause__.__cause__, smtplib.SMTPResponseException)  # type: ignore[union-attr]


def test_without_a_mail_server_the_failure_says_how_to_get_one(shop: Path) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        server = f"127.0.0.1:{taken.getsockname()[1]}"
        note = {"orderId": "o-1001", "recipient": "c-1@jp.example", "name": "N", "message": "M"}
        with manager(shop, server), pytest.raises(JobFailed) as failed:
            run(job("jobs.send_notification", "send_notification").trigger(note))
    assert f"nobody listens at {server}: `python mail_sink.py` does" in str(failed.value)


def test_an_order_goes_through_from_the_customer_to_the_mail(shop: Path, quick: None) -> None:
    process = job("order_processing", "process_order")
    with mail_sink(shop) as server, manager(shop, server):
        result = run(process.trigger(ORDER))
    assert (result.times_charged, result.charge_attempts) == (1, 1)
    assert result.order_id == "o-1001" and result.notified.startswith("c-0229@")
    assert query(shop / "shop.db", "SELECT amountCents FROM Payment WHERE orderId = 'o-1001'") == [
        (result.amount_cents,)
    ]


def test_an_order_whose_mail_failed_goes_through_later_and_is_charged_once(
    shop: Path, quick: None
) -> None:
    process = job("order_processing", "process_order")
    with manager(shop), pytest.raises(JobFailed):
        run(process.trigger(ORDER))
    with mail_sink(shop) as server, manager(shop, server):
        run(process.trigger(ORDER))
    paid = "SELECT count(*) FROM Payment WHERE orderId = 'o-1001'"
    assert query(shop / "shop.db", paid) == [(1,)]
    assert query(shop / "shop.db", "SELECT count(*) FROM ChargeAttempt") == [(2,)]


@pytest.mark.parametrize("wrong", [{"orderId": "1001"}, {"orderId": "o-1; DROP"}, {}])
def test_an_order_without_a_proper_number_is_refused(shop: Path, wrong: dict[str, object]) -> None:
    with manager(shop), pytest.raises(JobFailed, match="orderId"):
        run(job("order_processing", "process_order").trigger({"customerId": "c-1"} | wrong))


def test_the_report_adds_up_to_what_the_payments_table_has(shop: Path) -> None:
    with manager(shop, permission="ro"):
        report = run(job("generate_report", "make_report").trigger())
    assert report.file == "out/sales.csv"
    with (shop / report.file).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 13
    ((count, total),) = query(shop / "shop.db", "SELECT count(*), sum(amountCents) FROM Payment")
    assert (report.orders, report.amount_cents) == (count, total)
    assert sum(int(row["orders"]) for row in rows) == count
    euros = [float(row["euros"]) for row in rows]
    assert euros == sorted(euros, reverse=True)


def test_a_user_who_may_only_read_cannot_reserve(shop: Path) -> None:
    import_module("make_database").ensure_database()
    with manager(shop, permission="ro"), pytest.raises(JobFailed, match="may only read"):
        run(job("jobs.reserve_stock", "reserve_stock").trigger(ORDER))


def test_the_archive_holds_every_movement_once_and_saves_room(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("workflows.nightly_archive"), "BATCHES", 4)
    with manager(shop):
        archive = run(job("nightly_archive", "archive_all").trigger())
    files = sorted((shop / "out" / "archive").iterdir())
    assert (archive.files, len(files), archive.movements) == (4, 4, 20_000)
    assert archive.bytes_after < archive.bytes_before / 4
    lines = b"".join(lzma.decompress(file.read_bytes()) for file in files).splitlines()
    numbers = [json.loads(line)["id"] for line in lines]
    assert sorted(numbers) == list(range(1, 20_001))
