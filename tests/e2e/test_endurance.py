"""A process that lives long keeps its size, and nobody can blow it up.

Not for the sanitizer build, whose memory says nothing about ours.
"""

import pytest

from harness import events
from harness.wire import Pause

MATCH = events.read("enable-region-assumed-role-sso")
NO_MATCH = events.read("disable-region")
ALLOWED_KIB = 64  # what the allocator may still round up: less than 8 bytes an invocation


@pytest.mark.slow
def test_ten_thousand_invocations(function, api, sns):
    """Memory and descriptors after 10,000 warm invocations are those after the first 1,000."""
    measured = {}
    for count in range(1, 10_001):
        matched = function.answer(events.anew(MATCH) if count % 2 else NO_MATCH)["matched"]
        assert matched == count % 2
        if count % 1000 == 0:
            measured[count] = (function.memory_kib(), function.descriptors())
            for record in (api.requests, sns.requests, sns.attempts):
                record.clear()  # ours, not to grow either
    (memory, descriptors), (memory_after, descriptors_after) = measured[1000], measured[10_000]
    assert descriptors_after == descriptors
    assert memory_after <= memory + ALLOWED_KIB, measured
    assert (len(sns.published), sns.connections, api.connections) == (5000, 1, 1)


def test_huge_answer_is_bounded(function, sns):
    """An endless body takes bounded memory, and no more time than any attempt."""
    function.answer(NO_MATCH)
    before = function.memory_kib("VmHWM")
    sns.faults.append([b"HTTP/1.1 200 OK\r\n\r\n"] + [b"x" * 65536, Pause(0)] * 4096)  # 256 MiB
    assert function.answer(MATCH, deadline_s=60)["matched"] == 1
    assert len(sns.attempts) == 2
    assert function.memory_kib("VmHWM") - before < 16 * 1024
