"""What policies decide, conditions among it, as IAM does it."""

import dataclasses
import fnmatch

ALLOWED, DENIED, SILENT = "allowed", "denied", "silent"


@dataclasses.dataclass(frozen=True)
class Request:
    """Somebody wants to do something. who is a service, the ARN of an account's root, or nobody."""

    action: str
    resource: object
    who: str = ""
    context: dict = dataclasses.field(default_factory=dict)


def listed(value):
    return value if isinstance(value, list) else [value]


def like(value, patterns):
    return any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns)


OPERATORS = {  # of the value in the request, None where it has none, and those of the policy
    "StringEquals": lambda value, wanted: value in wanted,
    "StringNotEquals": lambda value, wanted: value not in wanted,
    "StringLike": lambda value, wanted: value is not None and like(value, wanted),
    "ArnEquals": lambda value, wanted: value in wanted,
    "ArnNotEquals": lambda value, wanted: value not in wanted,
    "ArnLike": lambda value, wanted: value is not None and like(value, wanted),
    "Bool": lambda value, wanted: value in wanted,
    "BoolIfExists": lambda value, wanted: value is None or value in wanted,
}


def principals(statement):
    """Who a statement is about: services and ARNs, or "*"."""
    principal = statement["Principal"]
    if principal == "*":
        return ["*"]
    return [name for names in principal.values() for name in listed(names)]


def applies(statement, request):
    return (
        request.action in listed(statement["Action"])
        and statement["Resource"] in ("*", request.resource)
        and bool({"*", request.who} & set(principals(statement)))
        and all(
            OPERATORS[operator](request.context.get(key), listed(wanted))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def decide(statements, request):
    """DENIED and ALLOWED end it; SILENT leaves it to what IAM gives the one who asks."""
    effects = {each["Effect"] for each in statements if applies(each, request)}
    return DENIED if "Deny" in effects else ALLOWED if "Allow" in effects else SILENT
