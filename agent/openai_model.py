"""A client for any OpenAI-compatible endpoint: hosted models, vLLM, Ollama, llama.cpp."""

import re
import time
from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from hdlsmith.agent.models import Completion, OnToken, Request, Usage
from hdlsmith.errors import InputError, ModelError

if TYPE_CHECKING:  # 0.8 s to import: paid only by a run that calls a model
    import openai
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionChunk

    from hdlsmith.model_settings import OneModel

_CONNECT_S = 10.0
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 8.0
_QUOTE_CHARS = 200
_TOO_LONG = re.compile(r"context.?(length|size|window)|too long|too many tokens", re.IGNORECASE)


class _BrokenStreamError(ModelError):
    """The answer began and did not arrive whole: worth asking again."""


class OpenAIModel:
    """A `ChatModel` behind an HTTP endpoint. Safe to call from several threads.

    Every call opens its own connection and closes it, whatever ends the call, Ctrl-C included.
    After a broken stream the answer starts again from nothing, and so does `on_token`; the tokens
    of the lost try are unknown and left out of the usage.

    Args:
        name: the model id the endpoint knows.
        base_url: where the API begins, for example http://127.0.0.1:8080/v1.
        api_key: None for an endpoint that wants none.
        timeout_s: seconds without a byte from the endpoint before a try counts as failed.
        retries: how often a call may be sent again after a rate limit, a server error, a failed
            connection, a timeout or a broken stream, all together.
        usd_per_million_input: price of a million prompt tokens.
        usd_per_million_output: price of a million completion tokens.

    Raises:
        InputError: `base_url` is no address, or the key can't be sent in a header.
    """

    def __init__(
        self,
        *,
        name: str,
        base_url: str,
        api_key: str | None = None,
        timeout_s: float = 300.0,
        retries: int = 3,
        usd_per_million_input: float = 0.0,
        usd_per_million_output: float = 0.0,
    ) -> None:
        address = _address(base_url)
        self._name = name
        self._base_url = base_url
        self._endpoint = _without_secrets(address)
        self._is_loopback = _is_loopback(address.hostname or "")
        self._api_key = _sendable(api_key)
        self._timeout_s = timeout_s
        self._retries = retries
        self._usd_per_million_input = usd_per_million_input
        self._usd_per_million_output = usd_per_million_output
        self._limit_field = "max_tokens"

    @classmethod
    def from_settings(cls, settings: "OneModel") -> "OpenAIModel":
        """The model the settings name.

        Raises:
            InputError: as the constructor.
        """
        return cls(
            name=settings.name,
            base_url=settings.base_url,
            api_key=settings.api_key.get_secret_value() if settings.api_key else None,
            timeout_s=settings.timeout_s,
            retries=settings.retries,
            usd_per_million_input=settings.usd_per_million_input,
            usd_per_million_output=settings.usd_per_million_output,
        )

    @property
    def name(self) -> str:
        """The model id."""
        return self._name

    def complete(self, request: Request, on_token: OnToken | None = None) -> Completion:
        """Stream an answer.

        Raises:
            ModelError: the endpoint is dead, silent, refuses, or broke off on every try.
        """
        import openai

        started_s = time.monotonic()
        retries_left = self._retries
        pause_s = _FIRST_PAUSE_S
        while True:
            limit_field = self._limit_field
            try:
                with self._client(retries_left) as client:
                    response = client.chat.completions.with_raw_response.create(
                        **self._body(request, limit_field)
                    )
                    retries_left -= response.retries_taken
                    return self._read(response.parse(), request, on_token, started_s)
            except _BrokenStreamError:
                if retries_left <= 0:
                    raise
                retries_left -= 1
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            except openai.APIError as error:
                if limit_field == "max_tokens" and _wants_new_limit_field(error):
                    self._limit_field = "max_completion_tokens"
                    continue
                raise self._explained(error) from None  # the cause holds the key in its headers

    def _client(self, retries: int) -> "openai.OpenAI":
        import openai

        client = openai.OpenAI(
            api_key=self._api_key or "none",  # the library insists on one
            base_url=self._base_url,
            timeout=openai.Timeout(self._timeout_s, connect=min(_CONNECT_S, self._timeout_s)),
            max_retries=retries,
            # A proxy of the environment can't reach a server on this machine.
            http_client=openai.DefaultHttpxClient(trust_env=not self._is_loopback),
        )
        # The library fills what we left out from OPENAI_* variables; only our settings decide.
        client.organization = client.project = client.admin_api_key = None
        client._custom_headers = {}
        return client

    def _body(self, request: Request, limit_field: str) -> dict[str, Any]:
        sampling = request.sampling
        body: dict[str, Any] = {
            "model": self._name,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            limit_field: sampling.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if request.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": request.schema, "strict": True},
            }
        return body

    def _read(
        self,
        stream: "openai.Stream[ChatCompletionChunk]",
        request: Request,
        on_token: OnToken | None,
        started_s: float,
    ) -> Completion:
        pieces: list[str] = []
        finish_reason = None
        reported = None
        for chunk in self._chunks(stream):
            # Compatible servers leave fields out, and the library does not check: be lenient.
            reported = getattr(chunk, "usage", None) or reported
            for choice in getattr(chunk, "choices", None) or ():
                finish_reason = getattr(choice, "finish_reason", None) or finish_reason
                piece = getattr(getattr(choice, "delta", None), "content", None)
                if piece and isinstance(piece, str):
                    pieces.append(piece)
                    if on_token:
                        on_token(piece)
        if finish_reason is None:
            raise self._broken("ended the stream before the answer" if pieces else "sent no answer")
        text = "".join(pieces).encode("utf-8", "replace").decode()  # JSON may hold lone surrogates
        usage = self._usage(request, text, reported, time.monotonic() - started_s)
        return Completion(text, usage, cut_off=finish_reason == "length")

    def _chunks(
        self, stream: "openai.Stream[ChatCompletionChunk]"
    ) -> "Iterator[ChatCompletionChunk]":
        # A generator, so that an error raised by the caller's on_token is not taken for ours.
        import openai

        try:
            yield from stream
        except openai.APITimeoutError:
            raise self._broken(f"sent nothing for {self._timeout_s:g} s", _SLOW) from None
        except openai.APIConnectionError:
            raise self._broken("cut the stream in the middle of the answer") from None
        except openai.APIError as error:  # an error event inside the stream
            if _TOO_LONG.search(_said(error)):
                raise
            raise self._broken(f"gave up in mid-answer: {self._quoted(error)}") from None
        except ValueError:
            raise self._broken("sent broken JSON in the stream") from None

    def _usage(
        self, request: Request, text: str, reported: "CompletionUsage | None", wall_s: float
    ) -> Usage:
        estimate = sum(estimated_tokens(m.content) for m in request.messages)
        input_tokens = _count(reported, "prompt_tokens") or estimate
        output_tokens = _count(reported, "completion_tokens") or estimated_tokens(text)
        usd = (
            input_tokens * self._usd_per_million_input
            + output_tokens * self._usd_per_million_output
        ) / 1e6
        return Usage(input_tokens, output_tokens, usd, wall_s, calls=1)

    def _broken(self, what: str, remedy: str = "") -> _BrokenStreamError:
        return _BrokenStreamError(
            f"the model endpoint {self._endpoint} {what}",
            remedy=remedy or "look at the server's log, and check that base_url is the API's root",
        )

    def _explained(self, error: "openai.APIError") -> ModelError:
        import openai

        name, endpoint, said = self._name, self._endpoint, self._quoted(error)
        if isinstance(error, openai.APIConnectionError):
            cause = error.__cause__
            # The library has one type for both timeouts; only the cause tells a dead host.
            if isinstance(error, openai.APITimeoutError) and "Connect" not in type(cause).__name__:
                what = f"the model endpoint {endpoint} sent nothing for {self._timeout_s:g} s"
                return ModelError(what, remedy=_SLOW)
            return ModelError(
                f"no model endpoint answers at {endpoint}: {self._one_line(str(cause))}",
                remedy="start the server there, or set HDLSMITH_MODEL__BASE_URL to the right one",
            )
        if _TOO_LONG.search(_said(error)):
            return ModelError(
                f"the prompt is too long for {name!r}: {said}",
                remedy="lower model.max_tokens, or use a model with a longer context",
            )
        status = error.status_code if isinstance(error, openai.APIStatusError) else 0
        if status in (401, 403):
            was = "refused the API key" if self._api_key else "wants an API key"
            return ModelError(
                f"the model endpoint {endpoint} {was} ({status}): {said}",
                remedy="set HDLSMITH_MODEL__API_KEY to a key of that endpoint",
            )
        if status == 404:
            return ModelError(
                f"the model endpoint {endpoint} knows no model {name!r} (404): {said}",
                remedy="check HDLSMITH_MODEL__NAME, and that base_url is the API's root"
                " (it often ends in /v1)",
            )
        if status == 429:
            return ModelError(
                f"the model endpoint {endpoint} limits the rate or the quota (429): {said}",
                remedy="wait, raise HDLSMITH_MODEL__RETRIES, or check the account's quota",
            )
        return ModelError(
            f"the model endpoint {endpoint} refused the request ({status}): {said}",
            remedy="look at the server's log; if the error is the server's own, run it again",
        )

    def _quoted(self, error: "openai.APIError") -> str:
        return self._one_line(_said(error))

    def _one_line(self, text: str) -> str:
        # Some servers echo the key they refuse.
        safe = text.replace(self._api_key, "***") if self._api_key else text
        line = " ".join(safe.split())
        return line if len(line) <= _QUOTE_CHARS else line[:_QUOTE_CHARS] + "…"


