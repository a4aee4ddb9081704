"""Fixtures, and the table that is printed at the end."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from harness import leaks  # noqa: E402
from harness.certificates import Authority  # noqa: E402

ROWS = pytest.StashKey()


def pytest_configure(config):
    config.stash[ROWS] = []


@pytest.fixture(scope="session")
def rows(request):
    return request.config.stash[ROWS]


@pytest.fixture(scope="session", autouse=True)
def no_secret_in_any_output():
    yield
    leaks.check()


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"), "test-ca")


@pytest.fixture(scope="session")
def certificate(authority):
    return authority.issue("sns")


def pytest_terminal_summary(terminalreporter, config):
    terminalreporter.section("faults")
    for row in config.stash[ROWS]:
        terminalreporter.write_line(row)
