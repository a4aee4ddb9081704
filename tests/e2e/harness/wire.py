"""HTTP/1.1 on a raw socket, from the server's side: requests as they came, replies to the byte.

A reply is a list of steps: bytes to send, a Pause, CLOSE, RESET or HALF_CLOSE. So a server can
break off in the middle of a header as easily as it can answer well.
"""

import contextlib
import dataclasses
import socket
import struct
import threading
import time


@dataclasses.dataclass(frozen=True)
class Pause:
    """A step of a reply: say nothing for so long, or until the server is ended."""

    seconds: float


CLOSE = "close"  # a step of a reply: end the connection in good order
RESET = "reset"  # a step of a reply: end it with a TCP RST
HALF_CLOSE = "half-close"  # a step of a reply: send a FIN, and stay
SILENCE = [Pause(3600)]


def reply(status, body=b"", headers=()):
    """A whole and honest reply. `headers` are (name, value) pairs beside Content-Length."""
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return [("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body]


def drip(raw, seconds=0.0):
    """The same bytes as one step each, with a pause after every one."""
    return [step for i in range(len(raw)) for step in (raw[i : i + 1], Pause(seconds))]


@dataclasses.dataclass(frozen=True)
class Request:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: tuple  # of (name, value), in their order, text decoded as Latin-1
    body: bytes
    connection: int  # which connection of this server brought it, from 1
    time: float  # time.monotonic() when it was read
    chunks: tuple = ()  # of (bytes, time), if the body came in chunks
    trailers: tuple = ()  # as the headers

    def header(self, name):
        """The value of the header, "" if it did not come. Nothing of ours may send one twice."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"header {name} came {len(values)} times"
        return values[0] if values else ""

    @property
    def header_names(self):
        return [name.lower() for name, _ in self.headers]


class Server:
    """Serves on 127.0.0.1, a thread for each connection. Subclasses say what is answered."""

    def __init__(self, tls=None):
        self._tls = tls
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._sockets = set()
        self.connections = 0
        self.received_bytes = 0  # of HTTP, so after the handshake where there is TLS
        self.requests = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def answer(self, request):
        """The steps that answer the request."""
        raise NotImplementedError

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends the server and every connection."""
        self._closing.set()
        _shut(self._listener)
        self.drop_connections()

    @property
    def idle(self):
        """True when every connection has ended and its last byte is counted."""
        with self._lock:
            return not self._sockets

    def drop_connections(self):
        """Ends the connections that are open, as a server does with idle ones."""
        with self._lock:
            sockets = list(self._sockets)
        for sock in sockets:
            _shut(sock)

    def _accept(self):
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
                self._sockets.add(sock)
            threading.Thread(target=self._serve, args=(sock, number), daemon=True).start()

    def _serve(self, plain, number):
        sock = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                sock = self._handshake(plain)
            if sock:
                self._converse(sock, number)
        except OSError:
            pass  # the client went away, or close() took the socket: both are ordinary ends
        finally:
            with self._lock:
                self._sockets.discard(plain)
                self._sockets.discard(sock)
            _shut(sock or plain)

    def _handshake(self, plain):
        try:
            sock = self._tls.wrap_socket(plain, server_side=True)
        except OSError:
            return None  # the client does not trust us, as ssl.SSLError, or went away
        with self._lock:
            self._sockets.discard(plain)
            self._sockets.add(sock)
        return sock

    def _converse(self, sock, number):
        unread = bytearray()
        while True:
            request = self._read_request(sock, unread, number)
            self.requests.append(request)
            if not self._perform(sock, self.answer(request)):
                return

    def _read_request(self, sock, unread, number):
        lines = self._read_until(b"\r\n\r\n", sock, unread).decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = _pairs(lines[1:])
        named = {name.lower(): value for name, value in headers}
        if "expect" in named:
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        chunks, trailers = (), ()
        if named.get("transfer-encoding") == "chunked":
            chunks = tuple(self._read_chunks(sock, unread))
            trailers = tuple(self._read_trailers(sock, unread))
            body = b"".join(chunk for chunk, _ in chunks)
        else:
            body = self._read_exactly(int(named.get("content-length", 0)), sock, unread)
        return Request(method, target, headers, body, number, time.monotonic(), chunks, trailers)

    def _read_chunks(self, sock, unread):
        while size := int(self._read_until(b"\r\n", sock, unread), 16):
            yield self._read_exactly(size, sock, unread), time.monotonic()
            self._read_until(b"\r\n", sock, unread)

    def _read_trailers(self, sock, unread):
        while line := self._read_until(b"\r\n", sock, unread):
            yield from _pairs([line.decode("latin-1")])

    def _read_until(self, end, sock, unread):
        """The bytes before the first `end`, which is taken too."""
        while (length := unread.find(end)) < 0:
            self._receive(sock, unread)
        taken = self._read_exactly(length, sock, unread)
        del unread[: len(end)]
        return taken

    def _read_exactly(self, length, sock, unread):
        while len(unread) < length:
            self._receive(sock, unread)
        taken = bytes(unread[:length])
        del unread[:length]
        return taken

    def _receive(self, sock, unread):
        data = sock.recv(65536)
        if not data:
            raise ConnectionError("the client has ended the connection")
        self.received_bytes += len(data)
        unread += data

    def _perform(self, sock, steps):
        """Carries the steps out. False when the connection is over."""
        for step in steps:
            if step is CLOSE:
                return False
            if step is RESET:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                sock.close()
                return False
            if step is HALF_CLOSE:
                socket.socket.shutdown(sock, socket.SHUT_WR)  # of TCP: TLS says no farewell
            elif isinstance(step, Pause):
                if step.seconds and self._closing.wait(step.seconds):
                    return False
            else:
                sock.sendall(step)
        return True


def _pairs(lines):
    parts = (line.partition(":") for line in lines)
    return tuple((name, value.strip()) for name, _, value in parts)


def _shut(sock):
    """Closes for good; a thread that is reading from the socket wakes up."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
