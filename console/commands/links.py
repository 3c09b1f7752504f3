"""The address of an execution in the web console, as the profile's `console_url` says it.

    https://console.example/w/{workspace}/executions/{execution}

`{execution}`, `{workflow}` and `{workspace}` are filled in. An address without them is taken as it
is: which page an execution has there is only known to whoever wrote the profile.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from console.model.execution import Execution
from console.model.target import Target
from console.present.clean import clean


def web_address(target: Target, execution: Execution) -> str:
    """Give the address; empty where the profile has none, or none that a browser may open."""
    address = target.console_url.strip()
    parts = {
        "execution": execution.id,
        "workflow": execution.workflow_name,
        "workspace": target.workspace_id,
    }
    for name, value in parts.items():
        address = address.replace("{" + name + "}", quote(value, safe=""))
    if any(char.isspace() or clean(char) != char for char in address):
        return ""
    return address if urlsplit(address).scheme in ("http", "https") else ""


def is_page_of_execution(target: Target) -> bool:
    """Tell whether the address leads to the execution and not only to the console."""
    return "{execution}" in target.console_url
