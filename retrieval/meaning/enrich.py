"""Words that a model wrote, put before those by rule: what `index enrich` adds.

The model is anybody's callable: this layer knows none. What it said of a text is kept beside the
index by the text's content, so a run that was killed goes on, and a rebuilt index asks nobody
twice.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hdlsmith.design import digest_of
from hdlsmith.jsonl import JsonlWriter, read_jsonl
from hdlsmith.retrieval.building.progress import Progress, Silent
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store import schema
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.store.writer import Writer

Describe = Callable[[str], str]
"""Source text of a block or module -> one or two sentences on what it does. Foreign text goes in,
so whoever asks a model fences it."""

ENRICHED = (Kind.MODULE, Kind.PROCESS, Kind.FUNCTION)
"""Kinds worth a model's time; an assignment says itself what it does."""

CACHE = "enriched.jsonl"
_TEXT_CHARS = 6000
_WORDS_CHARS = 600


class Enriched(NamedTuple):
    """How many texts the model was asked about, and how many nodes got words."""

    asked: int
    nodes: int


def enrich(
    folder: Path,
    describe: Describe,
    model: str,
    *,
    most: int | None = None,
    progress: Progress | None = None,
) -> Enriched:
    """Ask a model about texts it has not seen, then put what it said into the index.

    Args:
        folder: the index folder.
        model: its name; what another said of a text does not count.
        most: texts to ask about at most; all by default.

    Raises:
        InputError: there is no index, or the cache is damaged.
        whatever `describe` raises; what was said until then is kept for the next run.
    """
    said = _said(folder / CACHE)
    asked = _ask(folder, describe, model, said, most, progress or Silent())
    return Enriched(asked, _put(folder, model, said))


def _ask(
    folder: Path,
    describe: Describe,
    model: str,
    said: dict[str, str],
    most: int | None,
    progress: Progress,
) -> int:
    with Index(folder) as index:
        texts = {_key(model, text): text for _, text in _texts(index)}
    unseen = [key for key in texts if key not in said][:most]
    progress.start("asking the model", len(unseen))
    with JsonlWriter(folder / CACHE) as cache:
        for key in unseen:
            words = " ".join(describe(texts[key]).split())[:_WORDS_CHARS]
            cache.append({"key": key, "model": model, "words": words})
            said[key] = words
            progress.advance()
    return len(unseen)


def _put(folder: Path, model: str, said: dict[str, str]) -> int:
    """Words into the index, all at once; nodes that have them stay as they are."""
    connection = schema.open_writing(folder)
    try:
        with schema.transaction(connection), Index(folder) as index:
            rows = []
            for node, text in _texts(index):
                words, by_rule = said.get(_key(model, text), ""), index.words(node)
                if words and not by_rule.startswith(words):
                    rows.append((node, f"{words} {by_rule}".strip(), "model"))
            Writer(connection).put_words(rows)
    finally:
        connection.close()
    return len(rows)


def _texts(index: Index) -> list[tuple[int, str]]:
    return [(node.id, index.text(node)[:_TEXT_CHARS]) for node in index.of_kind(*ENRICHED)]


def _said(cache: Path) -> dict[str, str]:
    if not cache.exists():
        return {}
    return {record["key"]: record["words"] for _, record in read_jsonl(cache)}


def _key(model: str, text: str) -> str:
    return digest_of(model, text)
