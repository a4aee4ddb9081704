#!/usr/bin/python3
"""Names the libraries of a release that Debian has newer versions of now.

Usage: outdated.py ZIP
Exits with 0: none; 1: some; 2: that could not be found out.

Debian's archives are those of the machine's package sources. Their lists are fetched anew, into a
folder of this program's own.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEBIAN = ["Created-By: Packages", "Origin: Debian", "Component: main"]
ENTRY = f"deb-src [signed-by={KEYRING}] $(REPO_URI) $(RELEASE) main"


def stop(message):
    print(f"outdated.py: {message}", file=sys.stderr)
    sys.exit(2)


def read_libraries(path):
    """The version of each, by the name of its Debian source package."""
    try:
        with zipfile.ZipFile(path) as archive:
            bom = json.loads(archive.read("sbom.cdx.json"))
        return {library["name"]: library["version"] for library in bom["components"]}
    except FileNotFoundError:
        stop(f"there is no {path}: make package makes it")
    except (zipfile.BadZipFile, KeyError, ValueError):
        stop(f"{path} is no release: it has no sbom.cdx.json that can be read")


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode != 0:
        stop(f"Debian cannot be asked. {argv[0]} said:\n{done.stderr.strip()}")
    return done.stdout


def fetch_lists(folder):
    """Returns the options that have apt use them, and nothing else of this machine's."""
    entries = run("apt-get", "indextargets", *DEBIAN, "--format", ENTRY)
    if not entries:
        stop("no Debian among the package sources of this machine: is apt-get update missing?")
    sources = pathlib.Path(folder, "sources.list")
    sources.write_text("".join(sorted(set(entries.splitlines(keepends=True)))))
    pathlib.Path(folder, "lists/partial").mkdir(parents=True)
    settings = {
        "Dir::State::lists": f"{folder}/lists",
        "Dir::Cache": f"{folder}/cache",
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "APT::Sandbox::User": "root",
    }
    options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    run("apt-get", *options, "update", "--error-on=any")
    return options


def is_newer(version, than):
    return subprocess.run(["dpkg", "--compare-versions", version, "gt", than]).returncode == 0


def newer_versions(libraries, options):
    """The newest of each that has any, by its name, and whether there is one for security."""
    newer, unknown = {}, set(libraries)
    for line in run("apt-cache", *options, "madison", *libraries).splitlines():
        name, version, archive = (column.strip() for column in line.split("|"))
        unknown.discard(name)
        if name in libraries and is_newer(version, libraries[name]):
            newest, is_security = newer.get(name, (version, False))
            newest = version if is_newer(version, newest) else newest
            newer[name] = (newest, is_security or "-security/" in archive)
    if unknown:
        stop(f"Debian's package sources here do not have {', '.join(sorted(unknown))}")
    return newer


def main(path):
    libraries = read_libraries(path)
    with tempfile.TemporaryDirectory() as folder:
        newer = newer_versions(libraries, fetch_lists(folder))
    for name, (version, is_security) in newer.items():
        print(f"{name} {libraries[name]}: Debian has {version}{', security' * is_security}")
    if not newer:
        print(f"Debian has nothing newer than the {len(libraries)} libraries of {path}")
    return 1 if newer else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
