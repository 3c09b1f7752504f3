"""`wfc.toml`: what it gives, and the words for each mistake in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from console.engine.project import (
    ProjectFile,
    ProjectInvalid,
    find_project,
    load_project,
    read_project_file,
)

FULL = """\
[project]
name = "shop"
files = ["flows/**/*.py", "more.py"]
ignores = ["**/old_*.py"]
[env]
REGION = "eu"
[machine_users.manager-machine-user]
databases = { tailordb = "rw", audit = "ro" }
[machine_users.guest]
[databases.tailordb]
url = "sqlite:///data/shop.db"
[databases.audit]
url = "postgresql://audit@db.example.com/audit"
[databases.elsewhere]
url = "sqlite:////var/lib/x.db"
[server]
workers = 4
resolver_seconds = 60
resolver_processes = 3
listen = "127.0.0.1:8787"
token_file = "secret/token"
[retention]
days = 7
"""


def write(folder: Path, text: str) -> Path:
    """Write a project file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "wfc.toml").write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path, text: str) -> list[tuple[int, str]]:
    """Give line and message of what is wrong with a project file."""
    with pytest.raises(ProjectInvalid) as invalid:
        read_project_file(write(folder, text))
    for problem in invalid.value.problems:
        assert problem.file == folder / "wfc.toml"
        assert "\n" not in problem.message
    return [(problem.line, problem.message) for problem in invalid.value.problems]


def test_everything_it_says_is_read_and_paths_are_absolute(tmp_path: Path) -> None:
    root = write(tmp_path / "a shop", FULL)
    assert read_project_file(root) == ProjectFile(
        root=root,
        name="shop",
        patterns=("flows/**/*.py", "more.py"),
        ignores=("**/old_*.py",),
        env={"REGION": "eu"},
        machine_users={
            "manager-machine-user": {"tailordb": "rw", "audit": "ro"},
            "guest": {},
        },
        databases={
            "tailordb": f"sqlite:///{str(root).replace(' ', '%20')}/data/shop.db",
            "audit": "postgresql://audit@db.example.com/audit",
            "elsewhere": "sqlite:////var/lib/x.db",
        },
        workers=4,
        resolver_seconds=60,
        resolver_processes=3,
        listen="127.0.0.1:8787",
        token_file=root / "secret/token",
        retention_days=7,
    )


def test_a_name_is_enough(tmp_path: Path) -> None:
    settings = read_project_file(write(tmp_path, '[project]\nname = "shop"\n'))
    assert settings.patterns == ("workflows/**/*.py",)
    assert (settings.workers, settings.listen, settings.retention_days) == (2, None, 30)
    assert settings.databases == settings.machine_users == settings.env == {}


