"""Targets and stages for the tests of the adapter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.stages import OpenStage, fake_stage, real_server, real_stage

STAGES = {
    "platform": fake_stage(console=False, old=False),
    "older": fake_stage(console=False, old=True),
    "ours": fake_stage(console=True, old=False),
}


@pytest.fixture(scope="session")
def server_socket() -> Iterator[Path]:
    """A server of ours that all tests of the contract share."""
    with real_server() as socket:
        yield socket


@pytest.fixture(params=[*STAGES, "real"])
def stage(request: pytest.FixtureRequest) -> OpenStage:
    """A way to open each server the contract is held against."""
    if request.param == "real":
        return real_stage(request.getfixturevalue("server_socket"))
    return STAGES[request.param]


@pytest.fixture(params=["ours", "real"])
def our_stage(request: pytest.FixtureRequest) -> OpenStage:
    """A way to open each server that has the second service."""
    if request.param == "real":
        return real_stage(request.getfixturevalue("server_socket"))
    return STAGES[request.param]


@pytest.fixture(params=["platform", "older"])
def foreign_stage(request: pytest.FixtureRequest) -> OpenStage:
    """A way to open each server that lacks the second service."""
    return STAGES[request.param]
