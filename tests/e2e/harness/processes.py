"""Child processes: started with an environment of their own, ended by their id."""

import contextlib
import socket
import subprocess
import time

from harness import leaks


class Process:
    """A running program. Its output and error go to files, so that it can never block on us."""

    def __init__(self, argv, env, folder, name):
        self.out_path = folder / f"{name}.out"
        self.err_path = folder / f"{name}.err"
        leaks.watch(env or {}, self.out_path, self.err_path)
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.popen = subprocess.Popen(
                [str(arg) for arg in argv],
                env=env,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    @property
    def pid(self):
        return self.popen.pid

    @property
    def running(self):
        return self.popen.poll() is None

    @property
    def stdout(self):
        return self.out_path.read_text(errors="replace")

    @property
    def stderr(self):
        return self.err_path.read_text(errors="replace")

    def wait(self, timeout=30):
        """The exit status; negative if a signal ended it, as subprocess has it."""
        return self.popen.wait(timeout)

    def terminate(self):
        self.popen.terminate()

    def stop(self, timeout=10):
        """Ends it whatever state it is in."""
        if not self.running:
            return
        self.popen.terminate()
        try:
            self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait(timeout)


def free_port():
    """A port on 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listening(port):
    """True once something accepts connections on the port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_until(condition, timeout=20, what="the condition"):
    """Polls until condition() is true, and returns what it returned."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"waited {timeout} s for {what}")
        time.sleep(0.01)
