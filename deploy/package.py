#!/usr/bin/python3
"""Makes the zip file that Lambda takes, with the papers of what is in it.

Usage: package.py x86_64|arm64 FOLDER ZIP
FOLDER is what make has built for that architecture: bootstrap, rules/ and deps/versions.txt. The
same input makes the same bytes.
"""

import hashlib
import json
import pathlib
import platform
import re
import subprocess
import sys
import urllib.parse
import zipfile
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSION = re.search('VERSION "(.+)"', (ROOT / "function/version.h").read_text())[1]


class Terms(NamedTuple):
    licence: str  # as SPDX calls it
    package: str  # the Debian package whose copyright file has the text


# By the names of Debian source packages.
TERMS = {
    "c-ares": Terms("MIT", "libc-ares-dev"),
    "cjson": Terms("MIT", "libcjson1"),
    "curl": Terms("curl", "libcurl4-doc"),
    "gcc-12": Terms("GPL-3.0-or-later WITH GCC-exception-3.1", "libgcc-12-dev"),
    "gcc-12-cross": Terms("GPL-3.0-or-later WITH GCC-exception-3.1", "libgcc-12-dev"),
    "glibc": Terms("LGPL-2.1-or-later", "libc6-dev"),
    "libyaml": Terms("MIT", "libyaml-dev"),
    "openssl": Terms("Apache-2.0", "libssl-dev"),
    "pcre2": Terms("BSD-3-Clause", "libpcre2-dev"),
}
REFERRED_TO = ("GPL-3", "LGPL-2.1")  # by those copyright files; LICENSE is Apache-2.0
ROOTS = ("Amazon_Root_CA_?", "Starfield_Services_Root_Certificate_Authority_-_G2")

NOTICE = """\
enable-region-alert {version} for {arch}
Apache-2.0, see LICENSE. Each file in rules/ names its own licence and authors.

bootstrap holds these libraries of Debian, linked statically. Their licences are in licences/.
{changes}
{libraries}

The certificates in amazon-roots.pem are in it too. They come from Debian's ca-certificates, under
MPL-2.0.

The GNU C library is under the LGPL, so you may put a version of your own in its place. Its source:

    apt-get source glibc={glibc}

In the source of enable-region-alert, put your libc.a into {deps}/lib, and then

    rm -f {symbols}/bootstrap && make package ARCH={arch}
"""


CHANGES = """\
OpenSSL's source is changed: algorithms that a client of AWS never uses are left out.
"""


class Library(NamedTuple):
    name: str
    version: str
    files: dict  # what was downloaded for it: the SHA-256 by the name

    @property
    def licence(self):
        return TERMS[self.name].licence

    @property
    def purl(self):
        distribution = platform.freedesktop_os_release()["VERSION_CODENAME"]
        version = urllib.parse.quote(self.version, safe=":")
        return f"pkg:deb/debian/{self.name}@{version}?arch=source&distro={distribution}"


def read_libraries(path):
    """deps/versions.txt has lines `NAME VERSION`, and lines of sha256sum for each download."""
    text = path.read_text()
    files = [line.split("  ") for line in text.splitlines() if "  " in line]
    for name, version in re.findall(r"^(\S+) (\S+)", text, re.MULTILINE):
        if name not in TERMS:
            sys.exit(f"package.py: {path} names {name}, whose licence is not known here")
        owners = (name, TERMS[name].package)
        yield Library(name, version, {f: sha for sha, f in files if f.split("_")[0] in owners})


def component(library):
    return {
        "type": "library",
        "bom-ref": library.purl,
        "name": library.name,
        "version": library.version,
        "licenses": [licence(library.licence)],
        "purl": library.purl,
        "externalReferences": [
            {"type": "distribution", "url": file, "hashes": [{"alg": "SHA-256", "content": sha256}]}
            for file, sha256 in library.files.items()
        ],
    }


def licence(name):
    return {"expression": name} if " " in name else {"license": {"id": name}}


def bill_of_materials(bootstrap, libraries):
    """In the form of CycloneDX."""
    itself = {
        "type": "application",
        "bom-ref": "bootstrap",
        "name": "enable-region-alert",
        "version": VERSION,
        "licenses": [licence("Apache-2.0")],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(bootstrap).hexdigest()}],
    }
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": itself},
        "components": [component(library) for library in libraries],
        "dependencies": [
            {"ref": "bootstrap", "dependsOn": [library.purl for library in libraries]}
        ],
    }
    return json.dumps(bom, indent=2) + "\n"


def notice(arch, folder, libraries):
    return NOTICE.format(
        version=VERSION,
        arch=arch,
        libraries="\n".join(f"    {x.name} {x.version}: {x.licence}" for x in libraries),
        changes=CHANGES if (folder / "deps/openssl.changed").exists() else "",
        glibc=next(x.version for x in libraries if x.name == "glibc"),
        deps=folder / "deps",
        symbols=folder / "symbols",
    )


def licences(libraries):
    documented = {library.name: TERMS[library.name].package for library in libraries}
    for name, package in {**documented, "ca-certificates": "ca-certificates"}.items():
        yield name, pathlib.Path("/usr/share/doc", package, "copyright").read_bytes()
    for name in REFERRED_TO:
        yield name, pathlib.Path("/usr/share/common-licenses", name).read_bytes()


def roots():
    folder = pathlib.Path("/usr/share/ca-certificates/mozilla")
    return "".join(p.read_text() for name in ROOTS for p in sorted(folder.glob(f"{name}.crt")))


def contents(arch, folder):
    """Of the zip file, by the name of each file in it."""
    bootstrap = (folder / "bootstrap").read_bytes()
    libraries = list(read_libraries(folder / "deps/versions.txt"))
    return {
        "bootstrap": bootstrap,
        **{f"rules/{path.name}": path.read_bytes() for path in (folder / "rules").iterdir()},
        "amazon-roots.pem": roots(),
        "sbom.cdx.json": bill_of_materials(bootstrap, libraries),
        "LICENSE": (ROOT / "LICENSE").read_bytes(),
        "NOTICE": notice(arch, folder, libraries),
        **{f"licences/{name}.txt": text for name, text in licences(libraries)},
    }


def write(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)  # of 1980
            entry.create_system = 3  # Unix: the mode counts
            entry.external_attr = (0o100755 if name == "bootstrap" else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    subprocess.run(["advzip", "--quiet", "--recompress", "--shrink-insane", path], check=True)


if __name__ == "__main__":
    arch, folder, path = sys.argv[1:]
    write(path, contents(arch, pathlib.Path(folder)))
