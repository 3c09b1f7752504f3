"""Reading a project: every rule for definitions, each broken once, and all told at once."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from console.engine.project import Project, ProjectInvalid, load_project
from console.engine.project_import import ProjectFinder, deactivate
from console.engine.project_patterns import matching_files
from console.workflow import DefinitionError, JobFailed
from console.workflow.job import Job

HEAD = "from console.workflow import create_workflow, create_workflow_job\n"
GOOD = HEAD + dedent(
    """
    @create_workflow_job(name="main-job")
    async def main_job() -> int:
        return 1

    the_workflow = create_workflow(name="the-workflow", main_job=main_job)
    default = the_workflow
    """
)


@pytest.fixture(autouse=True)
def nothing_stays_loaded():  # type: ignore[no-untyped-def]
    """Let go of the project a test has read."""
    yield
    deactivate()
    assert not [finder for finder in sys.meta_path if isinstance(finder, ProjectFinder)]
    assert "workflows" not in sys.modules


def project(root: Path, files: dict[str, str], toml: str = "") -> Path:
    """Write a project of some files; their text may be indented."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "wfc.toml").write_text(toml or '[project]\nname = "shop"\n')
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return root


def told(root: Path) -> list[str]:
    """Give what is told of a wrong project, as `file:line: message` from its root."""
    with pytest.raises(ProjectInvalid) as invalid:
        load_project(root)
    return [str(problem).replace(f"{root}/", "") for problem in invalid.value.problems]


def test_a_project_that_keeps_the_rules_is_read(tmp_path: Path) -> None:
    loaded = load_project(project(tmp_path, {"workflows/order.py": GOOD}))
    assert isinstance(loaded, Project)
    assert loaded.root == tmp_path
    assert list(loaded.workflows) == ["the-workflow"]
    assert loaded.workflows["the-workflow"].main_job is loaded.jobs["main-job"]
    assert loaded.files == (tmp_path / "workflows/order.py",)
    assert asyncio.run(loaded.jobs["main-job"].trigger()) == 1


def test_a_project_without_definitions_is_one_all_the_same(tmp_path: Path) -> None:
    loaded = load_project(project(tmp_path, {"workflows/notes.txt": "", "workflows/empty.py": ""}))
    assert loaded.workflows == loaded.jobs == {}


