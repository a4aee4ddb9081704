"""The engine and the oracle decide alike: every rule of rules/ on every generated record."""

import engine
import oracle
import samples

RULES = [samples.rule(file) for file in samples.FILES]

MUST_SUPPORT = {
    *("all", "startswith", "endswith", "contains", "exists", "cased", "neq"),
    *("re", "i", "m", "s", "lt", "lte", "gt", "gte", "cidr", "fieldref"),
}


def test_every_evaluation(named_records, records, decided):
    assert len(records) * len(RULES) > 400_000
    wanted = oracle.Oracle(oracle.read(samples.FILES)).decide(records)
    titles = {rule["id"]: rule["title"] for rule in RULES}
    differences = [
        f"{'missed' if (n, rule_id) in wanted else 'matched'} by {titles[rule_id]!r}: "
        f"{named_records[n][0]}: {engine.event(records[n]).decode()}"
        for n, rule_id in sorted(wanted ^ decided)
    ]
    assert not differences, f"{len(differences)} differences\n" + "\n".join(differences[:40])


def test_each_rule_matches_some_records_and_not_all(records, decided):
    for rule in RULES:
        matched = sum(1 for _, rule_id in decided if rule_id == rule["id"])
        assert 0 < matched < len(records), rule["title"]


def test_the_rules_use_each_modifier():
    """...so that none drops out of the comparison."""
    maps = [
        item
        for rule in RULES
        for selection in rule["detection"].values()
        for item in (selection if isinstance(selection, list) else [selection])
        if isinstance(item, dict)
    ]
    used = {modifier for item in maps for key in item for modifier in key.split("|")[1:]}
    assert used == MUST_SUPPORT


# Where pySigma's backend as it is differs, by the file of the rule; see test_decisions.py.
STOCK_DIFFERS = {
    **dict.fromkeys(("cidr_v4", "cidr_v6", "cidr_not"), "it compares texts, not addresses"),
    **dict.fromkeys(("lt_gt", "lte_gte"), "it compares texts, not numbers"),
    **dict.fromkeys(("exists", "exists_not", "fieldref_neq"), "to it null is absent"),
    "boolean": "to it 1 and 0 are booleans",
}


def has_array(value):
    if isinstance(value, dict):
        return any(map(has_array, value.values()))
    return isinstance(value, list)


def test_stock_differs_only_where_decided(named_records, records, decided):
    """What the oracle adds to pySigma's backend changes nothing but what it is there for."""
    stock = oracle.Stock(oracle.read(samples.FILES)).decide(records)
    files = {rule["id"]: file.stem for file, rule in zip(samples.FILES, RULES, strict=True)}
    differing = {(n, files[rule_id]) for n, rule_id in stock ^ decided if not has_array(records[n])}
    undecided = [(n, file) for n, file in differing if file not in STOCK_DIFFERS]
    assert [(file, named_records[n][0]) for n, file in undecided] == []
    assert {file for _, file in differing} == set(STOCK_DIFFERS), "a row is out of date"
