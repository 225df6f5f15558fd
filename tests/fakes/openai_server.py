"""A small real HTTP server that speaks the chat-completions protocol, well or badly, as told.

with FakeOpenAI(["module m; endmodule", Refusal(429), Stream("cut", cut_after=1)]) as server:
    ...  # base_url = server.base_url, and afterwards look at server.requests
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_PIECE_CHARS = 8


@dataclass(frozen=True)
class Stream:
    """An answer in pieces of eight characters.

    Attributes:
        finish_reason: None leaves the stream without an end, as a proxy that gives up does.
        usage: prompt and completion tokens of the last chunk; None sends no such chunk.
        pause_s: before each piece.
        cut_after: pieces after which the connection drops.
        broken_after: pieces after which a chunk is no JSON.
        error_after: pieces after which an error event ends the answer.
    """

    text: str
    finish_reason: str | None = "stop"
    usage: tuple[int, int] | None = (11, 7)
    pause_s: float = 0.0
    cut_after: int | None = None
    broken_after: int | None = None
    error_after: int | None = None


@dataclass(frozen=True)
class Refusal:
    """An HTTP error with OpenAI's error body; retries of it wait 10 ms by default."""

    status: int
    message: str = "refused"
    code: str | None = None
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: {"retry-after-ms": "10"})


@dataclass(frozen=True)
class Hang:
    """Takes the request and says nothing until the server closes."""


@dataclass(frozen=True)
class Page:
    """A web page where an API was expected."""

    html: str = "<html><body>Welcome</body></html>"


@dataclass(frozen=True)
class Events:
    """Payloads of a stream, word for word."""

    payloads: tuple[str, ...]


Behaviour = str | Stream | Events | Refusal | Hang | Page
"""A plain string is a well-behaved stream of it."""


@dataclass(frozen=True)
class Received:
    """One request as it arrived; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class FakeOpenAI:
    """The server, alive inside its `with` block.

    Args:
        replies: one behaviour a request, in order, or a function of the request's JSON. A list
            that has run out refuses with 400, which no client repeats.

    Attributes:
        requests: what arrived, in order.
        hung_up: set when a client closed a connection before the answer was over.
    """

    def __init__(
        self, replies: Sequence[Behaviour] | Callable[[dict[str, Any]], Behaviour]
    ) -> None:
        self.requests: list[Received] = []
        self.hung_up = threading.Event()
        self._replies = replies if callable(replies) else iter(replies)
        self._closing = threading.Event()
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    @property
    def base_url(self) -> str:
        """The API's root on loopback."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, received: Received) -> Behaviour:
        """Note the request down and say what to do with it."""
        self.requests.append(received)
        if not received.path.endswith("/v1/chat/completions"):
            return Refusal(404, "no such path")
        if callable(self._replies):
            return self._replies(received.body)
        return next(self._replies, Refusal(400, "the fake server's script is over"))

    def wait(self, seconds: float | None) -> None:
        """Pause, but not longer than the server lives."""
        self._closing.wait(seconds)


class _Http(ThreadingHTTPServer):
    def __init__(self, fake: FakeOpenAI) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.daemon_threads = False  # closing the server waits for its threads: none leaks
        self.fake = fake


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        behaviour = self.server.fake.answer(Received(self.path, headers, body))
        self.close_connection = True
        try:
            match behaviour:
                case str():
                    self._stream(Stream(behaviour), body["model"])
                case Stream():
                    self._stream(behaviour, body["model"])
                case Events():
                    self._events(behaviour)
                case Refusal():
                    self._refuse(behaviour)
                case Hang():
                    self.server.fake.wait(None)
                case Page():
                    self._send(200, "text/html", behaviour.html.encode(), {})
        except ConnectionError:
            self.server.fake.hung_up.set()

    def _refuse(self, refusal: Refusal) -> None:
        error = {"message": refusal.message, "code": refusal.code, "param": refusal.param}
        body = json.dumps({"error": error}).encode()
        self._send(refusal.status, "application/json", body, refusal.headers)

    def _send(self, status: int, kind: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-type": kind, "connection": "close"}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("connection", "close")
        self.end_headers()

    def _events(self, events: Events) -> None:
        self._begin_stream()
        for payload in events.payloads:
            self._data(payload.encode())
        self.wfile.write(b"0\r\n\r\n")

    def _stream(self, stream: Stream, model: str) -> None:
        self._begin_stream()
        pieces = [
            stream.text[at : at + _PIECE_CHARS] for at in range(0, len(stream.text), _PIECE_CHARS)
        ]
        for count, piece in enumerate(pieces):
            self.server.fake.wait(stream.pause_s)
            if self._misbehaves(stream, count):
                return
            self._event(_chunk(model, {"content": piece}))
        if self._misbehaves(stream, len(pieces)):
            return
        if stream.finish_reason is not None:
            self._event(_chunk(model, {}, stream.finish_reason))
            if stream.usage is not None:
                prompt, completion = stream.usage
                usage = {"prompt_tokens": prompt, "completion_tokens": completion}
                self._event({"id": "x", "model": model, "choices": [], "usage": usage})
            self._data(b"[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _misbehaves(self, stream: Stream, count: int) -> bool:
        if count == stream.cut_after:
            return True  # the connection closes without the last HTTP chunk
        if count == stream.broken_after:
            self._data(b'{"choices": [{"delta": {"con')
            return True
        if count == stream.error_after:
            self._event({"error": {"message": "overloaded", "type": "server_error"}})
            return True
        return False

    def _event(self, payload: dict[str, Any]) -> None:
        self._data(json.dumps(payload).encode())

    def _data(self, payload: bytes) -> None:
        line = b"data: " + payload + b"\n\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the tests read `requests`."""


def _chunk(model: str, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"id": "x", "object": "chat.completion.chunk", "model": model, "choices": [choice]}
