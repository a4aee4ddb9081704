"""Events that match and whose values are not what they should be, one value at a time and all."""

import copy
import json

import renderer

ODD_NAME = "<a>&b *c* _d_ ~e~ `f` [g]{h} \\^| \u20ac\U0001f30f"
ACCOUNT_NAMES = f"111122223333={ODD_NAME}, 444455556666={'W' * 64}"

VALUES = {
    "null": None,
    "a number": -1.5e300,
    "true": True,
    "an object": {"a": [{"b": "<c> `d`"}]},
    "an array": ["*a*", "`b`"],
    "nothing": "",
    "a word": "x",
    "500 characters": "W" * 500,
    "500 of two bytes": "\u00e9" * 500,
    "500 that are escaped": "<&`*" * 125,
    "words": "aws account close-account " * 10,
    "controls": "\r\nSubject: forged\r\n\r\n\x1b[2J\x9b31m\u202e\u2028WHO      me\n 1. Nothing\0",
    "markup": "*a* _b_ ~c~ `d` <!channel> <http://e.example|f> [g](https://h.example) @here & &lt;",
    "a shell's": "x'; touch pwned; $(touch pwned) `touch pwned` | touch pwned\ntouch pwned #",
    "an option": "--region",
    "almost a Region": "us-east-1;touch-pwned-1",
    "almost an id": "0ecaf828-e2f7-4553-8fcc-69d79561a0d1 touch",
    "not in GSM": "[{]}\\^~|`\u20ac\U0001f30f\u4e16" * 12,
}

PATHS = """
    id source account
    detail.eventID detail.requestID detail.sharedEventID detail.apiVersion detail.eventTime
    detail.awsRegion detail.errorCode detail.errorMessage detail.recipientAccountId
    detail.requestParameters detail.requestParameters.RegionName
    detail.requestParameters.AccountId
    detail.userIdentity detail.userIdentity.accountId detail.userIdentity.userName
    detail.userIdentity.onBehalfOf.userId detail.userIdentity.onBehalfOf.identityStoreArn
    detail.userIdentity.invokedBy detail.userIdentity.principalId detail.userIdentity.type
    detail.userIdentity.arn detail.userIdentity.accessKeyId detail.userIdentity.credentialId
    detail.userIdentity.sessionContext detail.userIdentity.sessionContext.sourceIdentity
    detail.userIdentity.sessionContext.sessionIssuer.userName
    detail.userIdentity.sessionContext.attributes.mfaAuthenticated
    detail.sessionCredentialFromConsole detail.sourceIPAddress detail.userAgent
    detail.vpcEndpointId
""".split()

NOTICE_PATHS = """
    id account time region resources detail.accountId detail.regionName
    detail.eventName detail.eventID detail.eventTime detail.awsRegion
""".split()

BASE = json.loads(renderer.EVENTS["enable-region-cross-account-admin"])
NOTICE = json.loads(renderer.EVENTS["region-status-enabling"])
NAMES = {"detail.eventName": "EnableRegion", "detail.eventSource": "account.amazonaws.com"}


def put(event, path, value):
    """Sets the member at a path; objects on the way are made."""
    *way, last = path.split(".")
    for name in way:
        if not isinstance(event.get(name), dict):
            event[name] = {}
        event = event[name]
    event[last] = copy.deepcopy(value)


def leave_out(event, path):
    *way, last = path.split(".")
    for name in way:
        event = event.get(name, {})
    event.pop(last, None)


def _varied():
    for path in PATHS:
        event = copy.deepcopy(BASE)
        leave_out(event, path)
        yield f"no {path}", event
    for kind, value in VALUES.items():
        for path in PATHS:
            event = copy.deepcopy(BASE)
            put(event, path, value)
            yield f"{path}: {kind}", event
        for path, name in NAMES.items():
            event = copy.deepcopy(BASE)
            put(event, path, [value, name])
            yield f"{path}: {kind} and its own", event
        event = copy.deepcopy(BASE)
        leave_out(event, "detail.userIdentity.arn")  # which has a name, and comes before
        put(event, "detail.userIdentity.userName", value)
        yield f"the actor: {kind}", event
        event = copy.deepcopy(BASE)
        for path in PATHS:
            put(event, path, value)
        yield f"all: {kind}", event


def _varied_notices():
    for path in NOTICE_PATHS:
        event = copy.deepcopy(NOTICE)
        leave_out(event, path)
        yield f"a notice, no {path}", event
    for kind, value in VALUES.items():
        everything = copy.deepcopy(NOTICE)
        for path in NOTICE_PATHS:
            event = copy.deepcopy(NOTICE)
            put(event, path, value)
            yield f"a notice, {path}: {kind}", event
            put(everything, path, value)
        yield f"a notice, all: {kind}", everything


EVENTS = {
    name: json.dumps(event).encode() for name, event in [*_varied(), *_varied_notices()]
}
EVENTS["nothing else"] = b'{"eventSource":"account.amazonaws.com","eventName":"EnableRegion"}'
ALL = EVENTS | renderer.EVENTS
