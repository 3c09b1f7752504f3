"""The settings that the documents show are taken by those who read them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from console.commands.catalogue import CATALOGUE
from console.commands.keymap import build_keymap
from console.config.load import load_keys
from console.config.schema import check
from console.engine.project_file import examine_project_file
from console.ui.themes import load_themes

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```toml\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(document: str) -> dict[str, str]:
    """Give the TOML blocks of a document by the file each one names first."""
    return dict(BLOCK.findall((ROOT / "docs" / document).read_text(encoding="utf-8")))


def test_the_documented_profiles_and_looks_have_no_mistake() -> None:
    text = blocks("console.md")["config.toml"]
    assert check(tomllib.loads(text), file=Path("config.toml"), text=text) == ()


def test_the_documented_keys_are_those_of_commands(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text(blocks("console.md")["keys.toml"], encoding="utf-8")
    keys, mistakes = load_keys({"WFC_CONFIG": str(tmp_path / "config.toml")})
    assert mistakes == ()
    assert keys.keys() <= {command.id for command in CATALOGUE}
    assert len(keys) == 3
    keymap, notes = build_keymap(keys)
    assert notes == (), "no clash, and nothing that is refused"
    assert keymap.keys("list.next-failure") == ("m",)
    assert (keymap.keys("nav.back"), keymap.keys("execution.cancel")) == (("q", "backspace"), ())


def test_the_documented_theme_is_one(tmp_path: Path) -> None:
    (tmp_path / "harbour.toml").write_text(
        blocks("console.md")["themes/harbour.toml"], encoding="utf-8"
    )
    shelf = load_themes([tmp_path, ROOT / "themes"])
    assert shelf.notes == ()
    assert "harbour" in shelf.themes


def test_the_documents_name_every_theme_there_is() -> None:
    text = (ROOT / "docs" / "console.md").read_text(encoding="utf-8")
    missing = [path.stem for path in (ROOT / "themes").glob("*.toml") if path.stem not in text]
    assert missing == []


@pytest.mark.parametrize("document", ["server.md"])
def test_the_documented_project_file_is_one(document: str, tmp_path: Path) -> None:
    text = blocks(document)["wfc.toml"]
    _, problems = examine_project_file(tmp_path, text)
    assert problems == []
