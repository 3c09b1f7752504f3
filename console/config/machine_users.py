"""The machine users a project file names, read without its server."""

from __future__ import annotations

from pathlib import Path

from console.config.mistakes import ConfigError, read_toml
from console.config.paths import PROJECT_FILE


def machine_users_of(project: Path) -> tuple[str, ...]:
    """Give their names; none where the file cannot be read, which its server will say."""
    try:
        _, raw = read_toml(project / PROJECT_FILE)
    except ConfigError:
        return ()
    table = raw.get("machine_users")
    return tuple(table) if isinstance(table, dict) else ()