_SLOW = "raise HDLSMITH_MODEL__TIMEOUT_S, or see whether the server is overloaded"


def estimated_tokens(text: str) -> int:
    """Tokens of a text where nobody counted them: one for every 4 characters, rounded up."""
    return -(-len(text) // 4)


def _count(reported: "CompletionUsage | None", field: str) -> int:
    count = getattr(reported, field, None)
    return count if isinstance(count, int) else 0


def _said(error: "openai.APIError") -> str:
    body = error.body
    if isinstance(body, dict):
        return str(body.get("message") or body)
    return str(body or error.message)


def _wants_new_limit_field(error: "openai.APIError") -> bool:
    # OpenAI's reasoning models refuse `max_tokens`; most other servers know no other name.
    return error.code == "unsupported_parameter" and error.param == "max_tokens"


def _address(base_url: str) -> SplitResult:
    example = "set HDLSMITH_MODEL__BASE_URL, for example to http://127.0.0.1:8080/v1"
    try:
        address = urlsplit(base_url)
        _ = address.port  # parsed only when read
    except ValueError as error:
        raise InputError(f"model.base_url is no address: {error}", remedy=example) from error
    if address.scheme not in ("http", "https") or not address.hostname:
        raise InputError(f"model.base_url {base_url!r} is no http(s) address", remedy=example)
    return address


def _without_secrets(address: SplitResult) -> str:
    host = address.netloc.rpartition("@")[2]
    return address._replace(netloc=host, query="", fragment="").geturl()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sendable(api_key: str | None) -> str:
    key = (api_key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise InputError(
            "the API key holds a character that no HTTP header can carry",
            remedy="copy HDLSMITH_MODEL__API_KEY again",
        )
    return key
