"""Fixtures: what `make package` has released for each architecture, and what it is made of."""

import json
import types
import zipfile

import pytest

from harness.function import ROOT

BUILT = {"x86_64": ROOT / "build", "arm64": ROOT / "build/arm64"}
EMULATOR = {"x86_64": [], "arm64": ["qemu-aarch64-static"]}
ARCHITECTURES = ["x86_64", pytest.param("arm64", marks=pytest.mark.slow)]


@pytest.fixture(scope="session", params=ARCHITECTURES)
def release(request):
    """The paths of the release of an architecture, and of what it was made of."""
    arch = request.param
    released, built = ROOT / f"build/enable-region-alert-{arch}", BUILT[arch]
    return types.SimpleNamespace(
        arch=arch,
        zip=released.with_name(f"{released.name}.zip"),
        template=released.with_name(f"{released.name}.yaml"),
        debug=released.with_name(f"{released.name}.debug"),
        built=built,
        bootstrap=built / "bootstrap",
        symbols=built / "symbols/bootstrap",
        run=[*EMULATOR[arch], built / "bootstrap"],
    )


@pytest.fixture(scope="session")
def contents(release):
    """The bytes of each file in the zip file, by its name."""
    with zipfile.ZipFile(release.zip) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def bom(contents):
    return json.loads(contents["sbom.cdx.json"])


@pytest.fixture(scope="session")
def components(bom):
    """The libraries of the bill of materials by their names."""
    return {component["name"]: component for component in bom["components"]}
