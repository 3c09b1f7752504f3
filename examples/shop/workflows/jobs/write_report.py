"""The report's file."""

from __future__ import annotations

import csv
import io

from workflows.files import write_whole
from workflows.models import Report, Sales

from console.workflow import create_workflow_job


@create_workflow_job(name="write-report")
def write_report(input: Sales) -> Report:
    """Write one line for each country, the best first."""
    best_first = sorted(input.countries, key=lambda sales: -sales.amount_cents)
    table = io.StringIO()
    lines = csv.writer(table)
    lines.writerow(["country", "orders", "euros"])
    lines.writerows([s.country, s.orders, f"{s.amount_cents / 100:.2f}"] for s in best_first)
    file = write_whole("sales.csv", table.getvalue().encode())
    print(f"{file}: {len(best_first)} countries")
    return Report(
        file=file,
        orders=sum(sales.orders for sales in best_first),
        amount_cents=sum(sales.amount_cents for sales in best_first),
    )
