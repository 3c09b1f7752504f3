"""Every action of the console, declared once: its keys, its footer and help text, its `:` words.

Screens bind what is here and nothing else; the help, the footer, the command line and keys.toml
are read off it. A command's id is what keys.toml and tests name it by.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where a command exists: on every screen, on one, or in one kind of pane."""

    EVERYWHERE = "everywhere"
    PANES = "every pane"
    LIST = "list"
    TREE = "jobs"
    TEXT = "log and text"
    LOG = "log"
    DATA = "data"
    ROWS = "rows"
    """What the workflows, the profiles and the journal are listed in."""
    EXECUTIONS = "executions screen"
    EXECUTION = "execution screen"
    WORKFLOWS = "workflows screen"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the person can do."""

    id: str
    keys: tuple[str, ...]
    """Keys, the most usual first; a single character or Textual's name of the key."""
    label: str
    """What the footer says: one or two words."""
    summary: str
    """What the help says."""
    places: frozenset[Place]
    words: tuple[str, ...] = ()
    """What it is called on the `:` line; the first one is the usual name."""
    usage: str = ""
    """What may follow the word."""
    is_change: bool = False
    """It changes something on the backend: never on a lower-case key, Enter, Space or Ctrl."""
    is_kept: bool = False
    """It leads to what is written to the disk."""


def _command(
    id: str,
    keys: str,
    label: str,
    summary: str,
    *places: Place,
    words: str = "",
    usage: str = "",
    is_change: bool = False,
    is_kept: bool = False,
) -> Command:
    return Command(
        id=id,
        keys=tuple(keys.split()),
        label=label,
        summary=summary,
        places=frozenset(places),
        words=tuple(words.split()),
        usage=usage,
        is_change=is_change,
        is_kept=is_kept,
    )


_ALL, _PANES, _LIST, _TREE = Place.EVERYWHERE, Place.PANES, Place.LIST, Place.TREE
_TEXT, _LOG, _SCREEN, _DETAIL = Place.TEXT, Place.LOG, Place.EXECUTIONS, Place.EXECUTION
_ROWS, _WORKFLOWS = Place.ROWS, Place.WORKFLOWS

