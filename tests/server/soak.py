"""make soak: events by the hundred thousand; the books balance, and nothing grows.

Usage: soak.py COUNT [SEED]
COUNT events go through the runtime's echo example. As many go through the function, with an alert
for each, and a fault of SNS, of Lambda or of the network for one in ten: by processes side by side,
as waits before another attempt take most of the time. build/server keeps the books: for each event
it knows how many alerts and which answers must come. Exits with 1 if they do not balance, if a log
holds the credentials, or if the memory or the descriptors of a process have grown in the second
half of its events.
"""

import collections
import concurrent.futures
import dataclasses
import random
import sys

from candidates import BENCH, Candidate
from harness import leaks
from run import Failed, serve

GROWTH_KIB = 64
PROCESSES = 16
ECHO = Candidate("soak-echo", "the runtime alone", BENCH / "echo", {})
ALERT = Candidate("soak-alert", "the function", BENCH / "bootstrap", {})


def main(count, seed):
    echo = serve("echo", ECHO, count)
    print(f"{ECHO.title}: {count:,} events, {told(echo)}", flush=True)
    print(f"{ALERT.title}: the faults are drawn by {seed}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        runs = [pool.submit(serve_faults, number, count, seed) for number in range(PROCESSES)]
        results = [run.result() for run in runs]
    for result in results:
        print(f"  {result['events']:,} events, {told(result)}")
    for name, met in total(results).items():
        print(f"  {met:>9,} {name}")
    leaks.outputs += BENCH.glob("soak-*.log")
    leaks.check()
    return any(map(has_grown, [echo, *results]))


def serve_faults(number, count, seed):
    candidate = dataclasses.replace(ALERT, name=f"{ALERT.name}-{number}")
    share = len(range(number, count, PROCESSES))
    return serve("alert", candidate, share, faults=seed + number)


def total(results):
    """The books of all processes, added up."""
    sums = collections.Counter()
    for result in results:
        sums.update({name: result[name] for name in ("events", "attempts", "copies", "errors")})
        sums.update(result["faults"])
    return sums


def growth(result):
    early, late = result["after_half"], result["after_all"]
    return [late[name] - early[name] for name in ("resident_kib", "descriptors")]


def has_grown(result):
    kib, descriptors = growth(result)
    return kib > GROWTH_KIB or descriptors != 0


def told(result):
    kib, descriptors = growth(result)
    late = result["after_all"]
    return (
        f"resident {late['resident_kib']} KiB ({kib:+}), "
        f"{late['descriptors']} descriptors ({descriptors:+})"
    )


if __name__ == "__main__":
    try:
        sys.exit(main(int(sys.argv[1]), int((sys.argv[2:] or [random.randrange(10**9)])[0])))
    except Failed as failure:
        sys.exit(f"soak: {failure}")
