"""Where the console is pointed, and how careful to be there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """One backend's address, as flags, environment and configuration settled it."""

    kind: str
    """`project`: a project's own server here; `url`: any server; `tailor`: the hosted platform."""
    label: str
    """What the person calls it: the profile's name, the project's, or host and port."""
    url: str = ""
    """`http://host:port` or `https://…`; empty while a project's server is not started."""
    socket: Path | None = None
    """The Unix socket to speak through; `url` is then only a name."""
    project: Path | None = None
    """The project's folder, for the kind `project`."""
    token: str = field(default="", repr=False)
    workspace_id: str = ""
    """Empty: the server is asked, and its only workspace is taken."""
    application: str = ""
    """The application whose machine users are used; empty takes the only one."""
    console_url: str = ""
    """Address of the web console, for links; empty where there is none."""
    is_protected: bool = False
    """Said in reverse video; dialogs ask for the workflow's name to be typed."""
    is_read_only: bool = False
    """No call that changes anything can be made."""
    shell_words: tuple[str, ...] = ()
    """What a shell command needs to be pointed here: `--profile`, `shop-prod`; no token."""
    color: str = ""
    """How its label is painted: a colour's name or `#rrggbb`; empty for the usual."""