# fmt: off
CATALOGUE: tuple[Command, ...] = (
    # What changes the backend; each opens a dialog
    _command("execution.resume", "R", "resume", "Resume from the point of failure, after a check",
             _SCREEN, _DETAIL, words="resume", is_change=True),
    _command("workflow.start", "+", "start", "Start a workflow", _SCREEN, _DETAIL, _WORKFLOWS,
             words="start", usage="[WORKFLOW]", is_change=True),
    _command("execution.resolve", "W", "resolve", "Answer what it waits for", _SCREEN, _DETAIL,
             words="resolve", is_change=True),
    _command("execution.cancel", "X", "cancel", "Cancel the execution", _SCREEN, _DETAIL,
             words="cancel", is_change=True),
    # The list
    _command("list.open", "enter", "open", "Open the execution", _LIST, words="view"),
    _command("execution.log", "l", "log", "Show the log of the failing or the last job", _SCREEN,
             _DETAIL, words="log"),
    _command("list.toggle-all", "z", "all", "Show problems or all executions", _SCREEN,
             words="all problems"),
    _command("list.next-failure", "e", "next failure", "Go to the next failed execution", _LIST,
             words="next-failed"),
    _command("list.previous-failure", "E", "previous failure", "Go to the failed execution above",
             _LIST, words="previous-failed"),
    _command("list.more", "", "more", "Load older executions", _SCREEN, words="more"),
    _command("list.mark", "space", "mark", "Mark the execution, or clear its mark", _LIST,
             words="mark"),
    _command("list.mark-range", "v", "mark range", "Mark from the nearest mark to here", _LIST,
             words="mark-range"),
    _command("list.mark-all", "A", "mark all", "Mark all that match", _LIST, words="mark-all"),
    _command("list.unmark", "U", "clear marks", "Clear all marks", _LIST, words="unmark"),
    _command("list.invert", "", "invert marks", "Mark what is not marked, and the reverse", _SCREEN,
             words="invert"),
    _command("list.sort", "s", "sort", "Sort by a column", _LIST, words="sort",
             usage="[COLUMN [asc|desc]]", is_kept=True),
    _command("list.columns", "c", "columns", "Choose the columns and their order", _LIST,
             words="columns", usage="[COLUMN…]", is_kept=True),
    # Workflows, profiles, the journal
    _command("row.open", "enter", "open", "Open what is under the cursor", _ROWS),
    # An execution
    _command("execution.jobs", "1", "jobs", "Show its jobs", _SCREEN, _DETAIL, words="jobs"),
    _command("execution.show-log", "2", "log", "Show its log", _SCREEN, _DETAIL, words="logs"),
    _command("execution.data", "3", "data", "Show input, result, error, attempts and ids", _SCREEN,
             _DETAIL, words="data"),
    _command("job.next", ">", "next job", "Show the log of the next job", _DETAIL,
             words="next-job"),
    _command("job.previous", "<", "previous job", "Show the log of the job before", _DETAIL,
             words="previous-job"),
    _command("attempt.previous", "(", "attempt before", "Show the log of the attempt before",
             _DETAIL, words="previous-attempt"),
    _command("attempt.next", ")", "attempt after", "Show the log of the attempt after", _DETAIL,
             words="next-attempt"),
    # The job tree
    _command("tree.open", "enter", "log", "Show the job's log; unfold a group", _TREE),
    _command("tree.fold", "left h", "fold", "Fold, or go to the caller", _TREE, words="fold"),
    _command("tree.unfold", "right", "unfold", "Unfold", _TREE, words="unfold"),
    _command("tree.toggle", "space", "fold", "Fold or unfold", _TREE),
    _command("tree.next-failure", "e", "next failure", "Go to the next failed job", _TREE,
             words="next-failed-job"),
    _command("tree.previous-failure", "E", "previous failure", "Go to the failed job above", _TREE,
             words="previous-failed-job"),
    _command("tree.only-failed", "F", "failed path", "Show only the path to what failed", _TREE,
             words="failed-path"),
    # Logs and other text
    _command("text.page-down", "space", "page", "Page down", _TEXT),
    _command("text.page-up", "b", "page up", "Page up", _TEXT),
    _command("text.left", "left h", "left", "Scroll to the left", _TEXT),
    _command("text.right", "right l", "right", "Scroll to the right", _TEXT),
    _command("log.follow", "F", "follow", "Go to the end and follow", _LOG, words="follow"),
    _command("log.next-error", "e", "next error", "Go to the next line that looks like an error",
             _LOG, words="next-error"),
    _command("log.previous-error", "E", "previous error", "Go to the error line above", _LOG,
             words="previous-error"),
    _command("log.save", "s", "save", "Save all of the log to a file", _LOG, words="save",
             usage="FILE", is_kept=True),
    _command("log.filter", "&", "only", "Show only lines with a text or ~regex, and neighbours",
             _LOG, words="only", usage="[TEXT]"),
    _command("log.mark", "m", "mark line", "Mark the line found or chosen, or the top one", _LOG,
             words="mark-line"),
    _command("log.next-mark", "'", "next mark", "Go to the next marked line", _LOG,
             words="next-mark"),
    _command("log.previous-mark", '"', "mark before", "Go to the marked line above", _LOG,
             words="previous-mark"),
    _command("log.unmark", "U", "clear marks", "Clear all marks of the log", _LOG,
             words="unmark-lines"),
    _command("log.save-marked", "", "save marked", "Save the marked lines to a file", _LOG,
             words="save-marked", usage="FILE", is_kept=True),
    _command("log.line-down", "shift+down", "choose", "Choose a line, or the one below", _LOG,
             words="choose-down"),
    _command("log.line-up", "shift+up", "choose above", "Choose the line above", _LOG,
             words="choose-up"),
    _command("log.since", "", "since", "Show only the log from a moment on", _LOG, words="since",
             usage="[5m | 10:32 | +1:30]"),
    _command("log.until", "", "until", "Show only the log up to a moment", _LOG, words="until",
             usage="[5m | 10:32 | +1:30]"),
    _command("log.head", "", "head", "Show only the first lines of the log", _LOG, words="head",
             usage="[LINES]"),
    _command("log.tail", "", "tail", "Show only the last lines of the log, and new ones", _LOG,
             words="tail", usage="[LINES]"),
    _command("log.pretty", "J", "json", "Spread lines that are JSON over several rows", _LOG,
             words="json"),
    _command("log.pipe", "|", "pager", "Read all of the log in $PAGER, or give it to a command",
             _LOG, words="pipe", usage="[COMMAND]"),
    _command("find.next", "n", "next match", "Go to the next match", _TEXT),
    _command("find.previous", "N", "previous match", "Go to the match before", _TEXT),
    _command("data.fold", "enter", "fold", "Fold or unfold an object, an array, a long text",
             Place.DATA, words="fold-value"),
    # Moving, in every pane
    _command("move.down", "j down", "down", "Down", _PANES),
    _command("move.up", "k up", "up", "Up", _PANES),
    _command("move.page-down", "pagedown ctrl+f", "page down", "Page down", _PANES),
    _command("move.page-up", "pageup", "page up", "Page up", _PANES),
    _command("move.half-down", "ctrl+d", "half page down", "Half a page down", _PANES),
    _command("move.half-up", "ctrl+u", "half page up", "Half a page up", _PANES),
    _command("move.top", "g home", "top", "To the top", _PANES, words="top"),
    _command("move.bottom", "G end", "end", "To the end", _PANES, words="bottom end"),
    # Everywhere
    _command("find.open", "/", "filter", "Filter a list, or search a log", _ALL,
             words="filter find", usage="[TEXT]"),
    _command("command.open", ":", "command", "Type a command", _ALL),
    _command("palette.open", "ctrl+p", "palette", "Find a command by what it does", _ALL,
             words="commands palette"),
    _command("help.open", "? f1", "keys", "Show the keys of this screen", _ALL, words="help keys"),
    _command("nav.back", "q", "back", "Go back; quit from the first screen", _ALL, words="up"),
    _command("history.back", "[", "view before", "Go to the view before, as it was", _ALL,
             words="back"),
    _command("history.forward", "]", "view after", "Go to the view after, as it was", _ALL,
             words="forward"),
    _command("history.last", "-", "last view", "Go to the last view, and from there back again",
             _ALL, words="last"),
    _command("nav.escape", "escape", "undo one layer", "Leave the prompt, the filter, the screen",
             _ALL),
    _command("nav.open", "", "open", "Open an execution by its id or a link", _ALL, words="open",
             usage="ID"),
    _command("pane.next", "tab", "next pane", "Go to the next pane", _ALL),
    _command("pane.previous", "shift+tab", "previous pane", "Go to the pane before", _ALL),
    _command("view.refresh", "r", "refresh", "Read again now; never changes anything", _ALL,
             words="refresh"),
    _command("view.pause", "p", "pause", "Pause live updates, or go on", _ALL, words="pause"),
    _command("view.time", "t", "time", "Times as ages, local, UTC", _ALL, words="time",
             usage="[relative|local|utc]"),
    _command("view.full", "f", "full screen", "Give this pane the whole screen, or give it back",
             _SCREEN, _DETAIL, words="full"),
    _command("view.wrap", "w", "wrap", "Wrap long lines", _SCREEN, _DETAIL, words="wrap"),
    _command("view.theme", "", "theme", "Choose a theme", _ALL, words="theme", usage="[NAME]"),
    _command("view.redraw", "ctrl+l", "redraw", "Draw the screen again", _ALL, words="redraw"),
    _command("copy.id", "y", "copy id", "Copy the id", _SCREEN, _DETAIL, words="copy"),
    _command("copy.menu", "Y", "copy", "Copy the row, the command, the link, the error, the log",
             _SCREEN, _DETAIL, words="copy-menu"),
    _command("copy.command", "", "copy command", "Copy the shell command that shows this", _SCREEN,
             _DETAIL, words="copy-command"),
    _command("web.open", "o", "web", "Open it in the web console, or print its address", _SCREEN,
             _DETAIL, words="web"),
    _command("workflows.open", "", "workflows", "Show the workflows that are deployed", _ALL,
             words="workflows"),
    _command("profiles.open", "", "profiles", "Show where else the console can be pointed", _ALL,
             words="profiles"),
    _command("profile.use", "", "profile", "Point the console at another profile", _ALL,
             words="profile", usage="NAME"),
    _command("journal.open", "@", "journal", "Show what was done here, and by which command", _ALL,
             words="journal"),
    _command("app.suspend", "ctrl+z", "suspend", "Suspend to the shell", _ALL, words="suspend"),
    _command("app.interrupt", "ctrl+c", "interrupt", "Leave the prompt; twice quits", _ALL),
    _command("app.quit", "", "quit", "Quit", _ALL, words="quit q exit"),
)
# fmt: on
"""In the order of the help."""


def by_id(identifier: str) -> Command:
    """Give a command; raises `KeyError` for an id there is none for."""
    for command in CATALOGUE:
        if command.id == identifier:
            return command
    raise KeyError(identifier)


def by_word(word: str) -> Command | None:
    """Give the command of a `:` word."""
    return next((command for command in CATALOGUE if word in command.words), None)
