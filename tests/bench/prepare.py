"""Writes what the benchmark needs into a folder: certificates, and the two events.

The authority lasts for years, as it is also built into the bootstrap that is measured.
"""

import json
import pathlib
import sys

from harness import events
from harness.certificates import Authority

SYSTEM_BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
YEARS = (-1, 10 * 365)
EVENTS = {"alert": "enable-region-assumed-role-sso", "silence": "disable-region"}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    authority = Authority(folder, "ca", YEARS)
    certificate = authority.issue("server", days=YEARS)
    certificate.chain.rename(folder / "server.pem")
    certificate.key.rename(folder / "server.key")
    bundle = SYSTEM_BUNDLE.read_bytes() + authority.bundle.read_bytes()
    (folder / "bundle.pem").write_bytes(bundle)
    for expectation, name in EVENTS.items():
        event = json.dumps(events.load(name), separators=(",", ":"))
        (folder / f"{expectation}.json").write_text(event)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
