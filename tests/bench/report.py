"""What the benchmark says: the table, and the gates that our bootstrap must pass."""

import dataclasses
import os
import pathlib
import platform
import time

from candidates import JUDGED_PEERS, NAIVE, OURS, STATIC_PEERS

# The rows of the table: what, in which unit, and how a figure is written.
ROWS = {
    "exec_to_next": ("cold: exec → ready for events, ms", "{:.2f}"),
    "event_to_alert": ("cold: event → alert accepted, ms", "{:.2f}"),
    "exec_to_answer": ("cold: exec → answer, ms", "{:.2f}"),
    "cold_cpu": ("cold: CPU, ms", "{:.2f}"),
    "silent_cpu": ("cold: CPU when nothing matches, ms", "{:.2f}"),
    "instructions": ("cold: instructions, millions", "{:.1f}"),
    "memory": ("memory at its peak, MiB", "{:.1f}"),
    "package": ("package (zip), bytes", "{:,.0f}"),
    "warm_p50": ("warm: event → answer, median, µs", "{:.0f}"),
    "warm_p99": ("warm: event → answer, 99th percentile, µs", "{:.0f}"),
    "warm_cpu": ("warm: CPU per event, µs", "{:.0f}"),
    "rate": ("warm: events per second", "{:,.0f}"),
    "echo_p50": ("runtime alone, warm: event → answer, median, µs", "{:.1f}"),
    "echo_cpu": ("runtime alone, warm: CPU per event, µs", "{:.1f}"),
}


@dataclasses.dataclass(frozen=True)
class Gate:
    """Our figure of a row may be at most `most` times the best of the `others`."""

    row: str
    others: tuple
    most: float
    aim: float = 0.0  # what would be good


GATES = (
    Gate("event_to_alert", JUDGED_PEERS, 0.2),
    Gate("exec_to_answer", JUDGED_PEERS, 0.95, 0.6),
    Gate("cold_cpu", JUDGED_PEERS, 0.9, 0.6),
    Gate("memory", JUDGED_PEERS, 0.55),
    Gate("package", STATIC_PEERS, 0.7),
    Gate("warm_cpu", JUDGED_PEERS, 0.9),
    Gate("warm_p50", JUDGED_PEERS, 1.0),
    Gate("echo_p50", JUDGED_PEERS, 1.0),
    Gate("echo_cpu", JUDGED_PEERS, 1.0),
    Gate("exec_to_answer", (NAIVE,), 1 / 4),
    Gate("instructions", (NAIVE,), 1 / 15),
)


def write(results):
    """The report as Markdown, and whether every gate that could be judged is passed."""
    judged = [judge(gate, results["figures"], results["titles"]) for gate in GATES]
    floor = results["floor"]
    text = [
        f"{results['machine']}. Medians of {results['rounds']} cold starts and, warm, of"
        f" {results['events']} events; every alert was checked.",
        "",
        *table(results["figures"], results["titles"]),
        "",
        f"An empty static program takes {floor['exec_to_end']:.2f} ms from exec to its end, and"
        f" {floor['cpu']:.2f} ms of CPU: the floor.",
        "",
        *aligned([("gate", "ratio", "at most", "aim", ""), *(row for row, _ in judged)]),
        "",
    ]
    return "\n".join(text), all(met for _, met in judged)


def table(figures, titles):
    rows = [("", *titles.values())]
    for row, (title, form) in ROWS.items():
        cells = (figures[name].get(row) for name in titles)
        rows.append((title, *("–" if cell is None else form.format(cell) for cell in cells)))
    return aligned(rows)


def aligned(rows):
    """A Markdown table that is one to the eye, too: the first column to the left."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    ruler = [":".rjust(width, "-") for width in widths]
    ruler[0] = "-" * widths[0]
    lines = [
        [cell.rjust(width) if i else cell.ljust(width) for i, (cell, width) in enumerate(pairs)]
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    ]
    return ["| " + " | ".join(line) + " |" for line in (lines[0], ruler, *lines[1:])]


def judge(gate, figures, titles):
    """A row for the report, and whether the gate is passed; without others, nothing is judged."""
    title = ROWS[gate.row][0].rsplit(",", 1)[0]
    present = [name for name in gate.others if gate.row in figures.get(name, {})]
    aim = f"{gate.aim:.3g}" if gate.aim else ""
    if not present:
        return (f"{title}, to a peer", "–", f"{gate.most:.3g}", aim, "no peer is built"), True
    best = min(present, key=lambda name: figures[name][gate.row])
    ratio = figures[OURS][gate.row] / figures[best][gate.row]
    met = ratio <= gate.most
    row = f"{title}, to: {titles[best]}", f"{ratio:.3f}", f"{gate.most:.3g}", aim
    return (*row, "pass" if met else "MISSED"), met


def machine():
    """What it was measured on."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    day = time.strftime("%Y-%m-%d", time.gmtime())
    cores = len(os.sched_getaffinity(0))
    return f"{next(names, platform.machine())}, {cores} cores, Linux {platform.release()}, {day}"
