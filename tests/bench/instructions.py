"""make bench-instructions: where the instructions of a cold start go, and those of one more event.

Callgrind counts nearly the same every time, whatever else the machine does. Our own share is
compared with the figures that are kept beside this file: exits with 1 if it is more than TOLERANCE
away from them, up or down, or if an alert costs ALERT_LIMIT or more of a cold start.
"""

import dataclasses
import json
import pathlib
import re
import sys

from candidates import BENCH, BUILD, OURS, Candidate
from callgrind import profile
from report import aligned

KEPT = pathlib.Path(__file__).with_suffix(".json")
README = pathlib.Path(__file__).with_name("README.md")
HEADING = "| instructions, thousands"  # where our part of the README begins, down to its end
TOLERANCE = 0.02
ALERT_LIMIT = 0.05
MORE_EVENTS = 10

# What is linked together: name, files in the linker's map, name in versions.txt.
PARTS = (
    ("function/", r"/function/.*\.o$", None),
    ("runtime/", r"liblambda-c-runtime\.a", None),
    ("cJSON", r"libcjson\.a", "cjson"),
    ("libyaml", r"libyaml\.a", "libyaml"),
    ("PCRE2", r"libpcre2-8\.a", "pcre2"),
    ("libcurl", r"libcurl\.a", "curl"),
    ("OpenSSL", r"lib(ssl|crypto)\.a", "openssl"),
    ("c-ares", r"libcares\.a", "c-ares"),
    ("C library", r"", "glibc"),
)
OUR_PARTS = ("function/", "runtime/")


@dataclasses.dataclass(frozen=True)
class Step:
    """A function with all that it calls, and steps that are parts of it."""

    function: str
    words: str
    parts: tuple = ()


COLD_START = Step(
    "",
    "a cold start with one alert",
    (
        Step("_dl_relocate_static_pie", "before main(): the program relocates itself"),
        Step("config_read", "the environment is read"),
        Step("rules_load", "the rules are read"),
        Step("sns_init", "libcurl and OpenSSL start"),
        Step(
            "sns_connect",
            "a connection to SNS",
            (
                Step("SSL_CTX_new", "TLS: its tables of algorithms"),
                Step("RAND_status", "TLS: the random generator starts"),
                Step(
                    "SSL_do_handshake",
                    "TLS: the handshake",
                    (
                        Step("tls_construct_client_hello", "our hello"),
                        Step("tls_process_server_hello", "the server's hello, and the keys"),
                        Step("tls_process_server_certificate", "its certificates are decoded"),
                        Step(
                            "tls_post_process_server_certificate",
                            "they are verified",
                            (Step("get_issuer", "the root is found and decoded"),),
                        ),
                        Step("tls_process_cert_verify", "its signature is verified"),
                    ),
                ),
            ),
        ),
        Step(
            "lambda_run",
            "the runtime, from its start to its end",
            (
                Step("lambda_client_new", "its client of the Runtime API"),
                Step("lambda_client_next", "the event is asked for, and one more"),
                Step(
                    "handler_run",
                    "the event is handled",
                    (
                        Step("event_parse", "it is parsed"),
                        Step("rules_decide", "the rules decide"),
                        Step("alert_make", "the alert is computed"),
                        Step("message_write", "the alert is rendered for every subscriber"),
                        Step(
                            "sns_publish",
                            "the alert is published",
                            (
                                Step("form_add", "the message becomes a form"),
                                Step("Curl_output_aws_sigv4", "the request is signed"),
                            ),
                        ),
                    ),
                ),
                Step("lambda_client_respond", "the answer is posted"),
            ),
        ),
        Step("exit", "the end of the process, which Lambda does not wait for"),
    ),
)


def main(keep):
    ours = Candidate(OURS, "this function", BENCH / "symbols/bootstrap", trust={})
    cold = profile(ours)
    event = {
        name: (more - less) / MORE_EVENTS
        for (name, more), (_, less) in zip(
            by_part(profile(ours, 1 + MORE_EVENTS)), by_part(cold), strict=True
        )
    }
    text = "\n".join([*parts_table(cold, event), "", *steps_table(cold), ""])
    (BENCH / "instructions.md").write_text(text)
    print(text)
    counted = {
        "cold": sum(count for name, count in by_part(cold) if name in OUR_PARTS),
        "event": round(sum(event[name] for name in OUR_PARTS)),
    }
    if keep:
        KEPT.write_text(json.dumps(counted) + "\n")
        before, _, _ = README.read_text().partition(HEADING)
        README.write_text(before + text)
    problems = [*compare(counted, json.loads(KEPT.read_text())), *check_alert(cold)]
    print("\n".join(problems), end="\n" if problems else "")
    return bool(problems)


def count_cold(candidate):
    """Millions of instructions that a cold start takes, with one alert."""
    return profile(candidate).total / 1e6


def by_part(counted):
    """The instructions of each of PARTS, with its name, in that order."""
    counts = dict.fromkeys((name for name, _, _ in PARTS), 0)
    for file, count in counted.files.items():
        counts[next(name for name, files, _ in PARTS if re.search(files, file))] += count
    return counts.items()


def parts_table(cold, event):
    lines = (BUILD / "deps/versions.txt").read_text().splitlines()
    versions = dict(line.split(maxsplit=1) for line in lines)
    rows = [(HEADING.strip("| "), "version", "a cold start", "one more event")]
    for (name, count), (_, _, package) in zip(by_part(cold), PARTS, strict=True):
        rows.append((name, versions.get(package, ""), *thousands(count, event[name])))
    rows.append(("all", "", *thousands(cold.total, sum(event.values()))))
    return aligned(rows)


def steps_table(cold):
    """What each step takes, in a column further to the right for the parts of a step."""
    rows = [("step by step", *[""] * depth(COLD_START))]
    for words, level, count in steps(COLD_START, cold.inclusive | {"": cold.total}):
        cells = [""] * depth(COLD_START)
        (cells[level],) = thousands(count)
        rows.append((words, *cells))
    return aligned(rows)


def depth(step):
    return 1 + max(map(depth, step.parts), default=0)


def steps(step, counts, level=0):
    """The step, its parts and their rest, each as words, level and count; those that took place."""
    yield step.words, level, counts[step.function]
    present = [part for part in step.parts if part.function in counts]
    for part in present:
        yield from steps(part, counts, level + 1)
    if present:
        rest = counts[step.function] - sum(counts[part.function] for part in present)
        yield "the rest", level + 1, rest


def thousands(*counts):
    return [f"{count / 1e3:,.0f}" for count in counts]


def compare(counted, kept):
    """What is wrong with our own instructions."""
    for what, count in counted.items():
        change = count / kept[what] - 1
        if abs(change) > TOLERANCE:
            yield (
                f"function/ and runtime/ take {count:,} instructions for {WORDS[what]},"
                f" {change:+.1%} against the {kept[what]:,} in {KEPT.name}. If that is as it should"
                " be: make keep-instructions, and commit the file."
            )


WORDS = {"cold": "a cold start", "event": "one more event"}


def check_alert(cold):
    share = (cold.inclusive["alert_make"] + cold.inclusive["message_write"]) / cold.total
    print(f"Computing and rendering the alert is {share:.1%} of the cold start.")
    if share >= ALERT_LIMIT:
        yield f"It must be less than {ALERT_LIMIT:.0%}."


if __name__ == "__main__":
    sys.exit(main(keep="--keep" in sys.argv[1:]))
