"""Questions to one index: the channels, their weights, and evidence out of what they find."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hdlsmith.errors import HdlsmithError
from hdlsmith.retrieval.nodes import NAMED_VALUES, SCOPES, Evidence, Kind
from hdlsmith.retrieval.searching.channels import (
    Asked,
    by_code,
    by_coverage,
    by_kind,
    by_module,
    by_module_name,
    by_name_words,
    by_words,
)
from hdlsmith.retrieval.searching.evidence import evidence_of, without_copies
from hdlsmith.retrieval.searching.fusion import Found, fuse
from hdlsmith.retrieval.searching.identifiers import by_identifier
from hdlsmith.retrieval.searching.query import Query
from hdlsmith.retrieval.searching.terms import Terms, terms_of
from hdlsmith.retrieval.store.index import Index

if TYPE_CHECKING:
    from hdlsmith.retrieval.vectors.nearest import NearestNodes
    from hdlsmith.settings import Settings

WEIGHTS = {
    "identifier": (1, 3, 2.4),
    "name": (1.5, 1.1, 0.5),
    "module": (0, 0.5, 0),
    "kind": (0, 0.3, 2),
    "does": (0.5, 0, 0.2),
    "around": (1.2, 0.35, 0.7),
    "coverage": (7, 22, 14),
    "within": (0, 0.45, 0.45),
    "code": (0.5, 0.1, 0.3),
    "meaning": (50, 30, 35),
}
"""Channel -> what it counts for modules and other scopes, for ports, signals and parameters, and
for blocks. `coverage` speaks in shares and `meaning` in cosines, the others as BM25 does.

Halfway between weights set by hand and those of the highest smoothed MRR on all splits of
hdl-search but the last, where each family of repositories was also left out in turn. How the
columns stand to each other matters only to questions for several families of kinds."""

_SEARCHED = tuple(kind for kind in Kind if kind not in (Kind.PROJECT, Kind.FILE))
_NEAREST = 60
_NEAREST_SCOPES = 200
"""Vectors asked for; Chroma needs longer for more. Where nothing but modules is wanted there are
few, and each long enough to be near to many questions."""
_FLOOR = 0.9
"""What was not found, or has no vector, is taken to be nearly as near as the last that was."""
_COPIES = 5
"""Nodes ranked for one result: some are copies of others."""
_MOST_MEANT = 2000
"""Characters whose meaning is asked for; longer words than these are nobody's."""
_LONGEST_WORD = 40
_WITHOUT = "searched this index without vectors: {}"


