"""Fixtures: each test gets servers of its own; moto is started once."""

import contextlib

import pytest

from harness.cloud import Cloud
from harness.function import BOOTSTRAP, Function, environment
from harness.rules import write_three
from harness.runtime_api import RuntimeApi
from harness.sns import Sns


def pytest_report_header():
    return f"bootstrap: {BOOTSTRAP}"


@pytest.fixture(scope="session", autouse=True)
def bootstrap_is_built():
    assert BOOTSTRAP.exists(), f"no {BOOTSTRAP}: run make"


@pytest.fixture(scope="session")
def cloud(authority, tmp_path_factory):
    with Cloud(authority, tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def api():
    with RuntimeApi() as api:
        yield api


@pytest.fixture
def sns(certificate):
    """The scripted SNS. A refused request fails the test, unless the test takes it out again."""
    with Sns(certificate) as sns:
        yield sns
        assert sns.refusals == []


@pytest.fixture
def start(api, sns, authority, tmp_path):
    """Starts the function in the usual environment with these changes; ends and checks it later."""
    with contextlib.ExitStack() as running:

        def start(before=(), **changes):
            usual = environment(sns.url, authority.bundle, AWS_LAMBDA_RUNTIME_API=api.address)
            env = {name: value for name, value in (usual | changes).items() if value is not None}
            return running.enter_context(Function(api, env, tmp_path, before))

        yield start


@pytest.fixture
def function(start):
    return start()


@pytest.fixture
def three_rules(tmp_path):
    """A task root with three rules, of which two match events of bob."""
    task_root = tmp_path / "task"
    write_three(task_root)
    return task_root
