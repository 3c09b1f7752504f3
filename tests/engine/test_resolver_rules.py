"""The rules for resolvers, each broken once, told with file and line beside all others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.engine.project import ProjectInvalid, load_project
from console.engine.project_import import deactivate

HEAD = "from console.workflow import create_resolver, create_workflow, create_workflow_job\n"
GOOD = HEAD + '@create_resolver(name="count", operation="query")\ndef default() -> int: ...\n'
TOML = '[project]\nname = "shop"\n[machine_users.ops-bot]\n'


@pytest.fixture(autouse=True)
def nothing_stays_loaded() -> Iterator[None]:
    """Let go of the project a test has read."""
    yield
    deactivate()


def project(root: Path, files: dict[str, str], toml: str = TOML) -> Path:
    for name, text in {"wfc.toml": toml, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def told(root: Path) -> list[str]:
    with pytest.raises(ProjectInvalid) as invalid:
        load_project(root)
    return [str(problem).replace(f"{root}/", "") for problem in invalid.value.problems]


def test_the_resolvers_of_a_project_are_read_beside_its_workflows(tmp_path: Path) -> None:
    files = {
        "resolvers/stock/count.py": GOOD,
        "resolvers/change.py": HEAD
        + "from .stock.count import default as other\n"
        + 'default = create_resolver(name="change", operation="mutation", auth_invoker="ops-bot",'
        + " body=lambda: True)\n"
        + 'default.body.__annotations__["return"] = bool\n',
        "resolvers/test_change.py": "1 / 0\n",
    }
    with pytest.raises(ProjectInvalid, match=r"change\.py:3: resolver 'change': result"):
        load_project(project(tmp_path / "late", files))
    files["resolvers/change.py"] = GOOD.replace("count", "change").replace("query", "mutation")
    loaded = load_project(project(tmp_path / "good", files))
    assert sorted(loaded.resolvers) == ["change", "count"]
    assert loaded.schema == "type Query {\n  count: Int!\n}\n\ntype Mutation {\n  change: Int!\n}\n"
    assert loaded.workflows == loaded.jobs == {}


def test_the_patterns_say_where_resolvers_are(tmp_path: Path) -> None:
    toml = TOML.replace('"shop"\n', '"shop"\nresolvers = ["api/*.py"]\n')
    files = {"api/count.py": GOOD, "resolvers/other.py": "1 / 0\n"}
    assert list(load_project(project(tmp_path, files, toml)).resolvers) == ["count"]


BROKEN: dict[str, tuple[dict[str, str], list[str]]] = {
    "not the default": (
        {"resolvers/a.py": GOOD.replace("def default", "def count")},
        [r"a\.py:2: resolver 'count' is not the file's default; add the line `default = count`"],
    ),
    "no name at all": (
        {"resolvers/a.py": GOOD.replace("def default", "def _") + "del _\n"},
        [r"a\.py:2: .* add the line `default = create_resolver\(name='count', …\)`"],
    ),
    "two in a file": (
        {"resolvers/a.py": GOOD + GOOD.replace("count", "more").replace(" default", " more")},
        [r"a\.py:5: resolver 'more' is the second one in this file, after 'count' in line 2; move"],
    ),
    "beside a workflow": (
        {
            "resolvers/a.py": HEAD
            + '@create_workflow_job(name="main-job")\ndef main_job() -> None: ...\n'
            + 'flow = create_workflow(name="the-flow", main_job=main_job)\n'
            + GOOD
        },
        [r"a\.py:6: resolver 'count' is the second one in this file, after 'the-flow' in line 4"],
    ),
    "two of one name": (
        {"resolvers/a.py": GOOD, "resolvers/b.py": GOOD.replace("query", "mutation")},
        [r"b\.py:2: resolver name 'count' is taken by .*a\.py:2; give one of them another name"],
    ),
    "a name of no kind": (
        {"resolvers/a.py": GOOD.replace('"count"', '"count-all"')},
        [r"a\.py:2: resolver name 'count-all' is no name in GraphQL"],
    ),
    "operation": (
        {"resolvers/a.py": GOOD.replace('"query"', '"read"')},
        [r"a\.py:2: operation of resolver 'count' is 'read'; write \"query\" or \"mutation\""],
    ),
    "operation missing": (
        {"resolvers/a.py": GOOD.replace(', operation="query"', "")},
        [r"a\.py:2: TypeError: create_resolver\(\) missing .*'operation'"],
    ),
    "machine user": (
        {"resolvers/a.py": GOOD.replace('"query"', '"query", auth_invoker="ops"')},
        [r"a\.py:2: resolver 'count': there is no machine user 'ops'; write \[machine_us"],
    ),
    "types": (
        {
            "resolvers/a.py": GOOD.replace("int", "dict"),
            "resolvers/b.py": GOOD.replace("count", "b").replace("()", "(input: Missing)"),
            "resolvers/c.py": GOOD.replace("count", "c").replace(" -> int", ""),
        },
        [
            r"a\.py:2: resolver 'count': result: GraphQL has no type for a dict",
            r"b\.py:3: NameError: name 'Missing' is not defined",
            r"c\.py:2: resolver 'c': result: GraphQL needs a type: return something, and annotate",
        ],
    ),
    "a file that is not read": (
        {"resolvers/a.py": "from lib.count import default\n", "lib/count.py": GOOD},
        [r"lib/count\.py:2: resolver 'count': add \"lib/count\.py\" to resolvers in wfc\.toml"],
    ),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told_with_file_line_and_what_to_write(rule: str, tmp_path: Path) -> None:
    files, expected = BROKEN[rule]
    found = told(project(tmp_path, files))
    assert len(found) == len(expected), found
    for line, pattern in zip(found, expected, strict=True):
        assert re.search(pattern, line), line
        assert "\n" not in line
