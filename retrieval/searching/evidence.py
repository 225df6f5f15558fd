"""From found nodes to evidence: text, places, licence, staleness."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from hdlsmith.retrieval.nodes import Evidence, Place
from hdlsmith.retrieval.searching.fusion import Fused
from hdlsmith.retrieval.store.index import Index, StoredNode

_MOST_REASONS = 3
_MOST_LINES = 400
"""Of one node that are shown; its place says where the rest is."""
_MOST_ALIKE = 4
_WHOLE_LINES = 14
"""A block so long is shown whole."""
GAP = "…"
"""Stands for lines left out."""


class Excerpt(NamedTuple):
    """Lines of a source, and their numbers; see `Evidence`."""

    text: str
    lines: tuple[int, ...]


def evidence_of(index: Index, fused: Fused) -> Evidence:
    """A found node as it is shown."""
    node = index.node(fused.node)
    reason = "; ".join(fused.reasons()[:_MOST_REASONS])
    last = min(node.end_line, node.start_line + _MOST_LINES - 1)
    return described(index, node, _whole(index, node, last), fused.score, reason)


def described(
    index: Index,
    node: StoredNode,
    excerpt: Excerpt,
    score: float,
    reason: str,
    *,
    near: str = "",
) -> Evidence:
    """Evidence of a node; of several places the one nearest to the path `near` comes first."""
    module = index.module_of(node)
    return Evidence(
        node.id,
        node.kind,
        node.name,
        module.name if module else "",
        node.detail,
        index.words(node.id),
        *excerpt,
        _places(index, node, near),
        score,
        reason,
    )


def _places(index: Index, node: StoredNode, near: str) -> tuple[Place, ...]:
    indexed = index.source_text(node.source)
    return tuple(
        replace(place, stale=not is_still(index, place.path, indexed))
        for place in index.places(node, near)
    )


def is_still(index: Index, path: str, indexed: bytes) -> bool:
    """Whether a file is what was indexed."""
    file = index.root / path
    try:
        same_size = file.is_file() and file.stat().st_size == len(indexed)
        return same_size and file.read_bytes() == indexed
    except OSError:
        return False


def _whole(index: Index, node: StoredNode, last: int) -> Excerpt:
    text = index.lines(node.source, node.start_line, last)
    return Excerpt(text, tuple(range(node.start_line, node.start_line + text.count("\n") + 1)))


def cut(index: Index, node: StoredNode, lines: Iterable[int]) -> Excerpt:
    """A node's source, of a long one only its first line and those around the given lines."""
    if node.end_line - node.start_line < _WHOLE_LINES:
        return _whole(index, node, node.end_line)
    inside = range(node.start_line, node.end_line + 1)
    wanted = {line + by for line in lines for by in (-1, 0, 1)}
    kept = sorted({node.start_line, *(line for line in wanted if line in inside)})
    source = index.lines(node.source, node.start_line, node.end_line).split("\n")
    shown: list[int] = []
    for before, line in zip((node.start_line - 1, *kept), kept, strict=False):
        shown += [0, line] if line > before + 1 else [line]
    if kept[-1] < node.end_line:
        shown.append(0)
    text = "\n".join(source[line - node.start_line] if line else GAP for line in shown)
    return Excerpt(text, tuple(shown))


def without_copies(index: Index, ranked: Iterable[Fused], k: int) -> list[Fused]:
    """The first k of different text: a copy in another file says nothing new. Of names that many
    modules declare alike (a parameter handed down) a few come in their place, the others last.
    """
    seen: set[object] = set()
    alike: Counter[object] = Counter()
    kept: list[Fused] = []
    others: list[Fused] = []
    for one in ranked:
        node = index.node(one.node)
        module = index.module_of(node)
        text = index.text(node)
        key = (node.kind, node.name, module.name if module else "", text)
        if key in seen:
            continue
        seen.add(key)
        alike[node.kind, node.name or text] += 1
        (kept if alike[node.kind, node.name or text] <= _MOST_ALIKE else others).append(one)
        if len(kept) == k:
            break
    return [*kept, *others][:k]
