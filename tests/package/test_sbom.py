"""The bill of materials: a valid one, that names exactly what was linked."""

import hashlib
import pathlib
import re
import subprocess

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from harness.function import ROOT

# The source package of each archive and object that may be linked.
SOURCES = {
    r"libcurl\.a": "curl",
    r"libcjson\.a": "cjson",
    r"lib(ssl|crypto)\.a": "openssl",
    r"libcares\.a": "c-ares",
    r"libyaml\.a": "libyaml",
    r"libpcre2-8\.a": "pcre2",
    r"(libc|libm-[\d.]+|libmvec)\.a|rcrt1\.o|crt[in]\.o": "glibc",
    r"libgcc(_eh)?\.a|crt(beginS|endS)\.o": "gcc-12",
}


def linked(release):
    """What the linker took into the bootstrap from outside of the project, by its map."""
    text = release.symbols.with_name("bootstrap.map").read_text()
    archives = re.findall(r"^(\S+\.a)\(\S+\)\n", text, re.MULTILINE)
    objects = re.findall(r"^LOAD (\S+\.o)$", text, re.MULTILINE)
    own = release.symbols.parent.resolve()
    paths = {(ROOT / path).resolve() for path in archives + objects}
    return {path for path in paths if not path.is_relative_to(own)}


def source_of(path):
    (name,) = [name for pattern, name in SOURCES.items() if re.fullmatch(pattern, path.name)]
    return name


def test_it_is_valid_cyclonedx(contents):
    text = contents["sbom.cdx.json"].decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_it_is_of_this_bootstrap(bom, contents):
    itself = bom["metadata"]["component"]
    assert itself["hashes"] == [
        {"alg": "SHA-256", "content": hashlib.sha256(contents["bootstrap"]).hexdigest()}
    ]
    assert bom["dependencies"] == [
        {"ref": itself["bom-ref"], "dependsOn": [each["bom-ref"] for each in bom["components"]]}
    ]


def test_it_names_exactly_what_was_linked(release, components):
    sources = {source_of(path) for path in linked(release)}
    assert sources == {name.removesuffix("-cross") for name in components}


def test_the_versions_are_those_of_the_linked_files(release, components):
    installed = {path for path in linked(release) if path.is_relative_to("/usr/lib")}
    assert installed
    for path in installed:
        owners = subprocess.run(["dpkg", "--search", path], capture_output=True, text=True).stdout
        package = owners.rsplit(":", 1)[0]
        argv = ["dpkg-query", "--show", "--showformat=${source:Package} ${source:Version}", package]
        name, version = subprocess.run(argv, capture_output=True, text=True).stdout.split()
        assert components[name]["version"] == version


def test_each_component_says_what_and_whose_it_is(components):
    for name, component in components.items():
        assert component["type"] == "library"
        url = PackageURL.from_string(component["purl"])
        assert (url.type, url.namespace, url.name) == ("deb", "debian", name)
        assert url.version == component["version"]
        assert url.qualifiers == {"arch": "source", "distro": "bookworm"}
        assert url.to_string() == component["purl"] == component["bom-ref"]
        assert len(component["licenses"]) == 1


def test_every_download_is_there_with_its_hash(release, components):
    listed = release.built.joinpath("deps/versions.txt").read_text()
    downloads = {
        (reference["url"], reference["hashes"][0]["content"])
        for component in components.values()
        for reference in component["externalReferences"]
    }
    assert downloads == {
        (line.split("  ")[1], line.split("  ")[0]) for line in listed.splitlines() if "  " in line
    }
    assert len(downloads) >= 6


@pytest.fixture(scope="module")
def told(release, tmp_path_factory):
    """What `bootstrap --version` prints, without an environment and in an empty folder."""
    folder = tmp_path_factory.mktemp("empty")
    argv = [*release.run, "--version"]
    done = subprocess.run(argv, env={}, cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_bootstrap_tells_the_same_packages(told, components):
    packages = told.split("\nfrom the Debian source packages\n")[1]
    assert packages.splitlines() == [f"{name} {c['version']}" for name, c in components.items()]


def test_the_libraries_themselves_tell_the_same_versions(told, bom, components):
    versions = dict(line.split(" ")[:2] for line in told.split("\n\n")[0].splitlines())
    assert versions.pop("enable-region-alert") == bom["metadata"]["component"]["version"]
    runtime = (ROOT / "runtime/include/lambda/runtime.h").read_text()
    assert f'LAMBDA_RUNTIME_VERSION "{versions.pop("lambda-c-runtime")}"' in runtime
    packages = {name.lower().removeprefix("lib"): version for name, version in versions.items()}
    packages["libyaml"] = packages.pop("yaml")
    compiler = packages.pop("gcc")
    assert packages.keys() == {name for name in components if not name.startswith("gcc-12")}
    for name, version in packages.items():
        assert re.match(rf"{re.escape(version)}(-|$)", components[name]["version"]), name
    assert components.get("gcc-12", {"version": compiler})["version"].startswith(compiler)


def test_version_touches_neither_environment_nor_network(release, told):
    """A configuration that would be refused changes nothing, and no file or socket is opened."""
    argv = [*release.run, "--version"]
    if release.arch == "x86_64":  # under qemu, its own calls would be seen
        argv = ["strace", "--follow-forks", "--trace=%network,open,openat", *argv]
    environment = {"ALERT_TOPIC_ARN": "nonsense", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(argv, env=environment, capture_output=True, text=True)
    assert done.stdout == told
    assert done.stderr in ("", "+++ exited with 0 +++\n")


def test_an_unknown_library_is_refused(release, tmp_path):
    """Its licence would be missing."""
    folder = tmp_path / "built"
    for name in ("bootstrap", "rules"):
        folder.mkdir(exist_ok=True)
        (folder / name).symlink_to(release.built / name)
    (folder / "deps").mkdir()
    listed = release.built.joinpath("deps/versions.txt").read_text()
    (folder / "deps/versions.txt").write_text(f"zlib 1.2.13\n{listed}")
    argv = ["/usr/bin/python3", ROOT / "deploy/package.py", release.arch, folder, tmp_path / "zip"]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode != 0
    assert "names zlib, whose licence is not known here" in done.stderr
    assert not pathlib.Path(tmp_path, "zip").exists()
