"""Compares the engine with the oracle on rules and records that others published. Run by hand.

usage: published.py RULES [RECORDS...]

RULES is a folder, searched at any depth for *.yml; RECORDS are files as `sigma match` reads them.
Records are also generated from the rules. Prints what is refused and how often the two disagree.
"""

import pathlib
import sys
import tempfile

import engine
import oracle
import ruler
import samples
import view


def accepted(files):
    """The files that `check` takes; it tells of the others here."""
    good = []
    for file in files:
        done = engine.run("check", file)
        if done.returncode == 0:
            good.append(file)
        else:
            print(done.stdout.decode().strip())
    return good


def read(file):
    """The records of a file, as `match` numbers them."""
    for value in view.texts(file.read_text()):
        many = value.get("Records", [value]) if isinstance(value, dict) else value
        for event in many:
            yield event.get("detail", event)


def compare(rules, records, folder):
    """Prints the differences; returns the matches."""
    parsed = oracle.read(rules)
    found = engine.hits(rules, records, folder)
    wanted = oracle.Oracle(parsed).decide(records)
    stock = oracle.Stock(parsed).decide(records)
    print(f"  {len(records):,} records, {len(records) * len(parsed):,} evaluations")
    print(f"  {len(found):,} matches by {len({rule for _, rule in found})} rules")
    print(f"  {len(found ^ wanted)} differences from the oracle")
    print(f"  {len(found ^ stock)} differences from pySigma's backend as it is")
    for n, rule_id in sorted(found ^ wanted)[:20]:
        what = "missed" if (n, rule_id) in wanted else "matched"
        print(f"    {what} by {rule_id}: {engine.event(records[n]).decode()}")
    return found


def lost(rules, records, found, folder):
    """How many matches the patterns lose: that of each rule, and that of all."""
    ids = {str(rule.id): file for file in rules for rule in oracle.read([file])}
    union = engine.run("pattern", *rules).stdout.decode().strip()
    patterns = {file: engine.run("pattern", file).stdout.decode().strip() for file in rules}
    numbers = {file: n for n, file in enumerate(patterns, 1)}
    events = [ruler.envelope(records[n]) for n, _ in sorted(found)]
    passed = ruler.passed([union, *patterns.values()], events, folder)
    pairs = list(zip(sorted(found), passed, strict=True))
    alone = sum(1 for (_, rule_id), through in pairs if numbers[ids[rule_id]] not in through)
    together = sum(1 for _, through in pairs if 0 not in through)
    everything = ruler.passed([union], [ruler.envelope(record) for record in records], folder)
    passing = sum(map(bool, everything))
    print(f"  {alone} matches lost by the pattern of their rule, {together} by that of all rules")
    print(f"  {len(union)} characters; {passing} of {len(records)} records pass it")


def main(folder, *files):
    every = sorted(pathlib.Path(folder).rglob("*.yml"))
    rules = accepted(every)
    print(f"{len(rules)} of {len(every)} rules accepted")
    if not rules:
        return
    published = [record for file in map(pathlib.Path, files) for record in read(file)]
    generated = [record for _, record in samples.generated(rules)]
    with tempfile.TemporaryDirectory() as scratch:
        for name, records in ("published", published), ("generated", generated):
            print(f"{name}:")
            found = compare(rules, records, pathlib.Path(scratch))
            if found and not ruler.missing():
                ruler.prepare()
                lost(rules, records, found, pathlib.Path(scratch))


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 1 else sys.exit(__doc__)
