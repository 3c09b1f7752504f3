"""Which backend is meant: every rank against the one below it, and how careful to be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.config.flags import Flags
from console.config.load import UserConfig, load_config
from console.config.mistakes import ConfigError, NothingChosen, NoToken
from console.config.target import PLATFORM_URL, Settled, resolve_target, settle_target

SPACE = "0193f3a0-0000-7000-8000-000000000001"
OTHER = "0193f3a0-0000-7000-8000-000000000002"
CONFIG = f"""
profile = "prod"
[profiles.prod]
kind = "tailor"
workspace = "{SPACE}"
token_env = "PROD_TOKEN"
[profiles.dev]
url = "http://127.0.0.1:8787/base/"
[profiles.far]
url = "https://far.example"
protected = false
read_only = true
[profiles.loose]
workspace = "{SPACE}"
protected = false
[profiles.shop]
project = "shop"
[profiles.gone]
project = "/nowhere"
"""
TOKEN = {"PROD_TOKEN": "secret"}


@pytest.fixture
def config(home: Path) -> UserConfig:
    """The person's config, with a project beside it."""
    folder = home / "config" / "wfc"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "wfc.toml").write_text('[project]\nname = "the-shop"\n')
    (folder / "config.toml").write_text(CONFIG)
    return load_config({"XDG_CONFIG_HOME": str(home / "config"), "HOME": str(home)})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder in a project."""
    (tmp_path / "wfc.toml").write_text('[project]\nname = "bakery"\n')
    (tmp_path / "workflows").mkdir()
    return tmp_path / "workflows"


NONE = Flags()


@pytest.mark.parametrize(
    ("flags", "env", "is_in_project", "label"),
    [
        (Flags(url="http://a", profile="dev"), {"WFC_URL": "http://b"}, True, "a"),
        (Flags(profile="dev"), {"WFC_URL": "http://b", "WFC_PROFILE": "far"}, True, "dev"),
        (NONE, {"WFC_URL": "http://b:81", "WFC_PROFILE": "far"}, True, "b:81"),
        (NONE, {"WFC_PROFILE": "far"}, True, "far"),
        (NONE, {"WFC_URL": "", "WFC_PROFILE": ""}, True, "bakery"),
        (NONE, TOKEN, False, "prod"),
    ],
)
def test_the_highest_rank_says_which_backend(
    config: UserConfig,
    project: Path,
    flags: Flags,
    env: dict[str, str],
    is_in_project: bool,
    label: str,
) -> None:
    place = project if is_in_project else Path("/")
    assert resolve_target(flags, env, place, config).label == label


def test_with_nothing_at_all_nothing_is_chosen(tmp_path: Path) -> None:
    with pytest.raises(NothingChosen):
        resolve_target(NONE, {}, tmp_path, UserConfig(tmp_path / "config.toml"))


def test_a_project_is_on_this_machine_and_needs_no_token(config: UserConfig, project: Path) -> None:
    target = resolve_target(NONE, {"WFC_TOKEN": "t", "TAILOR_PLATFORM_TOKEN": "t"}, project, config)
    assert (target.kind, target.project, target.url) == ("project", project.parent, "")
    assert (target.token, target.workspace_id) == ("", "")
    assert (target.is_protected, target.is_read_only) == (False, False)


@pytest.mark.parametrize("text", ["", "not toml [", "[project]\nname = 7", "project = 1"])
def test_a_project_without_a_readable_name_is_called_by_its_folder(
    tmp_path: Path, config: UserConfig, text: str
) -> None:
    folder = tmp_path / "corner-shop"
    folder.mkdir()
    (folder / "wfc.toml").write_text(text)
    assert resolve_target(NONE, {}, folder, config).label == "corner-shop"


def test_a_profile_can_name_a_project_beside_the_config(config: UserConfig) -> None:
    target = resolve_target(Flags(profile="shop"), {}, Path("/"), config)
    assert (target.kind, target.label) == ("project", "shop")
    assert target.project == config.file.parent / "shop"
    with pytest.raises(ConfigError, match=r"profiles\.gone\.project: there is no wfc\.toml in"):
        resolve_target(Flags(profile="gone"), {}, Path("/"), config)


@pytest.mark.parametrize(
    ("url", "kind", "address", "socket", "label", "is_protected"),
    [
        ("http://127.0.0.1:87/x/?q#f", "url", "http://127.0.0.1:87/x", None, "127.0.0.1:87", False),
        ("http://localhost", "url", "http://localhost", None, "localhost", False),
        ("http://[::1]:9", "url", "http://[::1]:9", None, "[::1]:9", False),
        ("http://127.0.0.1.com", "url", "http://127.0.0.1.com", None, "127.0.0.1.com", True),
        ("http://10.0.0.7", "url", "http://10.0.0.7", None, "10.0.0.7", True),
        ("https://far.example", "url", "https://far.example", None, "far.example", True),
        ("unix:/run/x.sock", "url", "http://wfc.localhost", "/run/x.sock", "x.sock", False),
        ("unix:///run/x.sock", "url", "http://wfc.localhost", "/run/x.sock", "x.sock", False),
        (f"{PLATFORM_URL}/", "tailor", PLATFORM_URL, None, "api.tailor.tech", True),
    ],
)  # fmt: skip
def test_an_address_says_what_it_is_and_what_is_far_is_protected(
    config: UserConfig,
    url: str,
    kind: str,
    address: str,
    socket: str | None,
    label: str,
    is_protected: bool,
) -> None:
    target = resolve_target(Flags(url=url), {}, Path("/"), config)
    assert (target.kind, target.url, target.label) == (kind, address, label)
    assert target.socket == (Path(socket) if socket else None)
    assert target.is_protected is is_protected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("localhost:8787", "did you mean http://localhost:8787?"),
        ("ftp://x", "'ftp://x' is not an address"),
        ("http://", "'http://' is not an address"),
        ("http://x:99999", "port out of range"),
        ("http://u:p@x", "the address holds a user name; give the token by WFC_TOKEN"),
        ("unix:relative", "'unix:relative' needs an absolute path"),
    ],
)
def test_what_is_no_address_says_who_gave_it(config: UserConfig, url: str, words: str) -> None:
    for flags, env, origin in ((Flags(url=url), {}, "--url"), (NONE, {"WFC_URL": url}, "WFC_URL")):
        with pytest.raises(ConfigError) as caught:
            resolve_target(flags, env, Path("/"), config)
        assert str(caught.value).startswith(f"{origin}: ")
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("profile", "is_protected", "is_read_only"),
    [("prod", True, False), ("dev", False, False), ("far", False, True), ("loose", False, False)],
)
def test_a_profile_says_how_careful_to_be(
    config: UserConfig, profile: str, is_protected: bool, is_read_only: bool
) -> None:
    target = resolve_target(Flags(profile=profile), TOKEN, Path("/"), config)
    assert (target.is_protected, target.is_read_only) == (is_protected, is_read_only)
    target = resolve_target(Flags(profile=profile, read_only=True), TOKEN, Path("/"), config)
    assert target.is_read_only


PLATFORM = {"TAILOR_PLATFORM_TOKEN": "platform", "TAILOR_PLATFORM_WORKSPACE_ID": OTHER}


@pytest.mark.parametrize(
    ("flags", "env", "token"),
    [
        (Flags(profile="prod", token="flag"), TOKEN | {"WFC_TOKEN": "mine!"}, "flag"),
        (Flags(profile="prod"), TOKEN | {"WFC_TOKEN": "mine!"} | PLATFORM, "secret"),
        (NONE, TOKEN | {"WFC_PROFILE": "prod", "WFC_TOKEN": "mine!"} | PLATFORM, "mine!"),
        (NONE, TOKEN | {"WFC_PROFILE": "prod"} | PLATFORM, "secret"),
        (NONE, TOKEN | PLATFORM, "platform"),
        (NONE, TOKEN, "secret"),
        (NONE, {"WFC_TOKEN": "mine!"}, "mine!"),
        (Flags(profile="loose"), PLATFORM, "platform"),
        (Flags(url="https://api.tailor.tech"), PLATFORM, "platform"),
        (Flags(url="https://p"), PLATFORM | {"PLATFORM_URL": "https://p"}, "platform"),
        (Flags(url="https://far.example"), PLATFORM, ""),
        (Flags(profile="far"), PLATFORM, ""),
        (Flags(profile="far"), PLATFORM | {"WFC_TOKEN": "mine!"}, "mine!"),
    ],
)  # fmt: skip
def test_the_token_of_the_highest_rank_holds_and_the_platforms_goes_nowhere_else(
    config: UserConfig, flags: Flags, env: dict[str, str], token: str
) -> None:
    target = resolve_target(flags, env, Path("/"), config)
    assert target.token == token
    assert not token or token not in repr(target)


@pytest.mark.parametrize(
    ("flags", "env"),
    [(NONE, {}), (Flags(profile="prod"), {"WFC_TOKEN": "mine!"}), (NONE, {"PROD_TOKEN": ""})],
)
def test_a_variable_for_the_token_that_is_not_set_is_named(
    config: UserConfig, flags: Flags, env: dict[str, str]
) -> None:
    with pytest.raises(NoToken) as caught:
        resolve_target(flags, env, Path("/"), config)
    assert str(caught.value) == (
        f"{config.file}:6: profiles.prod.token_env: the variable PROD_TOKEN is not set; "
        "it must hold the token"
    )


@pytest.mark.parametrize(
    ("flags", "env", "workspace"),
    [
        (Flags(profile="prod", workspace=OTHER), TOKEN, OTHER),
        (Flags(profile="prod"), TOKEN | PLATFORM, SPACE),
        (NONE, TOKEN | PLATFORM | {"WFC_PROFILE": "prod"}, SPACE),
        (NONE, TOKEN | PLATFORM, OTHER),
        (NONE, TOKEN, SPACE),
        (Flags(url="https://api.tailor.tech"), PLATFORM, OTHER),
        (Flags(url="https://far.example"), PLATFORM, ""),
        (Flags(url="http://127.0.0.1", workspace=SPACE.upper()), {}, SPACE),
    ],
)
def test_the_workspace_of_the_highest_rank_holds(
    config: UserConfig, flags: Flags, env: dict[str, str], workspace: str
) -> None:
    assert resolve_target(flags, env, Path("/"), config).workspace_id == workspace


@pytest.mark.parametrize(
    ("flags", "env", "origin"),
    [
        (Flags(profile="prod", workspace="7"), {}, "--workspace"),
        (NONE, {"TAILOR_PLATFORM_WORKSPACE_ID": "7"}, "TAILOR_PLATFORM_WORKSPACE_ID"),
    ],
)
def test_a_workspace_that_is_no_uuid_says_who_gave_it(
    config: UserConfig, flags: Flags, env: dict[str, str], origin: str
) -> None:
    with pytest.raises(ConfigError, match=f"{origin}: '7' is not a UUID"):
        resolve_target(flags, TOKEN | env, Path("/"), config)


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({}, "https://api.tailor.tech"),
        ({"PLATFORM_URL": "https://b"}, "https://b"),
        ({"PLATFORM_URL": "https://b", "TAILOR_PLATFORM_URL": "https://a/"}, "https://a"),
    ],
)
def test_the_platform_is_where_its_variables_say(
    config: UserConfig, env: dict[str, str], url: str
) -> None:
    assert resolve_target(NONE, TOKEN | env, Path("/"), config).url == url


def test_leave_to_be_careless_holds_for_the_profiles_own_place_only(config: UserConfig) -> None:
    flags = Flags(profile="loose", workspace=OTHER)
    settled = settle_target(flags, {}, Path("/"), config)
    assert settled.target.is_protected
    assert settled.notes == ("workspace is from --workspace, not from profile 'loose'",)
    same = settle_target(Flags(profile="loose", workspace=SPACE), {}, Path("/"), config)
    assert not same.target.is_protected
    assert same.notes == ()
    other_token = Flags(profile="loose", token="t")
    assert not settle_target(other_token, {}, Path("/"), config).target.is_protected


def test_a_wrong_profile_says_the_nearest_and_who_asked_for_it(config: UserConfig) -> None:
    with pytest.raises(ConfigError, match="--profile: there is no profile 'prd'; did you mean"):
        resolve_target(Flags(profile="prd"), {}, Path("/"), config)
    with pytest.raises(ConfigError, match="WFC_PROFILE: there is no profile 'x'; valid: dev, far"):
        resolve_target(NONE, {"WFC_PROFILE": "x"}, Path("/"), config)


def origins(settled: Settled) -> dict[str, tuple[object, str]]:
    """Give value and origin by key."""
    return {one.key: (one.value, one.origin) for one in settled.settings}


def test_each_value_says_where_it_came_from(config: UserConfig, project: Path) -> None:
    file = config.file
    env = TOKEN | {"TAILOR_PLATFORM_URL": "https://p"}
    assert origins(settle_target(NONE, env, Path("/"), config)) == {
        "profile": ("prod", f"{file}:2"),
        "kind": ("tailor", f"{file}:4"),
        "url": ("https://p", "TAILOR_PLATFORM_URL"),
        "token": ("set", "PROD_TOKEN"),
        "workspace": (SPACE, f"{file}:5"),
        "protected": (True, "default"),
        "read_only": (False, "default"),
    }
    found = origins(settle_target(Flags(profile="loose"), {}, Path("/"), config))
    assert found["token"] == ("not set", "default: the platform's own sign-in")
    found = origins(settle_target(Flags(read_only=True), {}, project, config))
    assert found["project"] == (str(project.parent), str(project.parent / "wfc.toml"))
    assert found["read_only"] == (True, "--read-only")
