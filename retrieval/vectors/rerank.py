"""Putting the best of a search into a better order."""

from collections.abc import Sequence

from hdlsmith.retrieval.vectors.embedders import Embedder


def similarities(embedder: Embedder, question: str, texts: Sequence[str]) -> list[float]:
    """How near each text is to a question, as a cosine: what to re-rank the best of a search by."""
    vectors = embedder.embed([question, *texts])
    return [float(cosine) for cosine in vectors[1:] @ vectors[0]]
