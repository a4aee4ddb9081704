"""What callgrind counts in a run of a candidate, by the object files that the linker put together.

Callgrind knows the functions of a static program, but not which library each comes from. The
linker's map does: every instruction has an address.
"""

import bisect
import collections
import re

from candidates import BENCH
from run import serve

# A section of code in the map: address, size, and the file it comes from.
SECTION = re.compile(r"^ \.(?:text|init|fini|i?plt)\S*\s+0x(\w+)\s+0x(\w+)\s+(\S+)$", re.MULTILINE)
COMPILER_SUFFIX = re.compile(r"\.(constprop|isra|part|cold)\b.*")


class Profile:
    """total; files: instructions by object file; inclusive: by function, with all that it calls."""

    def __init__(self, callgrind_out, link_map=None):
        self.total = 0
        self.files = collections.Counter()
        self.inclusive = collections.Counter()
        self._map = LinkMap(link_map) if link_map else None
        caller = called = None
        is_call = False  # the next line of costs is what the called function took, with all below
        for line in callgrind_out.splitlines():
            if line.startswith("fn="):
                caller = line[3:]
            elif line.startswith("cfn="):
                called = line[4:]
            elif line.startswith("calls="):
                is_call = True
            elif line.startswith("0x"):
                address, *_, cost = line.split()
                if not is_call:
                    self._count(int(address, 16), int(cost))
                elif called != caller:
                    self.inclusive[COMPILER_SUFFIX.sub("", called)] += int(cost)
                is_call = False

    def _count(self, address, cost):
        self.total += cost
        if self._map:
            self.files[self._map.file_at(address)] += cost


class LinkMap:
    def __init__(self, text):
        found = SECTION.findall(text)
        self._sections = sorted((int(at, 16), int(size, 16), file) for at, size, file in found)
        self._starts = [section[0] for section in self._sections]

    def file_at(self, address):
        """The object file; empty for what is in no section, as code that the kernel lends."""
        index = bisect.bisect_right(self._starts, address) - 1
        at, size, file = self._sections[index] if index >= 0 else (0, 0, "")
        return file if address < at + size else ""


def profile(candidate, count=1):
    """A run with so many events under callgrind."""
    out = BENCH / f"{candidate.name}.callgrind"
    form = ["--dump-instr=yes", "--compress-pos=no", "--compress-strings=no"]
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *form]
    serve("alert", candidate, count, program=[*valgrind, candidate.program])
    link_map = candidate.program.with_name("bootstrap.map")
    return Profile(out.read_text(), link_map.read_text() if link_map.exists() else None)
