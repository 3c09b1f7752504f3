"""What travels between the shop's jobs: JSON with `camelCase` keys, Python with `snake_case`."""

from __future__ import annotations

from pydantic import Field

from console.workflow import CamelModel


class OrderInput(CamelModel):
    """Which order to process, and for whom."""

    order_id: str = Field(pattern=r"^o-\d{4}$")
    customer_id: str


class CustomerKey(CamelModel):
    """Which customer."""

    customer_id: str


class Customer(CamelModel):
    """A customer as the database has it."""

    id: str
    name: str
    email: str
    country: str
    card_token: str


class Reservation(CamelModel):
    """What was put aside for an order, and what it costs."""

    order_id: str
    items: int
    amount_cents: int


class Charge(CamelModel):
    """What to take from which card."""

    order_id: str
    amount_cents: int
    card_token: str


class Payment(CamelModel):
    """The one payment of an order."""

    order_id: str
    amount_cents: int
    signature: str
    times_charged: int
    """Rows in the payments table for this order: 1, however often the job ran."""
    attempts: int
    """How often the job began for this order."""


class Notification(CamelModel):
    """A mail to a customer."""

    order_id: str
    recipient: str
    name: str
    message: str


class OrderResult(CamelModel):
    """What became of an order."""

    order_id: str
    customer_id: str
    amount_cents: int
    times_charged: int
    charge_attempts: int
    notified: str


class Country(CamelModel):
    """A country by its code."""

    country: str


class CountrySales(CamelModel):
    """What a country's customers have paid."""

    country: str
    orders: int
    amount_cents: int


class Sales(CamelModel):
    """What all countries have paid."""

    countries: list[CountrySales]


class Report(CamelModel):
    """Where the report is, and what it sums up to."""

    file: str
    orders: int
    amount_cents: int


class Batch(CamelModel):
    """One part of the stock ledger: the movements whose number leaves this rest."""

    number: int
    of: int


class ArchivedBatch(CamelModel):
    """A written part of the archive."""

    number: int
    file: str
    movements: int
    bytes_before: int
    bytes_after: int


class Archive(CamelModel):
    """What the archive takes on the disk."""

    files: int
    movements: int
    bytes_before: int
    bytes_after: int
