"""The table that is printed at the end."""

import pytest

ROWS = pytest.StashKey()


def pytest_configure(config):
    config.stash[ROWS] = []


@pytest.fixture(scope="session")
def rows(request):
    return request.config.stash[ROWS]


def pytest_terminal_summary(terminalreporter, config):
    terminalreporter.section("faults")
    for row in config.stash[ROWS]:
        terminalreporter.write_line(row)
