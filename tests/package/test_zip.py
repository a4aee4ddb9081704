"""The zip file for Lambda, and the template beside it."""

import re
import ssl
import subprocess
import zipfile

from harness.function import ROOT

MOST_BYTES = 2_300_000


def test_it_has_the_bootstrap_the_rules_and_their_papers(release, contents):
    rules = {f"rules/{path.name}" for path in (ROOT / "function/rules").glob("*.y*ml")}
    papers = {"LICENSE", "NOTICE", "sbom.cdx.json", "amazon-roots.pem"}
    licences = {name for name in contents if name.startswith("licences/")}
    assert set(contents) == {"bootstrap"} | rules | papers | licences
    assert contents["bootstrap"] == release.bootstrap.read_bytes()
    for name in rules:
        assert contents[name] == (ROOT / "function" / name).read_bytes()


def test_names_modes_and_times_are_fixed(release):
    with zipfile.ZipFile(release.zip) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    for entry in entries:
        mode = 0o100755 if entry.filename == "bootstrap" else 0o100644
        assert (entry.create_system, entry.external_attr >> 16) == (3, mode)
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_it_is_small(release):
    assert release.zip.stat().st_size < MOST_BYTES


def test_the_roots_are_those_in_the_bootstrap(contents):
    roots = contents["amazon-roots.pem"].decode()
    certificates = re.findall("-----BEGIN [^-]+-----\n[^-]+-----END [^-]+-----\n", roots)
    assert roots == "".join(certificates)
    assert len(certificates) == len(set(certificates)) == 5
    for certificate in certificates:
        assert ssl.PEM_cert_to_DER_cert(certificate) in contents["bootstrap"]


def test_every_library_has_the_text_of_its_licence(contents, components):
    words = {
        "c-ares": "Permission to use, copy, modify, and distribute this",
        "cjson": "Permission is hereby granted, free of charge",
        "curl": "Permission to use, copy, modify, and distribute this software for any purpose",
        "gcc-12": "GCC RUNTIME LIBRARY EXCEPTION",
        "gcc-12-cross": "GCC RUNTIME LIBRARY EXCEPTION",
        "glibc": "GNU Lesser General Public",
        "libyaml": "Permission is hereby granted, free of charge",
        "openssl": "Licensed under the Apache License 2.0",
        "pcre2": "Redistribution and use in source and binary forms",
    }
    more = {
        "GPL-3": "GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007",
        "LGPL-2.1": "GNU LESSER GENERAL PUBLIC LICENSE",
        "ca-certificates": "Mozilla Public License Version 2.0",
    }
    wanted = more | {name: words[name] for name in components}
    assert {f"licences/{name}.txt" for name in wanted} == {
        name for name in contents if name.startswith("licences/")
    }
    for name, text in wanted.items():
        assert text in contents[f"licences/{name}.txt"].decode(), name
    assert contents["LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_the_notice_names_every_library_and_how_to_change_glibc(release, contents, components):
    notice = contents["NOTICE"].decode()
    for name, component in components.items():
        assert f"    {name} {component['version']}: " in notice
    assert f"apt-get source glibc={components['glibc']['version']}\n" in notice
    assert f"into {release.built.relative_to(ROOT)}/deps/lib, and" in notice
    assert f"make package ARCH={release.arch}\n" in notice


def test_the_notice_says_that_openssl_was_changed(release, contents):
    was_changed = (release.built / "deps/openssl.changed").exists()
    assert ("OpenSSL's source is changed" in contents["NOTICE"].decode()) == was_changed


def test_the_symbols_are_those_of_the_bootstrap(release):
    def build_id(path):
        notes = subprocess.run(["readelf", "--notes", path], capture_output=True, text=True).stdout
        return re.search("Build ID: ([0-9a-f]{40})", notes)[1]

    assert build_id(release.debug) == build_id(release.bootstrap)
    argv = ["readelf", "--wide", "--symbols", "--section-headers", release.debug]
    elf = subprocess.run(argv, capture_output=True, text=True).stdout
    assert re.search(r" FUNC +GLOBAL +\w+ +\d+ main$", elf, re.MULTILINE)
    assert " .debug_line " in elf
