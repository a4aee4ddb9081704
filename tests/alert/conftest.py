"""What the tests of this folder need."""

import pytest

import renderer


def pytest_report_header():
    return f"sigma: {renderer.SIGMA}"


@pytest.fixture(scope="session", autouse=True)
def sigma_is_built():
    assert renderer.SIGMA.exists(), f"no {renderer.SIGMA}: run make"
