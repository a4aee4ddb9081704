"""The bootstrap as readelf and nm see it."""

import re
import subprocess

import pytest

TOOLS = {"x86_64": "", "arm64": "aarch64-linux-gnu-"}
MACHINE = {"x86_64": "Advanced Micro Devices X86-64", "arm64": "AArch64"}
PROTECTION = {"x86_64": "x86 feature: IBT, SHSTK", "arm64": "AArch64 feature: BTI, PAC"}
BRANCHES = {"x86_64": "-fcf-protection=full", "arm64": "-mbranch-protection=standard"}
FLAGS = "-O2 -fPIE -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero"


def output(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout
    return done.stdout


def readelf(*argv):
    return output("readelf", "--wide", *argv)


@pytest.fixture(scope="module")
def segments(release):
    """The type and the flags of each, such as ("LOAD", "RW")."""
    text = readelf("--program-headers", release.bootstrap)
    rows = re.findall(r"^  ([A-Z_]+) +(?:0x\w+ +){5}([RWE ]{3}) 0x", text, re.MULTILINE)
    assert ("LOAD", "R E") in rows
    return [(kind, flags.replace(" ", "")) for kind, flags in rows]


@pytest.fixture(scope="module")
def dynamic(release):
    return readelf("--dynamic", release.bootstrap)


@pytest.fixture(scope="module")
def objects(release):
    """What was compiled of this project."""
    own = sorted((release.symbols.parent / "function").rglob("*.o"))
    return [path for path in own if path.parent.name != "cli"]


def test_it_is_for_its_architecture_and_position_independent(release):
    header = readelf("--file-header", release.bootstrap)
    assert re.search(rf"Machine: +{MACHINE[release.arch]}$", header, re.MULTILINE)
    assert "DYN (Position-Independent Executable file)" in header


def test_it_is_static(segments, dynamic):
    assert "INTERP" not in {kind for kind, _ in segments}
    for tag in ("(NEEDED)", "(RPATH)", "(RUNPATH)", "(TEXTREL)"):
        assert tag not in dynamic


def test_nothing_is_both_writable_and_executable(segments):
    assert [row for row in segments if {"W", "E"} <= set(row[1])] == []
    assert ("GNU_STACK", "RW") in segments


def test_relocations_are_read_only_once_it_runs(segments, dynamic, release):
    assert ("GNU_RELRO", "R") in segments
    assert re.search(r"\(FLAGS\) +BIND_NOW", dynamic)
    assert re.search(r"\(FLAGS_1\) +Flags: NOW PIE", dynamic)
    headers = readelf("--program-headers", release.bootstrap)
    relro = re.findall(r"^   \d\d +(.*\.data\.rel\.ro .*)$", headers, re.MULTILINE)[-1]
    assert relro.split()[-2:] == [".dynamic", ".got"]


def test_it_is_stripped(release):
    sections = readelf("--section-headers", release.bootstrap)
    assert ".text " in sections
    assert ".symtab" not in sections and ".debug_" not in sections


def test_every_object_of_ours_was_compiled_hardened(release, objects):
    assert len(objects) > 20
    tool = TOOLS[release.arch]
    for path in objects:
        argv = [f"{tool}objdump", "--dwarf=info", "--dwarf-depth=1", path]
        (flags,) = re.findall(r"DW_AT_producer.*: (GNU C17.*)", output(*argv))
        assert {*FLAGS.split(), BRANCHES[release.arch]} <= set(flags.split())
        assert PROTECTION[release.arch] in readelf("--notes", path)


def test_buffers_and_stacks_are_checked_as_it_runs(release, objects):
    """Of a length that the compiler knows it makes a checked call, such as __snprintf_chk()."""
    checks = {"__snprintf_chk", "__vsnprintf_chk", "__stack_chk_fail"}
    undefined = [output("nm", "--undefined-only", path).split() for path in objects]
    for name in checks:
        assert len([names for names in undefined if name in names]) >= 3, name
    assert checks <= set(output("nm", release.symbols).split())


@pytest.mark.parametrize("name", ["curl", "cjson", "ssl", "crypto"])
def test_the_libraries_built_here_have_the_stack_protector(release, name):
    library = release.built / f"deps/lib/lib{name}.a"
    assert "__stack_chk_fail" in output("nm", "--undefined-only", library).split()
