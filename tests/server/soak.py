"""make soak: events by the hundred thousand, and neither memory nor descriptors grow.

Usage: soak.py COUNT
Of COUNT events each, the runtime's echo example and the function with an alert for every event.
Exits with 1 if either has grown after the first tenth of them, or anything went wrong.
"""

import sys

from candidates import BENCH, Candidate
from run import Failed, serve

GROWTH_KIB = 64
CANDIDATES = {
    "echo": Candidate("soak-echo", "the runtime alone", BENCH / "echo", {}),
    "alert": Candidate("soak-alert", "the function", BENCH / "bootstrap", {}),
}


def main(count):
    grown = [soak(expectation, candidate, count) for expectation, candidate in CANDIDATES.items()]
    return any(grown)


def soak(expectation, candidate, count):
    result = serve(expectation, candidate, count)
    early, late = result["after_tenth"], result["after_all"]
    kib = late["resident_kib"] - early["resident_kib"]
    descriptors = late["descriptors"] - early["descriptors"]
    print(
        f"{candidate.title}: {count:,} events, resident {early['resident_kib']} ->"
        f" {late['resident_kib']} KiB, {late['descriptors']} descriptors ({descriptors:+})"
    )
    return kib > GROWTH_KIB or descriptors != 0


if __name__ == "__main__":
    try:
        sys.exit(main(int(sys.argv[1])))
    except Failed as failure:
        sys.exit(f"soak: {failure}")
