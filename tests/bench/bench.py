"""make bench: our bootstrap, the same source built naively, and peers, measured in one run.

Each round has a cold start of every candidate, in an order that is drawn anew, so that what else
the machine does, and who ran before, hits all of them alike; so it is with warm runs. Every alert
is checked by build/server, and one that is wrong or missing ends the benchmark. Exits with 1 then,
and where a gate of report.py is missed.
"""

import argparse
import json
import os
import random
import statistics
import sys

import report
from candidates import BENCH, BUILD, NAIVE, OURS, Candidate, candidates, left_out
from instructions import count_cold
from run import Failed, serve

ECHOES = 20  # events of the runtime alone for each of a warm run


def main(arguments=None):
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=40, help="cold starts of each candidate")
    options.add_argument("--warm-rounds", type=int, default=15, help="warm runs of each candidate")
    options.add_argument("--events", type=int, default=500, help="events of each warm run")
    options = options.parse_args(arguments)
    taking_part = candidates()
    for title in left_out():
        print(f"{title} is left out: it is not built here")
    try:
        figures = measure(taking_part, options)
    except Failed as failure:
        return f"bench: {failure}"
    results = {
        "machine": report.machine(),
        "rounds": options.rounds,
        "events": options.warm_rounds * options.events,
        "titles": {candidate.name: candidate.title for candidate in taking_part},
        "floor": floor(options.rounds),
        "figures": figures,
    }
    (BENCH / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    text, met = report.write(results)
    (BENCH / "results.md").write_text(text)
    print(text)
    return 0 if met else 1


def measure(taking_part, options):
    """The medians, by candidate and row of report.ROWS."""
    samples = {candidate.name: [] for candidate in taking_part}
    for candidate in taking_part:
        forget(candidate.program)
    for number in range(options.rounds):
        say(f"cold starts {number + 1} of {options.rounds}")
        for candidate in random.sample(taking_part, len(taking_part)):
            samples[candidate.name].append(cold(candidate))
    for number in range(options.warm_rounds):
        say(f"warm runs {number + 1} of {options.warm_rounds}")
        for candidate in random.sample(taking_part, len(taking_part)):
            samples[candidate.name].append(warm(candidate, options.events))
            if candidate.echo:
                samples[candidate.name].append(echo(candidate, ECHOES * options.events))
    say("")
    figures = {name: medians(of_one) for name, of_one in samples.items()}
    for candidate in taking_part:
        if candidate.package_bytes:
            figures[candidate.name]["package"] = candidate.package_bytes
        if candidate.name in (OURS, NAIVE):
            say(f"instructions of {candidate.title}")
            figures[candidate.name]["instructions"] = count_cold(candidate)
    say("")
    return figures


def forget(path):
    """Takes a file out of the memory, so that it is read from the disk again, as on Lambda.

    Linux maps a file that it has read in smaller pieces than one that was written just now, by a
    linker: so much of it counts as memory that was never asked for.
    """
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def say(text):
    """Shows how far it is, where somebody looks on."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="", flush=True)


def medians(samples):
    keys = {key: None for sample in samples for key in sample}
    return {key: statistics.median(s[key] for s in samples if key in s) for key in keys}


def cold(candidate):
    """A process that gets one event that it must tell of, another one that it must not.

    Each is run twice, and the second time counts: a cold server would be slow itself.
    """
    alert, silence = serve("alert", candidate, runs=2), serve("silence", candidate, runs=2)
    return {
        "exec_to_next": alert["exec_to_next_ns"] / 1e6,
        "event_to_alert": alert["event_to_alert_ns"]["p50"] / 1e6,
        "exec_to_answer": alert["exec_to_answer_ns"] / 1e6,
        "cold_cpu": alert["after_all"]["cpu_us"] / 1e3,
        "silent_cpu": silence["after_all"]["cpu_us"] / 1e3,
        "memory": alert["after_all"]["peak_kib"] / 1024,
    }


def warm(candidate, events):
    """A process that gets many events, with an alert for each."""
    result = serve("alert", candidate, events)
    cpu_us = result["after_all"]["cpu_us"] - result["after_first"]["cpu_us"]
    return {
        "warm_p50": result["event_to_answer_ns"]["p50"] / 1e3,
        "warm_p99": result["event_to_answer_ns"]["p99"] / 1e3,
        "warm_cpu": cpu_us / (events - 1),
        "rate": events / result["all_events_ns"] * 1e9,
    }


def echo(candidate, events):
    """The runtime alone: a process that answers each event with itself."""
    result = serve("echo", candidate, events, program=[candidate.echo])
    cpu_us = result["after_all"]["cpu_us"] - result["after_first"]["cpu_us"]
    return {
        "echo_p50": result["event_to_answer_ns"]["p50"] / 1e3,
        "echo_cpu": cpu_us / (events - 1),
    }


def floor(rounds):
    """Milliseconds that a program takes that does nothing, from exec to its end."""
    empty = Candidate("empty", "an empty program", BENCH / "empty", {})
    runs = [serve("nothing", empty) for _ in range(rounds)]
    return {
        "exec_to_end": statistics.median(run["exec_to_end_ns"] for run in runs) / 1e6,
        "cpu": statistics.median(run["total_cpu_us"] for run in runs) / 1e3,
    }


if __name__ == "__main__":
    assert (BUILD / "server").exists(), "run make bench"
    sys.exit(main())
