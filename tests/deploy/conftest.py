"""Fixtures: one account for all tests, which leave it as they found it; a way to run scripts."""

import os
import subprocess

import pytest

import warm_aws
from account import ROOT, Account
from harness.processes import Process, wait_until
from scripted import Lambda, permissions
from scripts import DASH, DEPLOY, run_script


@pytest.fixture(scope="session")
def account(tmp_path_factory):
    with Account(tmp_path_factory.mktemp("account")) as account:
        yield account


@pytest.fixture(scope="session")
def cli(tmp_path_factory):
    """A folder with the AWS CLI, warm."""
    folder = tmp_path_factory.mktemp("cli")
    client = folder / "aws"
    client.write_text(warm_aws.CLIENT)
    client.chmod(0o755)
    argv = [ROOT / "build/awscli/bin/python", warm_aws.__file__, client]
    server = Process(argv, {"PATH": "/usr/bin:/bin"}, folder, "server")
    wait_until((folder / "aws.socket").exists, what=f"the AWS CLI:\n{server.stderr}")
    yield folder
    server.stop()


@pytest.fixture
def function():
    """The deployed function, as Lambda would show it."""
    with Lambda() as function:
        yield function


@pytest.fixture(scope="session")
def may(account):
    """Users: may("preflight") is one who may do what the script's help lists, and nothing else."""
    users = {}

    def may(script, *but):
        if (script, but) not in users:
            text = subprocess.run([DEPLOY / f"{script}.sh", "--help"], capture_output=True)
            actions = [each for each in permissions(text.stdout.decode()) if each not in but]
            users[script, but] = account.user(*actions)
        return users[script, but]

    return may


@pytest.fixture
def run(account, cli, function, may, tmp_path):
    """Runs a script as a user with the permissions of its help, or in a changed environment."""

    def run(script, *arguments, shell=DASH, folder=DEPLOY, **changes):
        env = {
            "PATH": f"{cli}:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "LANG": "C.UTF-8",
            "TMPDIR": str(tmp_path),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_ENDPOINT_URL": account.url,
            "AWS_ENDPOINT_URL_LAMBDA": function.url,
        }
        if "AWS_ACCESS_KEY_ID" not in changes:
            env |= may(script)
        env = {name: value for name, value in (env | changes).items() if value is not None}
        done = run_script(folder / f"{script}.sh", *arguments, shell=shell, env=env)
        assert os.listdir(tmp_path) in ([], [".aws"]), "something was left behind"
        return done

    return run
