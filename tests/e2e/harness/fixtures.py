"""Fixtures of every folder: certificates are made once, and no output holds a secret."""

import pytest

from harness import leaks
from harness.certificates import Authority


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
