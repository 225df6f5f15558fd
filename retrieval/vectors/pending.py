"""Whether an edit's vectors can wait for the next question. Imports nothing heavy.

Loading Chroma takes longer than all the rest of an `index update` after one edit, and a question
loads it anyway.
"""

from pathlib import Path

from hdlsmith.retrieval.store import schema
from hdlsmith.retrieval.store.vector_keys import VectorKeys
from hdlsmith.retrieval.vectors.places import place_of
from hdlsmith.settings import ChromaSettings

QUICK_SOURCES = 32
"""So many changed texts a question embeds before it answers; more is a build's business."""


def can_wait(index: Path, settings: ChromaSettings) -> bool:
    """Whether vectors are there and so few texts lack theirs that the next question adds them.

    Raises:
        InputError: there is no index.
    """
    connection = schema.open_reading(index)
    try:
        lacking = len(VectorKeys(connection).pending())
    finally:
        connection.close()
    return lacking <= QUICK_SOURCES and place_of(index, settings.http).is_there()
