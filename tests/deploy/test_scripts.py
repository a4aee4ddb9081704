"""What all scripts on the AWS CLI have in common: help, options, and what stops them."""

import os
import re
import subprocess

import pytest

from account import ROOT
from scripted import permissions
from scripts import DEPLOY

SCRIPTS = ["preflight", "redrive", "smoke", "confirm-subscription"]
TOKEN = "2336412f37fb687f5d51e6e2425f004b"
CALL = re.compile(r"\b(?:ask|aws) ([a-z]+) ([a-z]+(?:-[a-z]+)+|invoke)\b")

each_script = pytest.mark.parametrize("script", SCRIPTS)


def arguments(script):
    return [TOKEN] if script == "confirm-subscription" else []


@pytest.fixture(scope="module")
def no_aws(tmp_path_factory):
    """A folder with all that a POSIX system has, and no AWS CLI."""
    folder = tmp_path_factory.mktemp("bin")
    subprocess.run(["busybox", "--install", "-s", folder], check=True)
    (folder / "dash").symlink_to("/bin/dash")
    return folder


@each_script
def test_help_needs_no_aws(run, no_aws, script):
    assert os.access(DEPLOY / f"{script}.sh", os.X_OK)
    done = run(script, "--help", PATH=str(no_aws))
    assert (done.status, done.err) == (0, "")
    for heading in (f"\nUsage: {script}.sh ", "\nExit status: 0 ", "\nPermissions"):
        assert heading in done.out
    assert "set -eu" not in done.out


@each_script
def test_help_lists_the_permissions_that_are_used(script):
    """That they suffice, every other test shows: the user has no more."""
    text = (DEPLOY / f"{script}.sh").read_text()
    if "read_stack" in text:
        text += "ask cloudformation describe-stacks"
    used = {
        f"{service}:{operation.title().replace('-', '')}"
        for service, operation in CALL.findall(text)
        if service != "sts"
    }
    used = {"lambda:InvokeFunction" if each == "lambda:Invoke" else each for each in used}
    help_text = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    assert set(permissions(help_text)) == used


@each_script
def test_no_aws_cli(run, no_aws, script):
    done = run(script, *arguments(script), PATH=str(no_aws))
    assert (done.status, done.out) == (2, "")
    assert "there is no AWS CLI here" in done.err


@each_script
@pytest.mark.parametrize("wrong", [["--no-such-option"], ["--stack"], ["--region"]], ids=" ".join)
def test_wrong_options(run, script, wrong):
    done = run(script, *wrong)
    assert (done.status, done.out) == (2, "")
    assert wrong[0] in done.err


@each_script
def test_no_credentials(run, script):
    nobody = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    done = run(script, *arguments(script), **nobody)
    assert (done.status, done.out) == (2, "")
    assert "no valid credentials" in done.err
    assert "Unable to locate credentials" in done.err


def test_unknown_credentials(run):
    done = run("smoke", AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY="wrong")
    assert done.status == 2
    assert "no valid credentials" in done.err


def test_no_network(run):
    done = run("smoke", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert done.status == 2
    assert "aws cloudformation describe-stacks failed" in done.err
    assert "Could not connect" in done.err


@pytest.mark.parametrize("script", SCRIPTS[1:])
def test_no_stack(run, script):
    done = run(script, "--stack", "not-there", *arguments(script))
    assert (done.status, done.out) == (2, "")
    assert "there is no stack not-there in us-east-1" in done.err


@pytest.mark.parametrize(
    ("script", "permission"),
    [
        ("preflight", "cloudtrail:DescribeTrails"),
        ("preflight", "cloudformation:DescribeStacks"),
        ("redrive", "cloudformation:DescribeStacks"),
        ("redrive", "sqs:GetQueueAttributes"),
        ("smoke", "cloudformation:DescribeStacks"),
        ("confirm-subscription", "sns:ConfirmSubscription"),
    ],
)
def test_a_missing_permission_is_named(run, may, script, permission):
    done = run(script, *arguments(script), **may(script, permission))
    assert done.status == 2
    assert f"{script}.sh: missing permission: {permission}. AWS said:\n" in done.err


def test_the_cli_as_it_is_started_every_day(run):
    """The other tests keep it warm."""
    done = run("smoke", "--stack", "not-there", PATH=f"{ROOT}/build/awscli/bin:/usr/bin:/bin")
    assert done.status == 2
    assert "there is no stack not-there in us-east-1" in done.err
