"""Every row of the table: it ends as it must, in time, in bounds, and the books balance."""

import itertools

import pytest

from books import SANITIZED, Run, describe
from harness.emulator import ManagedEmulator
from table import FAULTS

CAN_MOUNT = ManagedEmulator.possible()


def marks(fault):
    needs_mounts = pytest.mark.skipif(
        fault.mounts and not CAN_MOUNT, reason="no mount namespace can be had here"
    )
    return [needs_mounts, pytest.mark.slow] if fault.slow else [needs_mounts]


ROWS = [pytest.param(fault, id=fault.name, marks=marks(fault)) for fault in FAULTS]


def summary(ends):
    """Equal ends once, with their number."""
    groups = [(end, len(list(same))) for end, same in itertools.groupby(ends)]
    return ", then ".join(end if count == 1 else f"{count} x {end}" for end, count in groups)


def call(delivery):
    """What the process told Lambda."""
    return delivery.outcome.verb if delivery.outcome else "nothing"


@pytest.mark.parametrize("fault", ROWS)
def test_fault(fault, authority, certificate, tmp_path, rows):
    verdict, ends = "FAILED", []
    with Run(authority, certificate, tmp_path) as run:
        try:
            fault.act(run)
            ends = [describe(delivery.outcome) for delivery in run.deliveries]
            check(fault, run, ends)
            verdict = "ok"
        finally:
            slowest = max((delivery.seconds for delivery in run.deliveries), default=0)
            rows.append(
                f"{verdict:6} {fault.name:50} attempts {run.attempts}  {slowest:5.2f} s  "
                f"{run.peak_kib / 1024:5.1f} MiB  {summary(map(call, run.deliveries)):16} "
                f"{summary(ends)}; log: {summary(run.telling_lines())}"
            )


def check(fault, run, ends):
    run.audit()
    assert ends == fault.ends
    assert fault.attempts is None or run.attempts == fault.attempts
    for delivery in run.deliveries:
        assert delivery.seconds <= fault.seconds
        if delivery.outcome and delivery.outcome.verb == "error":
            logged = {line.get("errorType") for line in run.logs}
            assert delivery.outcome.error_type in logged
    assert SANITIZED or run.peak_kib <= fault.memory_kib
