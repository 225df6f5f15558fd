"""Models without an endpoint: a script for tests, a recorder, and the replay of a recording."""

import difflib
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from hdlsmith.agent.models import ChatModel, Completion, OnToken, Request, Usage
from hdlsmith.agent.openai_model import estimated_tokens
from hdlsmith.errors import InputError, ModelError
from hdlsmith.jsonl import JsonlWriter, read_jsonl

_LINE_START = b'{"key": "'
_QUOTE_CHARS = 80


class ScriptedModel:
    """Answers from a list, or from a function of the request.

    Attributes:
        requests: what it was asked, in order.
    """

    def __init__(
        self, replies: Sequence[str] | Callable[[Request], str], name: str = "scripted"
    ) -> None:
        self._replies = replies if callable(replies) else iter(replies)
        self._name = name
        self.requests: list[Request] = []

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._name

    def complete(self, request: Request, on_token: OnToken | None = None) -> Completion:
        """The next reply, with estimated tokens and no price.

        Raises:
            ModelError: the list has run out.
        """
        self.requests.append(request)
        if callable(self._replies):
            text = self._replies(request)
        else:
            reply = next(self._replies, None)
            if reply is None:
                raise ModelError(
                    f"the script is over: call {len(self.requests)} found no reply"
                    f" for the prompt {_head(request)}",
                    remedy="give the script more replies",
                )
            text = reply
        if on_token:
            on_token(text)
        asked = sum(estimated_tokens(m.content) for m in request.messages)
        return Completion(text, Usage(asked, estimated_tokens(text), calls=1))


class RecordingModel:
    """Passes requests on and appends each exchange to a JSONL file.

    An exchange is written before it is answered, so that a killed run loses only the line it was
    writing. Threads and processes may record into one file.

    Raises:
        InputError: the file can't be written, or holds something other than a recording.
    """

    def __init__(self, inner: ChatModel, path: Path) -> None:
        self._inner = inner
        try:
            self._file = JsonlWriter(path)
            with path.open("rb") as stream:
                start = stream.read(len(_LINE_START))
        except OSError as error:
            raise InputError(
                f"cannot record into {path}: {error.strerror}", remedy="choose another file"
            ) from error
        # Appending drops a torn last line: never do that to a file that isn't ours.
        if not _LINE_START.startswith(start):
            self._file.close()
            raise InputError(f"{path} is no recording", remedy="choose another file to record into")

    @property
    def name(self) -> str:
        """The recorded model's name."""
        return self._inner.name

    def complete(self, request: Request, on_token: OnToken | None = None) -> Completion:
        """The inner model's answer, recorded.

        Raises:
            ModelError: as the inner model; nothing is recorded then.
            OSError: the exchange can't be written.
        """
        completion = self._inner.complete(request, on_token)
        exchange = {
            "key": exchange_key(self.name, request),
            "request": _rendering(self.name, request),
            "response": completion.text,
            "cut_off": completion.cut_off,
            "usage": asdict(completion.usage),
        }
        self._file.append(exchange)
        return completion


class ReplayModel:
    """Answers from a recording: the same request gets the same answer, and no other does.

    Args:
        path: what `RecordingModel` wrote.
        name: which model's exchanges to replay, where the file holds several.

    Raises:
        InputError: the file is missing, empty or broken, or leaves open which model to replay.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self._path = path
        recorded = list(_recorded(path))
        names = sorted({exchange.model for exchange in recorded})
        if name is None and len(names) > 1:
            raise InputError(
                f"{path} holds exchanges of several models: {', '.join(names)}",
                remedy="record each model into a file of its own",
            )
        self._name = names[0] if name is None else name
        if self._name not in names:
            raise InputError(
                f"{path} holds no exchange of {name!r}", remedy=f"it has: {', '.join(names)}"
            )
        # The last line wins: it is the newest answer.
        self._exchanges = {e.key: e for e in recorded if e.model == self._name}

    @property
    def name(self) -> str:
        """The recorded model's name, so that keys and reports agree with the recorded run."""
        return self._name

    def complete(self, request: Request, on_token: OnToken | None = None) -> Completion:
        """The recorded answer and its recorded usage, streamed in one piece.

        Raises:
            ModelError: the request was not recorded; says where it differs from the closest one.
        """
        exchange = self._exchanges.get(exchange_key(self._name, request))
        if exchange is None:
            raise self._missing(request)
        if on_token:
            on_token(exchange.completion.text)
        return exchange.completion

    def _missing(self, request: Request) -> ModelError:
        asked = _places(_rendering(self._name, request))
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2([place.text for place in asked])

        def likeness(exchange: _Exchange) -> float:
            matcher.set_seq1([place.text for place in exchange.places])
            return matcher.quick_ratio()

        closest = max(self._exchanges.values(), key=likeness)
        pairs = zip_longest(closest.places, asked, fillvalue=_Place("the end", ""))
        recorded, now = next((a, b) for a, b in pairs if a != b)  # equal ones have equal keys
        return ModelError(
            f"no recorded answer for the prompt {_head(request)}: the closest,"
            f" {self._path}:{closest.line}, differs first at {now.where}:"
            f" recorded {_quoted(recorded.text)}, asked {_quoted(now.text)}",
            remedy="record again, or go back to the prompts and settings of the recorded run",
        )


@dataclass(frozen=True)
class _Exchange:
    line: int
    key: str
    model: str
    places: "list[_Place]"
    completion: Completion


class _Place(NamedTuple):
    """A line of a rendered request, and where it stands."""

    where: str
    text: str


def exchange_key(model_name: str, request: Request) -> str:
    """SHA-256, in hex, of all that decides an answer: model, messages, sampling, schema, repeat."""
    return _key(_rendering(model_name, request))


def _key(rendering: dict[str, Any]) -> str:
    canonical = json.dumps(rendering, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _rendering(model_name: str, request: Request) -> dict[str, Any]:
    return {"model": model_name, **asdict(request)}


def _recorded(path: Path) -> Iterator[_Exchange]:
    if not path.is_file():
        raise InputError(
            f"cannot read the recording {path}: No such file",
            remedy="record one with HDLSMITH_MODEL__RECORD=FILE",
        )
    empty = True
    for number, stored in read_jsonl(path):
        empty = False
        try:
            yield _exchange(number, stored)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{path}:{number}: no recorded exchange: {error}",
                remedy="remove that line, or record again",
            ) from error
    if empty:
        raise InputError(f"{path}:1: the recording holds no exchange", remedy="record again")


def _exchange(line: int, stored: dict[str, Any]) -> _Exchange:
    request = stored["request"]
    if stored["key"] != _key(request):
        raise ValueError("the key is not that of the request")
    return _Exchange(
        line=line,
        key=stored["key"],
        model=request["model"],
        places=_places(request),
        completion=Completion(stored["response"], Usage(**stored["usage"]), stored["cut_off"]),
    )


def _places(rendering: dict[str, Any]) -> list[_Place]:
    places = [
        _Place(f"message {number} ({message['role']}), line {row}", line)
        for number, message in enumerate(rendering["messages"], 1)
        for row, line in enumerate(message["content"].split("\n"), 1)
    ]
    places += [_Place(f"sampling.{key}", str(v)) for key, v in rendering["sampling"].items()]
    places.append(_Place("schema", json.dumps(rendering["schema"], sort_keys=True)))
    places.append(_Place("repeat", str(rendering["repeat"])))
    return places


def _head(request: Request) -> str:
    return _quoted(request.messages[-1].content.strip() if request.messages else "")


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _QUOTE_CHARS else text[:_QUOTE_CHARS] + "…")
