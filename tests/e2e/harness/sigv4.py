"""AWS Signature Version 4 verified from its specification, sharing no code with any signer.

Source: AWS IAM User Guide, "Create a signed AWS API request".
"""

import datetime
import hashlib
import hmac
import re

ALLOWED_SKEW = datetime.timedelta(minutes=15)
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key_id>[^/,]+)/(?P<scope>[^,]+), ?"
    r"SignedHeaders=(?P<signed>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


class Refused(Exception):
    """The request must not be served: (HTTP status, error code, message)."""


def signed_headers(request):
    """The names in SignedHeaders, in their order; none when the request is not signed."""
    match = AUTHORIZATION.fullmatch(request.header("Authorization"))
    return match["signed"].split(";") if match else []


def verify(request, credentials, region, service):
    """Raises Refused unless it is signed with these credentials, for this place, just now."""
    match = AUTHORIZATION.fullmatch(request.header("Authorization"))
    if not match:
        raise Refused(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    signed = match["signed"].split(";")
    required = {"host", "x-amz-date"} | {
        name for name in request.header_names if name.startswith("x-amz-")
    }
    if signed != sorted(signed) or not required <= set(signed):
        raise Refused(
            403,
            "SignatureDoesNotMatch",
            f"SignedHeaders must be sorted and hold {sorted(required)}",
        )
    if (
        match["key_id"] != credentials.key_id
        or request.header("X-Amz-Security-Token") != credentials.token
    ):
        raise Refused(
            403, "InvalidClientTokenId", "The security token included in the request is invalid."
        )

    stamp = request.header("X-Amz-Date")
    if abs(_now() - _parse(stamp)) > ALLOWED_SKEW:
        raise Refused(403, "SignatureDoesNotMatch", f"Signature expired: {stamp}")
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    if match["scope"] != scope:
        raise Refused(403, "SignatureDoesNotMatch", f"Credential should be scoped to {scope}")

    to_sign = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, _sha256(_canonical(request, signed))))
    key = ("AWS4" + credentials.secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    wanted = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, match["signature"]):
        raise Refused(
            403, "SignatureDoesNotMatch", "The request signature we calculated does not match"
        )


def _canonical(request, signed):
    """The canonical request; SNS is called on / without a query, so neither needs sorting."""
    path, _, query = request.target.partition("?")
    headers = "".join(f"{name}:{' '.join(request.header(name).split())}\n" for name in signed)
    payload = hashlib.sha256(request.body).hexdigest()
    return "\n".join((request.method, path, query, headers, ";".join(signed), payload)).encode(
        "latin-1"
    )


def _sha256(data):
    return hashlib.sha256(data).hexdigest()


def _now():
    return datetime.datetime.now(datetime.UTC)


def _parse(stamp):
    try:
        return datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    except ValueError:
        raise Refused(
            403, "IncompleteSignature", f"Date must be in ISO-8601 basic format: {stamp!r}"
        ) from None
