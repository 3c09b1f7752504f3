"""A resolver process: `python -m console.engine.resolver_process PROJECT`.

It reads the project, runs one resolver after the other, and ends with its server. Both sides write
JSON objects, one a line:

    server → process   {"call": {"name", "input", "user"}}
                       {"to": N, "answer": TEXT} or {"to": N, "refused": WORDS, "code", "told"}
    process → server   {"ready": true}
                       {"ask": N, "what": ["start", WORKFLOW, ARGUMENT, MACHINE_USER]}
                       {"result": TEXT}, {"failed": WORDS} or
                       {"refused": WORDS, "code", "mistakes", "inside"}
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from console.engine.capture import captured
from console.engine.channel import take_over_stdio
from console.engine.problems import ProjectInvalid
from console.engine.process_end import end_process_group, leave
from console.engine.project import Project, load_project
from console.engine.project_text import kept_text
from console.engine.resolver_refusals import QUERY_WRITES
from console.engine.resolver_runtime import ResolverRuntime
from console.engine.state import StateFolder
from console.workflow.errors import (
    DatabaseReadOnly,
    EngineRefused,
    InvalidInput,
    ResolverError,
)
from console.workflow.failure import describe_failure
from console.workflow.resolver import Resolver
from console.workflow.runtime import current_runtime

LONGEST_RESULT = 1 << 20
"""Characters of JSON that a resolver may give."""

Message = Mapping[str, Any]


class ResolverChannel:
    """The process's ends of the pipes."""

    def __init__(self, commands: int, news: int) -> None:
        self._commands = os.fdopen(commands, "rb")
        self._news = os.fdopen(news, "wb")
        self._writing = threading.Lock()
        self._calls: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._asked: dict[int, Future[Message]] = {}

    def listen(self, on_end: Callable[[], None]) -> None:
        """Hear the server in a thread of its own; `on_end` is called when it has gone."""

        def hear() -> None:
            for line in self._commands:
                message = json.loads(line)
                if "call" in message:
                    self._calls.put(message["call"])
                    continue
                future = self._asked.pop(message["to"], None)
                if future is not None and future.set_running_or_notify_cancel():
                    future.set_result(message)
            on_end()

        threading.Thread(target=hear, name="server", daemon=True).start()

    def next_call(self) -> Message:
        """Wait for the next call."""
        return self._calls.get()

    def tell(self, message: Message) -> None:
        """Tell the server something."""
        with self._writing:
            self._news.write(json.dumps(message).encode() + b"\n")
            self._news.flush()

    async def ask(self, *what: str) -> str:
        """Ask the server something, and wait for its answer. Raises EngineRefused."""
        number = next(self._numbers)
        future: Future[Message] = Future()
        self._asked[number] = future
        self.tell({"ask": number, "what": what})
        message = await asyncio.wrap_future(future)
        if "refused" in message:
            raise EngineRefused(
                message["refused"], code=message.get("code", ""), told=message.get("told", "")
            )
        return str(message["answer"])


async def answer(project: Project, channel: ResolverChannel, call: Message) -> Message:
    """Run one call, and say what came of it."""
    resolver = project.resolvers.get(call["name"])
    if resolver is None:
        return {"failed": "there is no such resolver; the project was changed while it is served"}
    context = resolver.context(project.env, call["user"])
    try:
        value = resolver.read_input(call["input"])
    except InvalidInput as error:
        return {"refused": str(error), "code": "invalid_argument", "mistakes": error.mistakes}
    except Exception as error:  # the author's own validator
        return {"failed": describe_failure(error).traceback}
    current_runtime.set(ResolverRuntime(project, resolver, context, channel.ask))
    try:
        result = await resolver.run_value(value, context)
    except Exception as error:  # the end of a body: whatever it was is told
        return _told(resolver, error)
    if len(result) > LONGEST_RESULT:
        return {
            "failed": f"its result is longer than {LONGEST_RESULT} characters: give it in pages"
        }
    return {"result": result}


def _told(resolver: Resolver[Any], error: BaseException) -> Message:
    """Say what ended a body: to the caller what is meant for it, else to the log."""
    whole = error
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, ResolverError):
        return {"refused": error.message, "code": error.code}
    if isinstance(error, EngineRefused) and error.told:
        return _inside(whole, error.told, error.code)
    if isinstance(error, DatabaseReadOnly) and resolver.operation == "query":
        return _inside(whole, QUERY_WRITES["told"], QUERY_WRITES["code"])
    is_grant = isinstance(error, DatabaseReadOnly) and resolver.auth_invoker is None
    if is_grant:
        return {"refused": "this machine user may only read", "code": "permission_denied"}
    return {"failed": describe_failure(whole).traceback}


def _inside(error: BaseException, told: str, code: str) -> Message:
    """Refuse in words that tell nothing of the inside, with what happened there for the log."""
    return {"refused": told, "code": code, "inside": describe_failure(error).traceback}


def serve(project: Project, channel: ResolverChannel) -> None:
    """Answer calls until the server has gone, each in an event loop of its own."""
    home = Path.cwd()
    channel.tell({"ready": True})
    while True:
        call = channel.next_call()
        os.chdir(home)  # a body before may have gone elsewhere
        loop = asyncio.new_event_loop()
        message = loop.run_until_complete(answer(project, channel, call))
        leave(loop)
        sys.stdout.flush()
        channel.tell(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one project until the server ends; gives the exit code."""
    parser = argparse.ArgumentParser(prog="console.engine.resolver_process")
    parser.add_argument("project", type=Path)
    given = parser.parse_args(arguments)
    channel = ResolverChannel(*take_over_stdio())
    with captured(lambda: None):
        channel.listen(end_process_group)
        try:
            text = kept_text(StateFolder(given.project / ".wfc").definitions, given.project)
            project = load_project(given.project, text)
        except ProjectInvalid as error:
            print(error, file=sys.stderr, flush=True)
            return 2
        serve(project, channel)
    return 0


if __name__ == "__main__":
    sys.exit(main())