class Searcher:
    """An index that is open for questions; the first one loads what it needs, later ones are fast.

    Attributes:
        note: why vectors do not take part; empty if they do, or nothing was asked yet.
    """

    def __init__(self, folder: Path, settings: "Settings | None" = None) -> None:
        """
        Args:
            folder: the index folder.
            settings: of the embedder and of Chroma; by default as the user set them.

        Raises:
            InputError: there is no index, or it can't be used.
        """
        self.note = ""
        self.index = Index(folder)
        self._settings = settings
        self._look_again()

    def __enter__(self) -> "Searcher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.index.close()
        if nearest := self.__dict__.get("_nearest"):
            nearest.close()

    @contextmanager
    def held(self) -> Iterator[Index]:
        """The index as it is now, for all that is asked inside: an update by others is seen by the
        next question.
        """
        if self.index.is_held:
            yield self.index
            return
        while True:
            with self.index.held():
                if not self.index.is_old():
                    yield self.index
                    return
            self._reopen()

    def search(self, query: Query) -> tuple[Evidence, ...]:
        """At most `query.k` results, best first; equal texts are one result with many places."""
        with self.held() as index:
            ranked = fuse(self.found(query), WEIGHTS, self._families, _COPIES * query.k)
            kept = without_copies(index, ranked, query.k)
            return tuple(evidence_of(index, fused) for fused in kept)

    def found(self, query: Query) -> dict[str, Found]:
        """What each channel of `WEIGHTS` found."""
        with self.held() as index:
            text = f"{query.signal} {query.text}"
            terms = terms_of(text)
            if query.signal:
                terms = terms._replace(names=tuple(dict.fromkeys((query.signal, *terms.names))))
            kinds = query.kinds or _SEARCHED
            asked = self._asked(terms, kinds, query.module)
            described = asked._replace(
                chosen=asked.chosen & ~index.word_scores.are_of(NAMED_VALUES)
            )
            found = {
                "identifier": by_identifier(index, asked),
                "code": by_code(index, asked, of_values=not self._has_words),
                "meaning": self._by_meaning(text, asked),
            }

            def candidates() -> set[int]:
                return set[int]().union(*(one.scores for one in found.values()))

            found["around"] = by_words(index, asked, "around", "around it", candidates())
            found["does"] = by_words(index, described, "does", "does", candidates())
            found["coverage"] = by_coverage(index, asked, candidates())
            if of_parts := set(SCOPES).isdisjoint(asked.kinds):  # else it speaks for the module
                found["within"] = by_module(index, asked, candidates())
            found["name"] = by_name_words(index, asked, candidates())
            if of_parts:
                found["module"] = by_module_name(index, asked, candidates())
            found["kind"] = by_kind(index, asked, candidates())
            return found

    def _reopen(self) -> None:
        fresh = Index(self.index.folder)
        self.close()
        self.__dict__.pop("_nearest", None)
        self.note = ""
        self.index = fresh
        self._look_again()

    def _look_again(self) -> None:
        self._has_words = self.index.meta("words") == "1"
        self._ids: dict[tuple[Kind, ...], frozenset[int]] = {}

    def _families(self, nodes: AbstractSet[int]) -> dict[int, int]:
        """Nodes, each with the column of `WEIGHTS` that is for it."""
        scopes, values = nodes & self._of(SCOPES), nodes & self._of(NAMED_VALUES)
        return dict.fromkeys(nodes, 2) | dict.fromkeys(values, 1) | dict.fromkeys(scopes, 0)

    def _asked(self, terms: Terms, kinds: tuple[Kind, ...], module: str) -> Asked:
        if not module:
            return Asked(terms, kinds, self._of(kinds), self.index.word_scores.are_of(kinds))
        named = self.index.named(module, (Kind.MODULE,))
        bodies = (node for node in named if node.is_architecture)
        modules = dict.fromkeys((*self.index.definitions(module), *bodies))
        inside = (node for m in modules for node in self.index.members(m.id, kinds))
        allowed = frozenset(node.id for node in (*modules, *inside) if node.kind in kinds)
        chosen = np.zeros(len(self.index.word_scores.nodes), bool)
        chosen[self.index.word_scores.positions(allowed)] = True
        return Asked(terms, kinds, allowed, chosen)

    def _of(self, kinds: tuple[Kind, ...]) -> frozenset[int]:
        if kinds not in self._ids:
            self._ids[kinds] = self.index.ids_of_kind(kinds)
        return self._ids[kinds]

    def _by_meaning(self, text: str, asked: Asked) -> Found:
        near: list[tuple[int, float]] = []
        if not self.note:
            words = (word for word in text[:_MOST_MEANT].split() if len(word) <= _LONGEST_WORD)
            try:
                most = _NEAREST_SCOPES if set(asked.kinds) <= set(SCOPES) else _NEAREST
                near = self._nearest.find(" ".join(words), most, asked.kinds)
                self.note = "" if self._nearest.is_there() else _WITHOUT.format("it has none")
            except (ImportError, HdlsmithError) as error:
                self.note = _WITHOUT.format(error)
        last = min((cosine for _, cosine in near), default=0.0)
        floor = min(_FLOOR * last, last)
        beyond = {node: cosine - floor for node, cosine in near if node in asked.allowed}
        return Found(beyond, lambda _: "meaning")

    @cached_property
    def _nearest(self) -> "NearestNodes":
        from hdlsmith.retrieval.vectors.nearest import NearestNodes
        from hdlsmith.settings import load_settings

        return NearestNodes(self.index.folder, self._settings or load_settings())
