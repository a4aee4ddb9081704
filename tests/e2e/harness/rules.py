"""Rules and a filter for tests that need more than the deployed rule."""

import shutil

from harness.function import ROOT

SECOND_ID = "11111111-1111-4111-8111-111111111111"
THIRD_ID = "22222222-2222-4222-8222-222222222222"
RULE = """\
title: {title}
id: {id}
status: test
author: The tests
level: {level}
logsource:
    product: aws
    service: cloudtrail
detection:
    any_name:
        {selection}
    condition: any_name
"""

FILTER = """\
title: What bob does is planned
id: 33333333-3333-4333-8333-333333333333
logsource:
    product: aws
filter:
    rules:
        - {rule}
    selection:
        userIdentity.userName: bob
    condition: not selection
"""


def write_three(folder):
    """The deployed rule, one for every call by bob, and one for a call that never comes."""
    rules = folder / "rules"
    shutil.copytree(ROOT / "function/rules", rules)
    by_bob = RULE.format(
        title="Any call by bob", id=SECOND_ID, level="high", selection="userIdentity.userName: BOB"
    )
    other = RULE.format(
        title="Another call", id=THIRD_ID, level="low", selection="eventName: CreateUser"
    )
    (rules / "second.yaml").write_text(by_bob)
    (rules / "third.yml").write_text(other)
    (rules / "README.txt").write_text("not a rule")
