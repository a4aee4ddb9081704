"""No output of any test may hold the role's credentials: kept here, looked through at the end."""

import urllib.parse

from harness.sns import CREDENTIALS

outputs = []  # the files that processes wrote to
leaks = []  # where a secret was found

PARTS = (CREDENTIALS.secret, CREDENTIALS.token[:22])
SECRETS = [
    form.encode() for part in PARTS for form in (part, urllib.parse.quote(part, safe=""))
]


def search(data, where):
    """Notes a leak if the bytes hold a secret, plain or as a form has it."""
    if any(secret in data for secret in SECRETS):
        leaks.append(where)


def check():
    """Fails if any output so far, or anything that was posted to Lambda, holds a secret."""
    for path in outputs:
        if path.exists():
            search(path.read_bytes(), path)
    assert leaks == [], leaks
