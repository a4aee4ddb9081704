"""Who takes part in the benchmark, and where each is built."""

import dataclasses
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
BENCH = BUILD / "bench"
RELEASE = BUILD / "enable-region-alert-x86_64.zip"
BUNDLE = BENCH / "bundle.pem"  # the system's roots and the benchmark's own

PEERS = {
    "rust": "Rust, tuned",
    "rust-prewarmed": "Rust, connected early",
    "rust-default": "Rust, as it comes",
    "go": "Go",
    "python": "Python",
}
# Those that gates are about. SDKs do not connect before the first request; the peer that does shows
# what that is worth.
JUDGED_PEERS = ("rust", "rust-default", "go", "python")
STATIC_PEERS = ("rust", "rust-default", "go")  # one binary each


@dataclasses.dataclass(frozen=True)
class Candidate:
    name: str
    title: str
    program: pathlib.Path
    trust: dict  # what makes it trust the server, in its environment
    package_bytes: int | None = None  # of the zip that is deployed; None: it needs more than a zip
    echo: pathlib.Path | None = None  # its runtime alone, with a handler that answers the event

    @property
    def environment(self):
        return {"PATH": "/usr/bin:/bin", "ALERT_MAX_PER_SECOND": "0"} | self.trust


OURS = "ours"
NAIVE = "naive"


def candidates():
    """Those that are built, ours first."""
    return [
        Candidate(
            OURS,
            "this function",
            BENCH / "bootstrap",
            {},  # its own roots
            RELEASE.stat().st_size,
            BENCH / "echo",
        ),
        Candidate(
            NAIVE,
            "the same, naive build",
            BUILD / "naive/bootstrap",
            {"AWS_CA_BUNDLE": str(BUNDLE)},
        ),
        *(peer(name) for name in PEERS if peer_folder(name).exists()),
    ]


def left_out():
    return [title for name, title in PEERS.items() if not peer_folder(name).exists()]


def peer_folder(name):
    return BUILD / "peers" / name


def peer(name):
    trust = {"AWS_CA_BUNDLE": str(BUNDLE), "SSL_CERT_FILE": str(BUNDLE)}
    package = peer_folder(name).with_name(f"{name}.zip")
    program = peer_folder(name) / "bootstrap"
    echo = peer_folder(name) / "echo"
    return Candidate(
        name, PEERS[name], program, trust, package.stat().st_size, echo if echo.exists() else None
    )
