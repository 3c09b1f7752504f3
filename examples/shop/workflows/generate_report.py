"""What each country has paid, as a CSV file in `out/`; jobs three deep."""

from __future__ import annotations

from workflows.jobs.collect_sales import collect_sales
from workflows.jobs.write_report import write_report
from workflows.models import Report

from console.workflow import create_workflow, create_workflow_job


@create_workflow_job(name="make-report")
async def make_report() -> Report:
    """Collect the sales of every country and write them down."""
    sales = await collect_sales.trigger()
    return await write_report.trigger(sales)


generate_report = create_workflow(name="generate-report", main_job=make_report)
default = generate_report
