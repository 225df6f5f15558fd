"""What a language model is to the rest of hdlsmith: messages in, a completion out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

OnToken = Callable[[str], None]
"""Called with each piece of text as it arrives."""


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Sampling:
    """How a completion is drawn.

    Attributes:
        temperature: 0 takes the likeliest token.
        max_tokens: completion tokens at most.
        seed: sent where the endpoint takes one; not every server honours it.
    """

    temperature: float = 0.0
    max_tokens: int = 2048
    seed: int | None = None
    top_p: float = 1.0


@dataclass(frozen=True)
class Request:
    """One call.

    Attributes:
        schema: a JSON schema the completion must satisfy, where the endpoint can force it.
        repeat: which repetition of an otherwise equal request this is; part of the replay key,
            so that the second sample of a prompt is not the first one again.
    """

    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()
    schema: dict[str, Any] | None = None
    repeat: int = 0


@dataclass(frozen=True)
class Usage:
    """What calls cost: tokens, US dollars, seconds of wall time."""

    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    wall_s: float = 0.0
    calls: int = 0

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.usd + other.usd,
            self.wall_s + other.wall_s,
            self.calls + other.calls,
        )


@dataclass(frozen=True)
class Completion:
    """A model's answer.

    Attributes:
        cut_off: the token limit ended it, not the model.
    """

    text: str
    usage: Usage
    cut_off: bool = False


class ChatModel(Protocol):
    """Anything that completes a conversation."""

    @property
    def name(self) -> str:
        """What reports call it: the model id, without any secret."""
        ...

    def complete(self, request: Request, on_token: OnToken | None = None) -> Completion:
        """Answer the request, streaming to `on_token` as text arrives.

        Raises:
            ModelError: the endpoint is dead, refuses, or breaks off; never for a bad answer.
        """
        ...
