"""What an alert should say of an event, read without the renderer."""

import dataclasses
import json

import yaml

import renderer

TEST_SOURCE = "enable-region-alert"
NOTICE_TYPE = "Region Opt-In Status Change"
NOTICE_RULE = "7d0e3c52-9f64-4b0e-9d5b-3c1a5b8e2f90"
NOTICE_REASON = (
    "AWS itself tells that a Region is being enabled or disabled for an account. It sends"
    " this notice without CloudTrail, whose record tells who asked."
)
TEST_REASON = "This is a test: the facts below are made up."
FILES = [file for path in renderer.RULES for file in (renderer.ROOT / path).glob("*.yml")]
RULES = {rule["id"]: rule for rule in (yaml.safe_load(file.read_text()) for file in FILES)}


@dataclasses.dataclass(frozen=True)
class Facts:
    outcome: str
    name: str  # of the call, or of the kind of notice
    account: str  # that it concerns
    caller: str  # the caller's account
    region: str | None  # to be enabled, or whose status it is
    logged: str
    event_id: str
    time: str
    key: str | None

    @property
    def is_test(self):
        return self.outcome == "TEST"

    @property
    def enables(self):
        return self.name == "EnableRegion"

    @property
    def is_opting_in(self):
        """Whether a Region is being enabled, or is."""
        return self.outcome in ("ENABLING", "ENABLED") or (
            self.enables and self.outcome == "SUCCEEDED"
        )

    @property
    def acts_across(self):
        return self.caller != self.account


def record(event):
    event = json.loads(event)
    return event.get("detail", event)


def is_notice(event):
    """Whether it is AWS's notice of a Region's status, which no rule matches."""
    return json.loads(event).get("detail-type") == NOTICE_TYPE


def _of_notice(event):
    detail = event["detail"]
    account = detail["accountId"]
    return Facts(
        outcome=detail["status"],
        name=event["detail-type"],
        account=account,
        caller=account,
        region=detail["regionName"],
        logged=event["region"],
        event_id=event["id"],
        time=event["time"],
        key=None,
    )


def _outcome(event):
    if event["source"] == TEST_SOURCE:
        return "TEST"
    error = event["detail"].get("errorCode")
    return "SUCCEEDED" if error is None else "DENIED" if error == "AccessDenied" else "FAILED"


def of(event):
    """The facts of an event that is what it should be."""
    event = json.loads(event)
    if event["detail-type"] == NOTICE_TYPE:
        return _of_notice(event)
    detail = event["detail"]
    parameters = detail["requestParameters"] or {}
    account = detail["recipientAccountId"]
    return Facts(
        outcome=_outcome(event),
        name=detail["eventName"],
        account=account,
        caller=detail["userIdentity"].get("accountId", account),
        region={name.lower(): value for name, value in parameters.items()}.get("regionname"),
        logged=detail["awsRegion"],
        event_id=detail["eventID"],
        time=detail["eventTime"],
        key=detail["userIdentity"].get("accessKeyId"),
    )
