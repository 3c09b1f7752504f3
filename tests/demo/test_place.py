"""A demo's folder is its own, goes with it, and is swept when it could not be removed."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from console.demo import place


def test_the_folder_is_there_during_the_demo_and_gone_after_it(tmp_path: Path) -> None:
    with place.demo_folder(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "shop").mkdir()
        (folder / "shop" / "file").write_text("x")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_goes_also_when_the_demo_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), place.demo_folder(tmp_path):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_demo_left_is_swept_and_a_living_one_is_left_alone(tmp_path: Path) -> None:
    hold = "import sys; from pathlib import Path; from console.demo.place import demo_folder\n"
    hold += "with demo_folder(Path(sys.argv[1])) as folder: print(folder, flush=True); input()"
    killed, living = (
        subprocess.Popen(
            [sys.executable, "-c", hold, str(tmp_path)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    )
    try:
        assert killed.stdout is not None and living.stdout is not None
        left, held = Path(killed.stdout.readline().strip()), Path(living.stdout.readline().strip())
        killed.kill()
        killed.wait(timeout=10)
        assert left.exists()
        assert place.sweep(tmp_path) == [left]
        assert not left.exists()
        assert held.exists()
    finally:
        for process in (killed, living):
            process.kill()
            process.communicate(timeout=10)


def test_a_folder_that_may_just_be_getting_its_lock_is_left_for_a_minute(tmp_path: Path) -> None:
    young = tmp_path / f".wfc-demo-{os.getuid()}-young"
    old = tmp_path / f".wfc-demo-{os.getuid()}-old"
    half_removed = tmp_path / f"wfc-demo-{os.getuid()}-half"
    other = tmp_path / "wfc-demo-other"
    for folder in (young, old, half_removed, other):
        folder.mkdir()
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    assert place.sweep(tmp_path) == [old, half_removed]
    assert young.exists() and other.exists()


def test_demos_that_start_at_once_do_not_sweep_each_other(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from console.demo.place import demo_folder, sweep
parent = Path(sys.argv[1])
for _ in range(50):
    with demo_folder(parent) as folder:
        sweep(parent)
        assert folder.exists()
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    running = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(3)]
    assert [process.wait(timeout=30) for process in running] == [0, 0, 0]


def test_the_copied_shop_sends_its_mail_where_the_demo_says(tmp_path: Path) -> None:
    shop = place.copy_shop(tmp_path, "127.0.0.1:4711")
    project = tomllib.loads((shop / "wfc.toml").read_text())
    assert project["env"]["SMTP_SERVER"] == "127.0.0.1:4711"
    assert (shop / "workflows" / "jobs" / "charge_card.py").exists()
    assert not list(shop.glob("shop.db*")) and not (shop / ".wfc").exists()


def test_a_shop_installed_read_only_is_copied_to_be_written_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "installed" / "shop"
    (installed / "workflows").mkdir(parents=True)
    (installed / "wfc.toml").write_text('SMTP_SERVER = "x"\n')
    for path in (installed / "wfc.toml", installed / "workflows", installed):
        path.chmod(0o500 if path.is_dir() else 0o400)
    monkeypatch.setattr(place, "resource", lambda name: installed.parent)
    shop = place.copy_shop(tmp_path, "127.0.0.1:4711")
    assert "4711" in (shop / "wfc.toml").read_text()
    for path in (shop, shop / "workflows", shop / "wfc.toml"):
        assert path.stat().st_mode & 0o200
    for path in (installed, installed / "workflows"):
        path.chmod(0o700)
