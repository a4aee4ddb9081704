"""deploy/outdated.py with a Debian archive in a folder, read by the real apt."""

import functools
import hashlib
import http.server
import json
import subprocess
import threading
import zipfile

import pytest

from harness.function import ROOT

RELEASE = ROOT / "build/enable-region-alert-x86_64.zip"
SUITE = """\
Origin: Debian
Suite: {suite}
Codename: {suite}
Date: Tue, 24 Nov 2026 00:00:00 UTC
Architectures: amd64
Components: main
SHA256:
"""
BINARY = "Package: any\nVersion: 1\nArchitecture: amd64\nFilename: any\nSize: 1\nSHA256: {hash}\n"
SOURCE = """\
Package: {name}
Binary: {name}
Version: {version}
Directory: pool
Checksums-Sha256:
 {hash} 1 {name}.dsc

"""
SETTINGS = """\
Dir::Etc::main "-"; // this file alone counts
Dir::Etc::parts "-";
Dir::Etc::sourcelist "{machine}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "{machine}/lists";
Dir::Cache "{machine}/cache";
Acquire::Retries "0";
APT::Architecture "amd64";
APT::Sandbox::User "root";
Acquire::AllowInsecureRepositories "true"; // the test has no key of Debian
"""


class Archive:
    """A Debian archive, and a machine whose only package source it is."""

    def __init__(self, folder):
        self.folder = folder
        self.machine = folder / "machine"
        (self.machine / "lists/partial").mkdir(parents=True)
        self.entries = self.machine / "sources.list"
        self.entries.touch()
        self.settings = self.machine / "apt.conf"
        self.settings.write_text(SETTINGS.format(machine=self.machine))
        self.address = f"file:{folder}"
        self.environment = {"PATH": "/usr/bin:/bin", "APT_CONFIG": str(self.settings)}

    def offer(self, suite, versions):
        top = self.folder / "dists" / suite
        sources = "".join(
            SOURCE.format(name=name, version=version, hash="0" * 64)
            for name, version in versions.items()
        )
        files = {
            "main/binary-amd64/Packages": BINARY.format(hash="0" * 64),
            "main/source/Sources": sources,
        }
        lines = SUITE.format(suite=suite)
        for name, text in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            lines += f" {hashlib.sha256(text.encode()).hexdigest()} {len(text)} {name}\n"
        (top / "Release").write_text(lines)
        with self.entries.open("a") as entries:
            entries.write(f"deb {self.address} {suite} main\n")

    def update(self):
        argv = ["apt-get", "-q", "update"]
        subprocess.run(argv, env=self.environment, capture_output=True, check=True)

    def compare(self, release=RELEASE):
        argv = ["/usr/bin/python3", ROOT / "deploy/outdated.py", release]
        done = subprocess.run(argv, env=self.environment, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def versions():
    with zipfile.ZipFile(RELEASE) as archive:
        bom = json.loads(archive.read("sbom.cdx.json"))
    return {component["name"]: component["version"] for component in bom["components"]}


@pytest.fixture
def archive(tmp_path, versions):
    """It offers what the release is made of, and a suite for security that has something else."""
    archive = Archive(tmp_path)
    archive.offer("bookworm", versions)
    archive.offer("bookworm-security", {"zlib": "1:9"})
    archive.update()
    return archive


def doctored(folder, **versions):
    """The release with the versions of some libraries changed in its bill of materials."""
    path = folder / "doctored.zip"
    with zipfile.ZipFile(RELEASE) as release, zipfile.ZipFile(path, "w") as copy:
        bom = json.loads(release.read("sbom.cdx.json"))
        for component in bom["components"]:
            component["version"] = versions.get(component["name"], component["version"])
        copy.writestr("sbom.cdx.json", json.dumps(bom))
    return path


def test_nothing_is_outdated(archive, versions):
    said = f"Debian has nothing newer than the {len(versions)} libraries of {RELEASE}\n"
    assert archive.compare() == (0, said, "")


def test_an_older_release_is_outdated(archive, versions, tmp_path):
    status, said, _ = archive.compare(doctored(tmp_path, curl="7.88.1-10+deb12u4"))
    assert (status, said) == (1, f"curl 7.88.1-10+deb12u4: Debian has {versions['curl']}\n")


def test_what_comes_for_security_is_marked(archive, versions, tmp_path):
    newer = {"curl": versions["curl"] + ".1", "pcre2": versions["pcre2"] + ".1"}
    archive.offer("bookworm-security", newer)
    status, said, _ = archive.compare(doctored(tmp_path, pcre2="1", glibc="2.35-1"))
    assert status == 1
    assert sorted(said.splitlines()) == [
        f"curl {versions['curl']}: Debian has {newer['curl']}, security",
        f"glibc 2.35-1: Debian has {versions['glibc']}",
        f"pcre2 1: Debian has {newer['pcre2']}, security",
    ]


def test_the_newest_is_named_wherever_it_is(archive, versions):
    curl, pcre2 = versions["curl"], versions["pcre2"]
    archive.offer("bookworm-security", {"curl": f"{curl}.1", "pcre2": f"{pcre2}.2"})
    archive.offer("bookworm-updates", {"curl": f"{curl}.2", "pcre2": f"{pcre2}.1"})
    archive.update()
    status, said, _ = archive.compare()
    assert status == 1
    assert sorted(said.splitlines()) == [
        f"curl {curl}: Debian has {curl}.2, security",
        f"pcre2 {pcre2}: Debian has {pcre2}.2, security",
    ]


def test_a_newer_release_is_not_outdated(archive, tmp_path):
    assert archive.compare(doctored(tmp_path, curl="9-1"))[0] == 0


def test_openssl_without_a_revision_of_debian_is_the_older_one(archive, tmp_path):
    archive.offer("bookworm-security", {"openssl": "3.0.99-1~deb12u1"})
    release = doctored(tmp_path, openssl="3.0.99")
    said = "openssl 3.0.99: Debian has 3.0.99-1~deb12u1, security\n"
    assert archive.compare(release)[:2] == (1, said)


def test_a_machine_without_a_network_is_told(tmp_path, versions):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    archive = Archive(tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        archive.address = f"http://127.0.0.1:{server.server_port}"
        archive.offer("bookworm", versions)
        archive.update()
        assert archive.compare()[0] == 0
        server.shutdown()
    status, said, problem = archive.compare()
    assert (status, said) == (2, "")
    assert problem.startswith("outdated.py: Debian cannot be asked. apt-get said:\n")
    assert "Connection refused" in problem


def test_an_archive_that_is_broken_is_told(archive):
    archive.folder.joinpath("dists/bookworm-security/main/source/Sources").unlink()
    status, said, problem = archive.compare()
    assert (status, said) == (2, "")
    assert problem.startswith("outdated.py: Debian cannot be asked. apt-get said:\n")
    assert "Some index files failed to download" in problem


def test_an_unsigned_archive_is_refused(archive):
    text = archive.settings.read_text().replace("AllowInsecureRepositories", "Unset")
    archive.settings.write_text(text)
    status, said, problem = archive.compare()
    assert (status, said) == (2, "")
    assert "is not signed" in problem


def test_a_machine_without_package_lists_is_told(tmp_path):
    status, said, problem = Archive(tmp_path).compare()
    assert (status, said) == (2, "")
    assert "is apt-get update missing?" in problem


def test_a_library_that_debian_no_longer_has_is_told(archive, versions):
    archive.offer("bookworm", {k: v for k, v in versions.items() if k != "cjson"})
    status, said, problem = archive.compare()
    assert (status, said) == (2, "")
    assert problem == "outdated.py: Debian's package sources here do not have cjson\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [("no.zip", "there is no "), ("text.zip", "is no release"), ("other.zip", "is no release")],
)
def test_what_is_no_release_is_told(archive, tmp_path, name, words):
    (tmp_path / "text.zip").write_text("text")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("bootstrap", "")
    status, said, problem = archive.compare(tmp_path / name)
    assert (status, said) == (2, "")
    assert words in problem
