"""Who turns texts into vectors, by name."""

from collections.abc import Callable, Sequence
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from hdlsmith.registry import resolve
from hdlsmith.settings import EmbedderSettings

Vectors = NDArray[np.float32]
"""Rows of unit length, [n, dims]."""


class Embedder(Protocol):
    """Turns texts into vectors whose scalar product says how near two texts are in meaning.

    Attributes:
        name: of letters, digits, `.`, `_` and `-`; another name for other vectors, so that those of
            two embedders never meet in one collection.
    """

    name: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length a text; zeros where it says nothing."""


EMBEDDERS: dict[str, str] = {
    "static": "hdlsmith.retrieval.vectors.static:static",
    "minilm": "hdlsmith.retrieval.vectors.minilm:minilm",
    "openai": "hdlsmith.retrieval.vectors.openai_embedder:openai_embedder",
}
"""Short name -> `module:attribute` of a callable that makes an `Embedder` from the settings."""


def make_embedder(settings: EmbedderSettings) -> Embedder:
    """The embedder that the settings name.

    Raises:
        InputError: no such embedder.
        MissingToolError: what it needs is not installed.
    """
    make = cast(
        Callable[[EmbedderSettings], Embedder],
        resolve(settings.name, EMBEDDERS, "embedder"),
    )
    return make(settings)


def unit(vectors: Vectors) -> Vectors:
    """Rows brought to length one; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), np.float32)
