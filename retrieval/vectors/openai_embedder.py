"""`openai`: vectors from any OpenAI-compatible `/embeddings` endpoint."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hdlsmith.errors import InputError, ModelError
from hdlsmith.retrieval.vectors.embedders import Vectors, unit
from hdlsmith.settings import EmbedderSettings

if TYPE_CHECKING:
    from openai import OpenAI

_BATCH_TEXTS = 256
_TEXT_CHARS = 8000
"""About 2,000 tokens: endpoints refuse texts that are longer than their model reads."""

_RETRIES = 3


class OpenAIEmbedder:
    """A model behind an endpoint. Texts of the index leave this machine, to where it was told."""

    def __init__(self, settings: EmbedderSettings) -> None:
        self.name = "openai-" + re.sub(r"[^A-Za-z0-9]+", "-", settings.model).strip("-")
        self._settings = settings

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length a text.

        Raises:
            ModelError: the endpoint is dead, refuses, or answers nonsense.
        """
        batches = range(0, len(texts), _BATCH_TEXTS)
        with self._client() as client:
            rows = [r for at in batches for r in self._rows(client, texts[at : at + _BATCH_TEXTS])]
        try:
            vectors = np.array(rows, np.float32)
        except (TypeError, ValueError) as error:
            raise self._failed("its vectors are no numbers of one length") from error
        return unit(vectors) if rows else vectors.reshape(0, 0)

    def _client(self) -> "OpenAI":
        from openai import OpenAI

        key = self._settings.api_key
        return OpenAI(
            base_url=self._settings.base_url,
            api_key=key.get_secret_value() if key else "none",
            timeout=self._settings.timeout_s,
            max_retries=_RETRIES,
        )

    def _rows(self, client: "OpenAI", texts: Sequence[str]) -> list[list[float]]:
        from openai import OpenAIError

        # An empty text is refused by most endpoints.
        wanted = [text[:_TEXT_CHARS] or " " for text in texts]
        try:
            answer = client.embeddings.create(
                model=self._settings.model, input=wanted, encoding_format="float"
            )
            rows = [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
        except (OpenAIError, AttributeError, TypeError, ValueError) as error:
            raise self._failed(str(error)) from error
        if len(rows) != len(texts):
            raise self._failed(f"{len(rows)} vectors for {len(texts)} texts")
        return rows

    def _failed(self, why: str) -> ModelError:
        return ModelError(
            f"{self._settings.base_url} does not embed: {why}",
            remedy="look at embedder.base_url, embedder.model and HDLSMITH_EMBEDDER__API_KEY,"
            " or leave embedder.name out for the table that needs no network",
        )


def openai_embedder(settings: EmbedderSettings) -> OpenAIEmbedder:
    """
    Raises:
        InputError: the settings name no endpoint or no model.
    """
    if not (settings.base_url and settings.model):
        raise InputError(
            "embedder.name = openai needs an endpoint and a model",
            remedy="set HDLSMITH_EMBEDDER__BASE_URL and HDLSMITH_EMBEDDER__MODEL",
        )
    return OpenAIEmbedder(settings)