# Each row: a rule, a project that breaks it, and what is told, in order.
BROKEN: dict[str, tuple[dict[str, str], list[str]]] = {
    "default missing": (
        {"workflows/order.py": GOOD.replace("default = the_workflow", "")},
        [
            r"workflows/order\.py:7: workflow 'the-workflow' is not the file's default; "
            r"add the line `default = the_workflow`"
        ],
    ),
    "default missing and no name": (
        {
            "workflows/order.py": GOOD.replace("the_workflow = ", "").replace(
                "default = ", "x = 1 #"
            )
        },
        [r"order\.py:7: .* add the line `default = create_workflow\(name='the-workflow', …\)`"],
    ),
    "default is private": (
        {"workflows/order.py": GOOD.replace("default =", "_default =")},
        [r"order\.py:7: .* add the line `default = the_workflow`"],
    ),
    "default is another thing": (
        {"workflows/order.py": GOOD.replace("default = the_workflow", "default = 7")},
        [r"order\.py:8: `default` is a int; only the file's workflow has that name"],
    ),
    "default is a job": (
        {"workflows/order.py": GOOD.replace("default = the_workflow", "default = main_job")},
        [r"order\.py:8: `default` is a Job"],
    ),
    "default is another file's workflow": (
        {
            "workflows/a.py": GOOD,
            "workflows/b.py": GOOD.replace("the-workflow", "b-workflow")
            .replace("main-job", "b-job")
            .replace("default = the_workflow", "from workflows.a import default"),
        },
        [r"b\.py:7: workflow 'b-workflow' is not what `default` names; add the line `default = "],
    ),
    "two workflows in a file": (
        {
            "workflows/order.py": GOOD
            + 'other = create_workflow(name="other-one", main_job=main_job)\n'
        },
        [
            r"order\.py:9: workflow 'other-one' is the second one in this file, after "
            r"'the-workflow' in line 7; move it to a file of its own"
        ],
    ),
    "private job": (
        {
            "workflows/order.py": GOOD.replace("def main_job", "def _main_job").replace(
                "=main_job", "=_main_job"
            )
        },
        [r"order\.py:3: job 'main-job': the name `_main_job` is private; write `main_job`"],
    ),
    "private triggered job": (
        {
            "workflows/order.py": GOOD
            + '\n@create_workflow_job(name="hidden-job")\ndef _hidden() -> None: ...\n'
        },
        [r"order\.py:10: job 'hidden-job': the name `_hidden` is private; write `hidden`"],
    ),
    "nested job": (
        {
            "workflows/order.py": GOOD
            + '\nJOBS = [create_workflow_job(name="in-a-list", body=lambda: None)]\n'
        },
        [r"order\.py:10: job 'in-a-list': no public name at the top level of its file is this job"],
    ),
    "job replaced by another of the same Python name": (
        {
            "workflows/order.py": GOOD
            + '\n@create_workflow_job(name="first-one")\ndef run() -> None: ...\n'
            + '\n@create_workflow_job(name="second-one")\ndef run() -> None: ...\n'
        },
        [r"order\.py:10: job 'first-one': no public name"],
    ),
    "job in a file that is not read": (
        {
            "workflows/order.py": "import lib.jobs\n" + GOOD,
            "lib/jobs.py": HEAD + 'a = create_workflow_job(name="far-job", body=lambda: None)\n',
        },
        [r'lib/jobs\.py:2: job \'far-job\': its file is not one of the project\'s; add "lib/j'],
    ),
    "two jobs of one name in a file": (
        {
            "workflows/order.py": GOOD
            + '\n@create_workflow_job(name="main-job")\ndef again() -> None: ...\n'
        },
        [r"order\.py:10: job name 'main-job' is taken by .*workflows/order\.py:3; give one"],
    ),
    "two jobs of one name in two files": (
        {
            "workflows/a.py": GOOD,
            "workflows/b.py": HEAD + '@create_workflow_job(name="main-job")\ndef b() -> None: ...',
        },
        [r"b\.py:2: job name 'main-job' is taken by .*workflows/a\.py:3"],
    ),
    "two workflows of one name": (
        {"workflows/a.py": GOOD, "workflows/b.py": GOOD.replace("main-job", "b-job")},
        [r"b\.py:7: workflow name 'the-workflow' is taken by .*workflows/a\.py:7"],
    ),
    "main job missing": (
        {"workflows/order.py": HEAD + 'default = create_workflow(name="the-workflow")\n'},
        [r"order\.py:2: workflow 'the-workflow' has no main job: write main_job="],
    ),
    "main job is no job": (
        {
            "workflows/order.py": GOOD.replace("main_job=main_job", "main_job=print"),
        },
        [r"order\.py:7: main_job of workflow 'the-workflow' is a builtin_function_or_method and"],
    ),
    "names that are none": (
        {"workflows/order.py": GOOD.replace('"main-job"', '"mainJob"').replace("the-w", "The_w")},
        [
            r"order\.py:3: job name 'mainJob' does not match .*; write \"main-job\"",
            r"order\.py:7: workflow name 'The_workflow' does not match .*; write \"the-workflow\"",
        ],
    ),
    "syntax": (
        {"workflows/order.py": GOOD, "workflows/broken.py": "x = 1\ndef (:\n"},
        [r"workflows/broken\.py:2: SyntaxError: invalid syntax"],
    ),
    "import": (
        {"workflows/order.py": "\nimport no_such_module\n" + GOOD},
        [r"order\.py:2: ModuleNotFoundError: No module named 'no_such_module'$"],
    ),
    "exception in a file that others import": (
        {
            "workflows/a.py": "from workflows.models import X\n",
            "workflows/b.py": "from .models import X\n",
            "workflows/models.py": "X = 1\n\nY = {}['key']\n",
        },
        [r"workflows/models\.py:3: KeyError: 'key'$"],
    ),
    "exception after a job": (
        {"workflows/order.py": GOOD + "\n1 / 0\n"},
        [r"order\.py:10: ZeroDivisionError: division by zero$"],
    ),
    "exception after a job in a file that is not read": (
        {
            "workflows/order.py": "import lib.jobs\n",
            "lib/jobs.py": HEAD
            + 'a = create_workflow_job(name="far-job", body=lambda: None)\n1 / 0\n',
        },
        [r"lib/jobs\.py:3: ZeroDivisionError: division by zero$"],
    ),
    "exit while importing": (
        {"workflows/order.py": "import sys\nsys.exit(3)\n"},
        [r"order\.py:2: SystemExit: 3"],
    ),
    "exception of many lines": (
        {"workflows/order.py": "raise ValueError('one\\ntwo')\n"},
        [r"order\.py:1: ValueError: one two$"],
    ),
    "retry policy": (
        {
            "workflows/order.py": HEAD
            + "from console.workflow import RetryPolicy\n"
            + "policy = RetryPolicy(\n    99, '1s', '1s', 1)\n"
        },
        [r"order\.py:3: ValueError: max_retries 99 is not a whole number from 1 to 10"],
    ),
    "unknown annotation": (
        {
            "workflows/order.py": "from __future__ import annotations\n"
            + GOOD.replace("def main_job()", "def main_job(input: Missing)")
        },
        [r"order\.py:4: job 'main-job': name 'Missing' is not defined"],
    ),
    "annotation that is no JSON": (
        {
            "workflows/order.py": "class Thing: ...\n"
            + GOOD.replace("def main_job()", "def main_job(input: Thing)")
        },
        [r"order\.py:4: job 'main-job': an annotation of the body cannot be read from JSON"],
    ),
    "body of odd shape": (
        {"workflows/order.py": GOOD.replace("def main_job()", "def main_job(a, b)")},
        [r"order\.py:3: job 'main-job': a body takes `input` and `context: JobContext`"],
    ),
    "name of a module of Python": (
        {"workflows/order.py": GOOD, "json.py": ""},
        [r"json\.py: the name 'json' is a module of Python; rename it"],
    ),
    "dot in a path": (
        {"workflows/v1.2/order.py": GOOD},
        [r"workflows/v1\.2/order\.py: a dot in the path cannot be imported; rename it"],
    ),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told_with_file_line_and_what_to_write(rule: str, tmp_path: Path) -> None:
    files, expected = BROKEN[rule]
    toml = '[project]\nname = "shop"\nfiles = ["workflows/**/*.py", "*.py"]\n'
    found = told(project(tmp_path, files, toml))
    assert len(found) == len(expected), found
    for line, pattern in zip(found, expected, strict=True):
        assert re.search(pattern, line), line
        assert "\n" not in line


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    files = {
        f"workflows/f{number}.py": text.replace("main-job", f"job-{number}").replace(
            "the-workflow", f"workflow-{number}"
        )
        for number, text in enumerate(
            [
                GOOD,
                GOOD.replace("default = the_workflow", ""),
                GOOD.replace("def main_job", "def _main_job").replace("=main_job", "=_main_job"),
                GOOD.replace("=main_job", "=None"),
                "import no_such_module\n",
                "def :\n",
            ]
        )
    }
    found = told(project(tmp_path, files))
    assert [line.partition(":")[0] for line in found] == [
        f"workflows/f{number}.py" for number in (1, 2, 3, 4, 5)
    ]


def test_importing_the_same_job_elsewhere_is_fine(tmp_path: Path) -> None:
    files = {
        "workflows/jobs/fetch.py": HEAD
        + '@create_workflow_job(name="fetch-it")\nasync def fetch() -> int:\n    return 7\n',
        "workflows/a.py": GOOD + "from workflows.jobs.fetch import fetch\n",
        "workflows/b.py": GOOD.replace("-job", "-job-b").replace("the-w", "b-w")
        + "from .jobs.fetch import fetch as other_name\n_private = other_name\n",
    }
    loaded = load_project(project(tmp_path, files))
    assert list(loaded.jobs) == ["fetch-it", "main-job", "main-job-b"]


def test_a_job_made_by_a_function_is_public_under_the_name_it_is_given(tmp_path: Path) -> None:
    files = {
        "workflows/order.py": GOOD
        + """
def make(name):
    @create_workflow_job(name=name)
    async def body() -> str:
        return name
    return body

first = make("made-first")
second = make("made-second")
"""
    }
    found = told(
        project(
            tmp_path / "twice",
            {"workflows/order.py": files["workflows/order.py"] + "make('x-lost')\n"},
        )
    )
    assert len(found) == 1
    assert "job 'x-lost': no public name" in found[0]
    loaded = load_project(project(tmp_path / "once", files))
    assert list(loaded.jobs) == ["made-first", "made-second", "main-job"]


def test_relative_and_absolute_imports_find_one_and_the_same_file(tmp_path: Path) -> None:
    files = {
        "workflows/models.py": "from console.workflow import CamelModel\n"
        "class Key(CamelModel):\n    customer_id: str\n",
        "workflows/jobs/fetch.py": "from __future__ import annotations\n"
        + HEAD
        + "from ..models import Key\nfrom shared import LIMIT\nimport workflows.models\n"
        + "assert workflows.models.Key is Key\n"
        + '@create_workflow_job(name="fetch-it")\n'
        + "async def fetch(input: Key) -> str:\n    return input.customer_id * LIMIT\n",
        "workflows/order.py": HEAD
        + "from .jobs.fetch import fetch\nfrom .models import Key\n"
        + "from workflows.models import Key as K\nassert Key is K\n"
        + 'default = create_workflow(name="the-workflow", main_job=fetch)\n',
        "shared.py": "LIMIT = 2\n",
    }
    loaded = load_project(project(tmp_path, files))
    assert asyncio.run(loaded.jobs["fetch-it"].trigger({"customerId": "7"})) == "77"
    assert [file.name for file in loaded.files] == ["fetch.py", "models.py", "order.py"]


def test_two_projects_in_one_process_do_not_meet(tmp_path: Path) -> None:
    def files(number: int) -> dict[str, str]:
        return {
            "workflows/models.py": f"NUMBER = {number}\n",
            "workflows/order.py": "from .models import NUMBER\n"
            + GOOD.replace("return 1", "return NUMBER"),
        }

    first = load_project(project(tmp_path / "one", files(1)))
    second = load_project(project(tmp_path / "two", files(2)))
    again = load_project(tmp_path / "one")
    results = [asyncio.run(p.jobs["main-job"].trigger()) for p in (first, second, again)]
    assert results == [1, 2, 1]
    assert sys.path[0] == str(tmp_path / "one")
    assert str(tmp_path / "two") not in sys.path


def test_an_edit_is_seen_when_the_project_is_read_again(tmp_path: Path) -> None:
    root = project(tmp_path, {"workflows/order.py": GOOD})
    before = load_project(root)
    (root / "workflows/order.py").write_text(GOOD.replace("return 1", "return 2"))
    after = load_project(root)
    assert asyncio.run(after.jobs["main-job"].trigger()) == 2
    assert before.sources["main-job"] != after.sources["main-job"]
    assert not list(root.rglob("__pycache__"))


def test_the_hash_of_a_job_changes_with_its_own_lines_only(tmp_path: Path) -> None:
    more = '\n@create_workflow_job(name="more-job")\ndef more() -> None: ...\n'
    root = project(tmp_path, {"workflows/order.py": GOOD + more})
    before = load_project(root).sources
    (root / "workflows/order.py").write_text("# a comment\n" + GOOD + more.replace("...", "pass"))
    after = load_project(root).sources
    assert before["main-job"] == after["main-job"]
    assert before["more-job"] != after["more-job"]


def test_a_projects_folder_wins_over_an_installed_package_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site"
    for name in ("workflows", "tools"):
        (installed / name).mkdir(parents=True)
        (installed / name / "__init__.py").write_text("WHERE = 'installed'\n")
    monkeypatch.syspath_prepend(str(installed))
    import tools  # type: ignore[import-not-found]
    import workflows  # type: ignore[import-not-found]

    assert workflows.WHERE == tools.WHERE == "installed"
    del sys.modules["tools"]
    files = {
        "workflows/models.py": "WHERE = 'project'\n",
        "workflows/order.py": "import tools\nfrom workflows.models import WHERE\n"
        + GOOD.replace("-> int", "-> str").replace("return 1", "return WHERE + tools.WHERE"),
        "tools/notes.txt": "",
    }
    loaded = load_project(project(tmp_path / "shop", files))
    assert asyncio.run(loaded.jobs["main-job"].trigger()) == "projectinstalled"
    deactivate()
    del sys.modules["tools"]


def test_tests_hidden_folders_and_ignored_files_are_not_read(tmp_path: Path) -> None:
    names = ("test_order.py", "order_test.py", "jobs/conftest.py", ".hidden/a.py", ".b.py")
    files = {f"workflows/{name}": "raise AssertionError('read')\n" for name in names}
    assert load_project(project(tmp_path / "a", files)).files == ()
    toml = '[project]\nname = "shop"\nfiles = ["**/*.py"]\nignores = ["old/**", "drafts/*.py"]\n'
    ignored = {"old/deep/x.py": "1/0", "drafts/y.py": "1/0", "z.py": "", ".venv/lib/w.py": "1/0"}
    loaded = load_project(project(tmp_path / "b", ignored, toml))
    assert [file.name for file in loaded.files] == ["z.py"]


def test_a_job_made_while_another_one_runs_is_refused(tmp_path: Path) -> None:
    loaded = load_project(project(tmp_path, {"workflows/order.py": GOOD}))
    loaded.require_job(loaded.jobs["main-job"])
    stranger: Job[None, None] = Job("main-job", lambda: None)
    with pytest.raises(DefinitionError, match=r"test_project\.py:\d+: job 'main-job'"):
        loaded.require_job(stranger)


def test_a_file_imported_under_two_names_is_told(tmp_path: Path) -> None:
    files = {
        "workflows/jobs/fetch.py": HEAD + 'f = create_workflow_job(name="fetch-it", body=int)\n',
        "workflows/order.py": "import sys, os\n"
        "sys.path.insert(1, os.path.join(os.path.dirname(__file__), 'jobs'))\n"
        "try:\n    from fetch import f\nfinally:\n    del sys.path[1]\n" + GOOD,
    }
    files["workflows/jobs/fetch.py"] = (
        HEAD + "def f0() -> None: ...\nf = create_workflow_job(name='fetch-it', body=f0)\n"
    )
    found = told(project(tmp_path, files))
    sys.modules.pop("fetch", None)
    assert len(found) == 1, found
    assert "import it as `workflows.jobs.fetch`" in found[0]


def test_the_lines_a_traceback_shows_are_those_of_the_project(tmp_path: Path) -> None:
    text = GOOD.replace("return 1", "raise LookupError('gone')")
    loaded = load_project(project(tmp_path, {"workflows/order.py": text}))
    with pytest.raises(JobFailed) as failed:
        asyncio.run(loaded.jobs["main-job"].trigger())
    assert f'File "{tmp_path}/workflows/order.py", line 5, in main_job' in failed.value.traceback
    assert "raise LookupError('gone')" in failed.value.traceback


def test_the_example_keeps_every_rule() -> None:
    root = Path(__file__).parents[2] / "examples" / "shop"
    loaded = load_project(root)
    assert "order-processing" in loaded.workflows
    assert {"process-order", "fetch-customer", "send-notification"} <= set(loaded.jobs)


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("workflows/**/*.py", ["workflows/a.py", "workflows/jobs/b.py", "workflows/jobs/x/c.py"]),
        ("workflows/*.py", ["workflows/a.py"]),
        ("**/b.py", ["workflows/jobs/b.py"]),
        ("**/*.py", ["top.py", "workflows/a.py", "workflows/jobs/b.py", "workflows/jobs/x/c.py"]),
        ("*.py", ["top.py"]),
        ("top.py", ["top.py"]),
        ("workflows/jobs/**", ["workflows/jobs/b.py", "workflows/jobs/x/c.py"]),
        ("workflows/?.py", ["workflows/a.py"]),
        ("workflows/jobs/[ab].py", ["workflows/jobs/b.py"]),
        ("workflows/jobs/[!a].py", ["workflows/jobs/b.py"]),
        ("no/such/*.py", []),
        ("../*.py", []),
    ],
)
def test_a_pattern_names_what_a_shell_would(tmp_path: Path, pattern: str, named: list[str]) -> None:
    files = ("top.py", "workflows/a.py", "workflows/jobs/b.py", "workflows/jobs/x/c.py", "n.txt")
    root = project(tmp_path / "p", dict.fromkeys(files, ""))
    (tmp_path / "outside.py").write_text("")
    found = matching_files(root, [pattern], [])
    assert [file.relative_to(root).as_posix() for file in found] == named
    assert matching_files(root, ["**/*.py", pattern], [pattern]) == [
        file for file in matching_files(root, ["**/*.py"], []) if file not in found
    ]