SHOP = '[project]\nname = "shop"\n'
DB = '[databases.tailordb]\nurl = "sqlite:///x.db"\n'
READER = SHOP + "[machine_users.reader]\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[project]\n", 1, "the key 'project.name' is missing"),
        ("", 0, "the key 'project' is missing"),
        ("[project]\nname = 7\n", 2, "project.name = 7"),
        ('[project]\nname = "x"\n', 2, "3 to 30"),
        (f'[project]\nname = "{"x" * 31}"\n', 2, "3 to 30"),
        ('[project]\nname = "Shop"\n', 2, "lower-case"),
        (SHOP + 'file = ["x"]\n', 3, "unknown key 'file' in [project]; did you mean 'files'?"),
        ('[project]\nname = "shop"\nfiles = []\n', 3, "project.files = []"),
        ('[project]\nname = "shop"\nfiles = "x"\n', 3, "project.files = 'x'"),
        ('[project]\nname = "shop"\nfiles = ["../x.py"]\n', 3, "must stay inside the project"),
        ('[project]\nname = "shop"\nfiles = ["/x.py"]\n', 3, "must stay inside the project"),
        (SHOP + "[projects]\n", 3, "'projects' at the top level; did you mean 'project'?"),
        (SHOP + "[sever]\nworkers = 1\n", 3, "did you mean 'server'?"),
        (SHOP + "[server]\nworkres = 1\n", 4, "in [server]; did you mean 'workers'?"),
        (SHOP + "[server]\nworkers = 0\n", 4, "server.workers = 0"),
        (SHOP + "[server]\nworkers = true\n", 4, "server.workers = True"),
        (SHOP + '[server]\nworkers = "2"\n', 4, "server.workers = '2'"),
        (SHOP + "[server]\nresolver_seconds = 0\n", 4, "server.resolver_seconds = 0"),
        (SHOP + "[server]\nresolver_processes = 33\n", 4, "server.resolver_processes = 33"),
        (SHOP + '[server]\nlisten = "8787"\n', 4, 'is not "host:port"'),
        (SHOP + '[server]\nlisten = "localhost:99999"\n', 4, 'is not "host:port"'),
        (SHOP + "[retention]\ndays = 0\n", 4, "retention.days = 0"),
        (SHOP + "[env]\nPORT = 8080\n", 4, "env.PORT = 8080: input should be a valid string"),
        (SHOP + "[machine_users.Bad_User]\n", 3, "machine user name 'Bad_User'"),
        (READER + 'roles = ["x"]\n', 4, "unknown key 'roles'"),
        (READER + 'databases = { tailordb = "w" }\n' + DB, 4, "'ro'"),
        (READER + 'databases = { tailord = "ro" }\n' + DB, 4, "did you mean 'tailordb'?"),
        (SHOP + '[databases.db]\nurl = "mysql://x"\n', 4, "url begins with 'mysql'"),
        (SHOP + '[databases.db]\nurl = "sqlite://"\n', 4, "must name a file"),
        (SHOP + '[databases.db]\nurl = "shop.db"\n', 4, "write \"sqlite:///shop.db\""),
        (SHOP + '[databases.db]\nuri = "sqlite:///x.db"\n', 4, "did you mean 'url'?"),
        (SHOP + "[databases.db]\n", 3, "the key 'databases.db.url' is missing"),
        (SHOP + "name = 'twice'\n", 3, "not TOML"),
        (SHOP + "[server\n", 3, "not TOML"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line_and_what_to_write(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    found = problems(tmp_path, text)
    assert any(number == line and words in message for number, message in found), found


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = '[project]\nname = "shop"\nfile = []\n[server]\nworkers = 0\nlistn = "x"\n[env]\nA = 1\n'
    assert [line for line, _ in problems(tmp_path, text)] == [3, 5, 6, 8]


def test_no_file_and_an_unreadable_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectInvalid, match=r"there is no wfc\.toml here; write one"):
        read_project_file(tmp_path)
    with pytest.raises(ProjectInvalid, match=r"there is no wfc\.toml here"):
        read_project_file(tmp_path / "no" / "such")
    (tmp_path / "wfc.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProjectInvalid, match="cannot be read"):
        read_project_file(tmp_path)
    (tmp_path / "wfc.toml").unlink()
    (tmp_path / "wfc.toml").mkdir()
    with pytest.raises(ProjectInvalid, match="cannot be read"):
        read_project_file(tmp_path)


def test_mistakes_in_the_file_and_in_the_code_are_told_together(tmp_path: Path) -> None:
    write(tmp_path, '[project]\nname = "shop"\nfiles = ["flows/*.py"]\n[server]\nworkers = 0\n')
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "order.py").write_text("import no_such_module\n")
    with pytest.raises(ProjectInvalid) as invalid:
        load_project(tmp_path)
    assert [problem.file.name for problem in invalid.value.problems] == ["order.py", "wfc.toml"]


def test_the_nearest_project_above_is_found(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_project(deep) == tmp_path
    assert find_project(tmp_path) == tmp_path
    write(tmp_path / "a", SHOP)
    assert find_project(deep) == tmp_path / "a"
    (tmp_path / "wfc.toml").unlink()
    assert find_project(tmp_path) is None


@pytest.mark.parametrize(
    ("name", "invoker", "outcome"),
    [
        ("tailordb", "manager-machine-user", "rw"),
        ("audit", "manager-machine-user", "ro"),
        ("tailordb", "guest", PermissionError),
        ("tailordb", "nobody-known", PermissionError),
        ("tailordb", None, PermissionError),
        ("tailor", "manager-machine-user", LookupError),
    ],
)
def test_a_machine_user_gets_what_it_is_granted_and_no_more(
    tmp_path: Path, name: str, invoker: str | None, outcome: str | type[Exception]
) -> None:
    settings = read_project_file(write(tmp_path, FULL))
    if isinstance(outcome, str):
        assert settings.database(name, invoker) == (settings.databases[name], outcome)
    else:
        with pytest.raises(outcome, match=name):
            settings.database(name, invoker)


def test_reading_the_project_file_runs_nobodys_code(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "order.py").write_text("raise SystemExit('imported')\n")
    program = (
        "import sys; from pathlib import Path; from console.engine.project import *;"
        f"print(read_project_file(Path({str(tmp_path)!r})).name, 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("shop False", 0), done.stderr
