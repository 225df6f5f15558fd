"""Reading one file: what a worker does, and what the parent must know beforehand."""

import hashlib
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple, cast

from hdlsmith.errors import HdlsmithError
from hdlsmith.languages import VERILOG_FAMILY, Language
from hdlsmith.registry import resolve
from hdlsmith.retrieval.building.licences import stated_in
from hdlsmith.retrieval.frontends.hardware import is_chisel, is_hls
from hdlsmith.retrieval.frontends.table import FrontEnd, Surroundings, front_end_of
from hdlsmith.retrieval.store.rows import rows_of

_INCLUDE = re.compile(rb'`include\s*"(?:[^"\n]*/)?([^"/\n]+)"')
_DEFINE = re.compile(rb"`define[ \t]+(\w+)(?:\\\r?\n|[^\n])*")


class Job(NamedTuple):
    """A source text to be read.

    Attributes:
        source: its id in the index.
        path: one of its places.
        name: tells jobs apart.
    """

    source: int
    path: str
    language: Language
    text: bytes
    name: str


def reader(
    around: Surroundings, with_words: bool, languages: Iterable[Language]
) -> Callable[[Job], tuple[Any, ...]]:
    """What a worker does with a job.

    Args:
        languages: of the jobs to come; their front ends are loaded now, before workers are forked.

    Returns: a function from a job to the rows of the index, the paths of the files that lent
        something to the text, and the licence that it states.
    """

    for language in languages:
        with suppress(HdlsmithError):  # a file that needs it will fail and say so
            _resolved(front_end_of(language, around))

    def read(job: Job) -> tuple[Any, ...]:
        front_end = _resolved(front_end_of(job.language, around))
        graph = front_end(job.path, job.text, around)
        words: dict[int, str] = {}
        contexts: dict[int, Any] = {}
        if with_words:
            from hdlsmith.retrieval.meaning.describe import describe

            meaning = describe(job.language, job.path, job.text, around, graph)
            graph, words = graph._replace(nodes=[*graph.nodes, *meaning.fsms]), meaning.words
            contexts = meaning.contexts
        rows = rows_of(job.source, job.text, graph, words, contexts)
        return tuple(rows), graph.includes, stated_in(job.text)

    return read


@cache
def _resolved(front_end: str) -> FrontEnd:
    return cast(FrontEnd, resolve(front_end, {}, "front end"))


def no_hardware(language: Language, text: bytes) -> str:
    """Why a text in a language that is not only for hardware is passed over; empty if it isn't."""
    if language is Language.CHISEL:
        return "" if is_chisel(text) else "Scala without Chisel"
    if language is Language.HLS_CPP:
        return "" if is_hls(text) else "C++ without HLS"
    return ""


def digest_of_bytes(text: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text).hexdigest()


class Facts(NamedTuple):
    """How a text hangs together with others.

    Attributes:
        wants: names of the files it includes, without folders.
        lends: it defines macros.
    """

    wants: frozenset[str] = frozenset()
    lends: bool = False


def facts_of(language: Language, text: bytes) -> Facts:
    """What shows without parsing a text."""
    if language not in VERILOG_FAMILY or b"`" not in text:
        return Facts()
    wants = (name.decode("utf-8", "replace") for name in _INCLUDE.findall(text))
    return Facts(frozenset(wants), b"`define" in text)


def macros_in(text: bytes) -> dict[bytes, list[bytes]]:
    """Macros that a text defines: all definitions of each name, as written."""
    found: dict[bytes, list[bytes]] = {}
    if b"`define" in text:
        for match in _DEFINE.finditer(text):
            found.setdefault(match[1], []).append(match[0])
    return found
