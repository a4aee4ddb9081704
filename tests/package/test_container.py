"""deploy/Containerfile, without a container: what it copies is enough to make the same release."""

import os
import re
import subprocess

import pytest

from harness.function import ROOT

RECIPE = (ROOT / "deploy/Containerfile").read_text()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """What the recipe copies, in another folder."""
    folder = tmp_path_factory.mktemp("another-folder-with-a-longer-name")
    for words in re.findall("^COPY (?!--)(.+)$", RECIPE, re.MULTILINE):
        *sources, _ = words.split()
        subprocess.run(["cp", "--archive", *sources, folder], cwd=ROOT, check=True)
    return folder


def test_another_folder_makes_the_same_bytes(elsewhere, release):
    """With the libraries that are built already."""
    for built in {ROOT / "build", release.built}:  # the tool is of this machine's architecture
        there = elsewhere / built.relative_to(ROOT)
        there.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "--archive", built / "deps", there], check=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "TZ": "Asia/Tokyo",
    }
    argv = ["make", "package", f"ARCH={release.arch}"]
    done = subprocess.run(
        argv, cwd=elsewhere, env=environment, umask=0o077, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for path in (release.zip, release.template, release.debug):
        assert (elsewhere / path.relative_to(ROOT)).read_bytes() == path.read_bytes(), path


def test_the_image_is_debian_12_for_the_machine_that_builds():
    assert re.findall("^FROM (.+)$", RECIPE, re.MULTILINE) == [
        "--platform=linux/amd64 debian:12 AS build",
        "scratch",
    ]


def test_fresh_runs_its_commands():
    """`make test-fresh` reads them from the recipe, so that they are proven in a real Debian 12."""
    (command,) = re.findall("^RUN (.+)$", RECIPE, re.MULTILINE)
    assert command.endswith(" && make package ARCH=$ARCH")
    assert "sed -n 's/^RUN //p' deploy/Containerfile" in (ROOT / "deploy/fresh.sh").read_text()
