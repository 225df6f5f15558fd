"""One corpus, several systems: build what they need, ask everything, keep the ranks."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from hdlsmith.benchmarks.hdl_search.corpus import Corpus
from hdlsmith.benchmarks.hdl_search.documents import Documents, find_answers, read_documents
from hdlsmith.benchmarks.hdl_search.scoring import DEPTH, Ranks
from hdlsmith.benchmarks.hdl_search.systems import System, make_systems
from hdlsmith.errors import InputError
from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.vectors.sync import sync
from hdlsmith.settings import Settings

VIEWS = ("named", "masked")
_NOT_IN_THE_INDEX = ("searching", "structure", "commands", "knowledge")


@dataclass(frozen=True)
class Bench:
    """A corpus with its index, ready to be asked.

    Attributes:
        cache: folder of this corpus; index and vectors stay there for the next run.
        index: the index folder.
    """

    corpus: Corpus
    cache: Path
    index: Path
    settings: Settings

    @cached_property
    def documents(self) -> Documents:
        with Index(self.index) as index:
            return read_documents(index)

    @cached_property
    def answers(self) -> list[set[int]]:
        """Of each question the documents that answer it; empty where the index lacks them."""
        with Index(self.index) as index:
            return [
                find_answers(index, self.documents, query.group, query.answers)
                for query in self.corpus.queries
            ]

    @cached_property
    def clusters(self) -> list[int]:
        """Of each question a number that stands for the file it is about."""
        files = [query.answers[0].path or query.answers[0].module for query in self.corpus.queries]
        number = {file: at for at, file in enumerate(dict.fromkeys(files))}
        return [number[file] for file in files]

    def asked(self, view: str) -> list[int]:
        """Positions of the questions that a view has."""
        return [at for at, query in enumerate(self.corpus.queries) if getattr(query, view)]

    def systems(self, names: Sequence[str]) -> dict[str, System]:
        vectors = self.cache.parent
        return make_systems(names, self.index, self.documents, vectors, self.settings)

    def ranks(self, systems: Mapping[str, System], view: str) -> dict[str, Ranks]:
        """Where each system has the answers of a view's questions."""
        asked = self.asked(view)
        cluster = np.array([self.clusters[at] for at in asked], int)
        rank = np.zeros((len(systems), len(asked)), int)
        for column, at in enumerate(asked):
            query, answers = self.corpus.queries[at], self.answers[at]
            for row, system in enumerate(systems.values()):
                found = system(getattr(query, view), query.group, DEPTH)[:DEPTH]
                rank[row, column] = next((r for r, d in enumerate(found, 1) if d in answers), 0)
        return {name: Ranks(rank[row], cluster) for row, name in enumerate(systems)}


def prepare(corpus: Corpus, cache: Path, settings: Settings) -> Bench:
    """Write and index the corpus as `index build` does, unless the same code did that before.

    Args:
        cache: folder for everything that this benchmark keeps.

    Raises:
        InputError: the index lacks most answers.
        MissingToolError: what an index needs is not installed.
    """
    home = cache / f"{corpus.name}-{corpus.digest[:12]}"
    home.mkdir(parents=True, exist_ok=True)
    tree = corpus.write(home / "tree")
    index = home / f"index-{_indexing_code(settings)[:12]}"
    done = index / "done"
    if not done.is_file():
        build(tree, index)
        sync(index, settings)
    bench = Bench(corpus, home, index, settings)
    if 2 * bench.answers.count(set()) > len(bench.answers):
        raise InputError(
            f"the index of {tree} lacks most answers: the questions are of another tree, or the "
            "front ends fail"
        )
    done.touch()
    return bench


def by_group(bench: Bench, view: str, ranks: Mapping[str, Ranks]) -> dict[str, dict[str, Ranks]]:
    """Kind (and `all`) -> system -> ranks."""
    groups = np.array([bench.corpus.queries[at].group for at in bench.asked(view)])
    chosen = {group: groups == group for group in dict.fromkeys(groups)}
    chosen["all"] = np.ones(len(groups), bool)
    return {
        group: {name: rank.of(mask) for name, rank in ranks.items()}
        for group, mask in chosen.items()
    }


def _indexing_code(settings: Settings) -> str:
    """Digest of the code and settings that decide what is in an index."""
    import hdlsmith.retrieval

    root = Path(hdlsmith.retrieval.__path__[0])
    digest = hashlib.sha256(f"{settings.embedder.name} {settings.embedder.model}".encode())
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root).parts
        if path.suffix in (".py", ".npy", ".txt") and inside[0] not in _NOT_IN_THE_INDEX:
            digest.update("/".join(inside).encode() + path.read_bytes())
    return digest.hexdigest()
