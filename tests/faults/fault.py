"""A row of the fault matrix, and what rows have in common."""

import dataclasses

from harness import events

EVENT = events.read("enable-region-iam-user")
LARGE = events.sized(5_900_000)
LARGE_KIB = 96 * 1024
PUBLISHED = "1 published, 0 suppressed"
DUPLICATE = "0 published, 1 suppressed"
UNREACHABLE = "Function.PublishUnreachable"
UNTRUSTED = "Function.PublishUntrusted"
DENIED = "Function.PublishDenied"
REJECTED = "Function.PublishRejected"


@dataclasses.dataclass(frozen=True)
class Fault:
    """`act` makes the fault in a Run; the invocations must end as in `ends`, one after another."""

    name: str
    act: object
    ends: list
    attempts: int
    seconds: float = 2.0  # at most, for any one invocation
    memory_kib: int = 24 * 1024
    slow: bool = False
    mounts: bool = False  # for itself alone, as root can where it is let


def starts_with(name, ends, attempts, before=(), changes=None, event=EVENT, **more):
    """A process in another environment, and one event."""

    def act(run):
        run.start(before, **(changes or {}))
        run.deliver(event)
        run.finish()

    return Fault(name, act, [ends], attempts, **more)
