"""Keys stay out of prompts, of transcripts and of what is shown."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import BaseModel, SecretStr

from hdlsmith.agent.models import ChatModel, Completion, Message, OnToken, Request
from hdlsmith.agent.seats import Models, Seat
from hdlsmith.errors import ModelError

_STARS = "***"
_SHORTEST = 6
"""What is shorter is a word such as `none`."""

_MOST_CHARS = 200_000
"""Of one answer; an endpoint that heeds no limit would fill the memory."""


class Secrets:
    """The keys that the settings hold."""

    def __init__(self, settings: BaseModel) -> None:
        found = {value for value in _secrets(settings) if len(value) >= _SHORTEST}
        self._values = sorted(found, key=len, reverse=True)

    def hide(self, text: str) -> str:
        """The text with every key as three stars."""
        for value in self._values:
            text = text.replace(value, _STARS)
        return text

    def split(self, text: str) -> tuple[str, str]:
        """A text that goes on: what can be shown of it, and an end that may be half a key."""
        text = self.hide(text)
        for size in range(min(len(text), max(map(len, self._values), default=0)), 0, -1):
            if any(value.startswith(text[-size:]) for value in self._values):
                return text[:-size], text[-size:]
        return text, ""


class Guarded:
    """A `ChatModel` that is never told a key, and whose answers hold none."""

    def __init__(self, model: ChatModel, secrets: Secrets) -> None:
        self._model = model
        self._secrets = secrets

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def complete(self, request: Request, on_token: OnToken | None = None) -> Completion:
        """The model's answer to the request without keys.

        Raises:
            ModelError: as the model; or its answer does not end.
        """
        heard = 0

        def bounded(piece: str) -> None:
            nonlocal heard
            heard += len(piece)
            if heard > _MOST_CHARS:
                raise ModelError(f"{self.name} does not stop: {_MOST_CHARS:,} characters so far")
            if on_token:
                on_token(piece)

        hide = self._secrets.hide
        messages = tuple(Message(m.role, hide(m.content)) for m in request.messages)
        completion = self._model.complete(replace(request, messages=messages), bounded)
        return replace(completion, text=hide(completion.text))


def guarded(models: Models, secrets: Secrets) -> Models:
    """The same models, each behind the guard."""

    def behind(seat: Seat) -> Seat:
        return replace(seat, model=Guarded(seat.model, secrets))

    apart = {role: behind(seat) for role, seat in models.apart.items()}
    return Models(tuple(map(behind, models.tiers)), apart)


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        yield from _secrets(value.__dict__)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _secrets(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _secrets(inner)
