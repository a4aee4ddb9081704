"""Fixtures: the records are made once, and decided once."""

import pytest

import engine
import samples


def pytest_report_header():
    return f"sigma: {engine.SIGMA}"


@pytest.fixture(scope="session", autouse=True)
def sigma_is_built():
    assert engine.SIGMA.exists(), f"no {engine.SIGMA}: run make"


@pytest.fixture(scope="session")
def named_records():
    """Pairs of a name and a record."""
    return [*samples.project_records(), *samples.generated(samples.FILES)]


@pytest.fixture(scope="session")
def records(named_records):
    return [record for _, record in named_records]


@pytest.fixture(scope="session")
def decided(records, tmp_path_factory):
    """What the engine says of the rules of rules/ and these records."""
    return engine.hits([samples.FOLDER], records, tmp_path_factory.mktemp("decided"))
