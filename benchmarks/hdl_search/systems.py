"""Who is compared: BM25, dense, their fusion, channels of our index, and our search."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from hdlsmith.benchmarks.hdl_search.comments import STOP_WORDS
from hdlsmith.benchmarks.hdl_search.dense import Dense
from hdlsmith.benchmarks.hdl_search.documents import KINDS, Documents
from hdlsmith.errors import InputError
from hdlsmith.retrieval.searching.fusion import fuse
from hdlsmith.retrieval.searching.query import Query
from hdlsmith.retrieval.searching.searcher import WEIGHTS, Searcher
from hdlsmith.settings import Settings

OURS = "ours"
BASELINES = ("bm25", "dense", "fused")
CHANNELS = tuple(WEIGHTS)
_FROM_THE_GRAPH = ("does", "around", "coverage", "within")
SYSTEMS = {
    "bm25": "Okapi BM25 (FTS5: k1 1.2, b 0.75) over module, name and code, stemmed",
    "dense": "all-MiniLM-L6-v2 (int8) over the same text, exact cosine",
    "fused": "reciprocal rank fusion (k 60) of bm25 and dense",
    "graph": f"of our search only {', '.join(_FROM_THE_GRAPH)}: no code, no vectors, no names",
    OURS: "hdlsmith search",
    **{f"without-{channel}": f"our search without {channel}" for channel in CHANNELS},
}
"""Name -> what it is."""
_WEIGHTS_COLUMN = {"module": 0, "signal": 1, "block": 2}
_POOL = 100
_RRF = 60
"""Reciprocal rank fusion as published (Cormack, Clarke and Buettcher, SIGIR 2009)."""


class System(Protocol):
    """Ranks documents: positions in `Documents.all`, best first, at most k, of the group only."""

    def __call__(self, question: str, group: str, k: int) -> list[int]: ...


class Bm25:
    """Okapi BM25 (k1 1.2, b 0.75) by SQLite's FTS5, one collection a kind, so that word statistics
    are the kind's own. Names are split into their parts, words stemmed (Porter).
    """

    def __init__(self, documents: Documents) -> None:
        self._db = sqlite3.connect(":memory:")
        for group, members in documents.of_group.items():
            self._db.execute(f"CREATE VIRTUAL TABLE {group} USING fts5(text, tokenize='porter')")
            rows = ((at, _parted(documents.all[at].described)) for at in members)
            self._db.executemany(f"INSERT INTO {group}(rowid, text) VALUES (?, ?)", rows)  # noqa: S608

    def __call__(self, question: str, group: str, k: int) -> list[int]:
        said = re.findall(r"[a-z0-9]+", _parted(question).lower())
        words = dict.fromkeys(word for word in said if word not in STOP_WORDS)
        any_word = " OR ".join(f'"{word}"' for word in words)
        if not any_word:
            return []
        sql = f"SELECT rowid FROM {group} WHERE {group} MATCH ? ORDER BY rank, rowid LIMIT ?"  # noqa: S608
        return [row[0] for row in self._db.execute(sql, (any_word, k))]


class Fused:
    """Reciprocal rank fusion of other systems."""

    def __init__(self, *systems: System) -> None:
        self._systems = systems

    def __call__(self, question: str, group: str, k: int) -> list[int]:
        scores: dict[int, float] = {}
        for system in self._systems:
            for rank, at in enumerate(system(question, group, _POOL), 1):
                scores[at] = scores.get(at, 0.0) + 1 / (_RRF + rank)
        return sorted(scores, key=lambda at: (-scores[at], at))[:k]


class Ours:
    """The search that `hdlsmith search` does, through the same interface."""

    def __init__(self, searcher: Searcher, documents: Documents) -> None:
        self._searcher = searcher
        self._documents = documents

    def __call__(self, question: str, group: str, k: int) -> list[int]:
        found = self._searcher.search(Query(question, KINDS[group], k=2 * k))
        if self._searcher.note:  # what it could not ask; a figure without that would mislead
            raise InputError(self._searcher.note)
        return self._documents.ranked((evidence.node for evidence in found), k)


class Part:
    """Our search with some of its channels."""

    def __init__(self, searcher: Searcher, documents: Documents, channels: Sequence[str]) -> None:
        self._searcher = searcher
        self._documents = documents
        self._channels = channels

    def __call__(self, question: str, group: str, k: int) -> list[int]:
        found = self._searcher.found(Query(question, KINDS[group]))
        kept = {channel: found[channel] for channel in self._channels}
        column = _WEIGHTS_COLUMN[group]
        ranked = fuse(kept, WEIGHTS, lambda nodes: dict.fromkeys(nodes, column), _POOL)
        return self._documents.ranked((one.node for one in ranked), k)


def make_systems(
    names: Sequence[str], index: Path, documents: Documents, cache: Path, settings: Settings
) -> dict[str, System]:
    """The systems of these names, each made once, and only when asked for."""
    made: dict[str, System] = {}

    def make(name: str) -> System:
        if name not in made:
            made[name] = makers[name]()
        return made[name]

    searcher = Searcher(index, settings)
    makers: dict[str, Callable[[], System]] = {
        "bm25": lambda: Bm25(documents),
        "dense": lambda: Dense(documents, cache),
        "fused": lambda: Fused(make("bm25"), make("dense")),
        "graph": lambda: Part(searcher, documents, _FROM_THE_GRAPH),
        OURS: lambda: Ours(searcher, documents),
    }
    for left_out in CHANNELS:
        rest = tuple(channel for channel in CHANNELS if channel != left_out)
        makers[f"without-{left_out}"] = partial(Part, searcher, documents, rest)
    return {name: make(name) for name in names}


def _parted(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_", " ", text)
