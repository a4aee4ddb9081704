"""Fixtures: the template as AWS sees it, and the stacks that parameters make of it."""

import json

import pytest

from cloudformation import Stack
from commands import run
from parameters import SETS


@pytest.fixture(scope="session")
def translated(tmp_path_factory):
    """The file with the CloudFormation that AWS makes of the template."""
    path = tmp_path_factory.mktemp("stack") / "template.json"
    path.write_text(run("sam/bin/python", "tests/stack/translate.py", "template.yaml"))
    return path


@pytest.fixture(scope="session")
def template(translated):
    return json.loads(translated.read_text())


@pytest.fixture(scope="session")
def stacks(template):
    """The stack of each set of parameters, by the set's name."""
    return {name: Stack(template, parameters) for name, parameters in SETS.items()}


@pytest.fixture(params=SETS)
def stack(stacks, request):
    """Each of these stacks."""
    return stacks[request.param]


@pytest.fixture(scope="session")
def everything(stacks):
    return stacks["all there is"]
