"""What `sam build` makes of template.yaml, and how the Makefile and samconfig.toml call it."""

import json
import re
import stat
import subprocess
import tomllib
import urllib.request

import pytest

from commands import ROOT, attempt, run
from harness.processes import Process, free_port, listening, wait_until

CONFIGURATION = {"x86_64": "default", "arm64": "arm64"}  # the part of samconfig.toml
BUILT = {"x86_64": ROOT / "build/bootstrap", "arm64": ROOT / "build/arm64/bootstrap"}
MACHINE = {"x86_64": "Advanced Micro Devices X86-64", "arm64": "AArch64"}


ARM64 = pytest.param("arm64", marks=pytest.mark.slow)
ARM64_FOR_X86_64 = "DEPLOYED_x86_64=build/arm64", "build/arm64/bootstrap is not for x86_64"


@pytest.fixture(scope="module", params=["x86_64", ARM64])
def arch(request):
    return request.param


@pytest.fixture(scope="module")
def artifacts(arch, tmp_path_factory):
    """The folder of what `sam build` puts into the function's zip file."""
    folder = tmp_path_factory.mktemp(arch)
    argv = ["build", "--config-env", CONFIGURATION[arch], "--build-dir", str(folder)]
    run("sam/bin/sam", *argv, ARCH=arch)
    return folder / "AlertFunction"


def test_sam_build_gives_the_bootstrap_and_its_rules(artifacts, arch):
    files = {str(path.relative_to(artifacts)) for path in artifacts.rglob("*") if path.is_file()}
    rules = {f"rules/{path.name}" for path in (ROOT / "function/rules").glob("*.y*ml")}
    assert files == {"bootstrap"} | rules
    bootstrap = artifacts / "bootstrap"
    assert stat.S_IMODE(bootstrap.stat().st_mode) == 0o755
    assert bootstrap.read_bytes() == BUILT[arch].read_bytes()


def test_the_bootstrap_needs_nothing_of_the_machine(artifacts, arch):
    argv = ["readelf", "--wide", "--file-header", "--program-headers", "--dynamic"]
    elf = subprocess.run([*argv, artifacts / "bootstrap"], capture_output=True, text=True).stdout
    assert re.search(rf"Machine: +{MACHINE[arch]}$", elf, re.MULTILINE)
    assert "DYN (Position-Independent Executable file)" in elf
    for interpreter_or_library in ("INTERP", "NEEDED"):
        assert interpreter_or_library not in elf


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("ARCH=riscv64", "ARCH is x86_64 or arm64, not riscv64"),
        pytest.param(*ARM64_FOR_X86_64, marks=pytest.mark.slow),
    ],
)
def test_another_architecture_is_refused(tmp_path, argument, words):
    done = attempt("make", "build-AlertFunction", argument, f"ARTIFACTS_DIR={tmp_path}")
    assert done.returncode != 0
    assert words in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_emulator_runs_it(artifacts, arch, tmp_path):
    port = free_port()
    argv = [ROOT / "build/aws-lambda-rie", "--runtime-interface-emulator-address"]
    argv += [f"127.0.0.1:{port}", "--runtime-api-address", f"127.0.0.1:{free_port()}"]
    env = {
        "ALERT_TOPIC_ARN": "arn:aws:sns:us-east-1:111122223333:alerts",
        "AWS_ENDPOINT_URL_SNS": "http://127.0.0.1:1",  # nobody there: nothing is to be published
    }
    program = artifacts / "bootstrap"
    if arch == "arm64":
        program = tmp_path / "bootstrap"
        program.write_text(f"#!/bin/sh\nexec qemu-aarch64-static {artifacts}/bootstrap\n")
        program.chmod(0o755)
        env["PATH"] = "/usr/bin:/bin"
    emulator = Process([*argv, program], env, tmp_path, "emulator")
    try:
        wait_until(lambda: listening(port), what="the emulator")
        event = (ROOT / "events/disable-region.json").read_bytes()
        url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, data=event, timeout=30) as response:
            assert json.load(response) == {"matched": 0, "alerts": [], "suppressed": []}
    finally:
        emulator.stop()


@pytest.fixture(scope="module")
def configuration():
    return tomllib.loads((ROOT / "samconfig.toml").read_text())


def test_there_is_a_configuration_for_each_architecture(configuration, template):
    architectures = template["Parameters"]["Architecture"]["AllowedValues"]
    assert set(configuration) == {"version", "default", *architectures} - {"x86_64"}
    for name in ("default", "arm64"):
        assert configuration[name]["global"]["parameters"] == {
            "region": "us-east-1",
            "stack_name": "enable-region-alert",
        }
        assert configuration[name]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"
    for command in ("build", "deploy"):
        overrides = configuration["arm64"][command]["parameters"]["parameter_overrides"]
        assert overrides == "Architecture=arm64"
    assert configuration["default"]["validate"]["parameters"]["lint"] is True


@pytest.mark.parametrize("arch", CONFIGURATION)
@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("sam-build", "build"),
        ("deploy", "deploy --guided"),
        ("delete", "delete"),
        ("logs", "logs --tail"),
    ],
)
def test_make_calls_sam(target, command, arch):
    planned = attempt("make", "--dry-run", target, f"ARCH={arch}").stdout
    verb, *more = command.split()
    words = [verb, "--config-env", CONFIGURATION[arch], *more]
    wanted = f"ARCH={arch} build/sam/bin/sam {' '.join(words)}"
    assert re.search(rf"{re.escape(wanted)}$", planned, re.MULTILINE), planned


def test_make_deploy_asks_once(tmp_path):
    """What was answered, sam keeps in samconfig.toml."""
    for answers, asks in (
        (r'"AlertEmail=\"a@example.com\""', False),
        ('"Architecture=arm64"', True),
    ):
        kept = tmp_path / "samconfig.toml"
        kept.write_text(f"[default.deploy.parameters]\nparameter_overrides = {answers}\n")
        planned = attempt("make", "--dry-run", "deploy", f"SAM_CONFIG={kept}").stdout
        assert ("--guided" in planned) == asks
