"""A repository's code beside descriptions of it, at three grains, for search and for datasets.

The idea of describing a design as a whole, in blocks and line by line is MG-Verilog's (Zhang et
al., LAD 2024).
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from hdlsmith.agent.explaining.checking import unknown_names
from hdlsmith.agent.explaining.compiling import Compilers
from hdlsmith.agent.explaining.grain import Grain
from hdlsmith.agent.explaining.ground import Ground
from hdlsmith.agent.explaining.lines import describe_lines
from hdlsmith.agent.explaining.remarks import Remarks
from hdlsmith.agent.explaining.summary import summary_of
from hdlsmith.agent.explaining.wording import names
from hdlsmith.design import digest_of
from hdlsmith.errors import InputError
from hdlsmith.jsonl import JsonlWriter, read_jsonl
from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.anatomy import Block
from hdlsmith.retrieval.anatomy.compute import anatomy_of
from hdlsmith.retrieval.anatomy.library import library_of_index
from hdlsmith.retrieval.building.progress import Progress
from hdlsmith.retrieval.nodes import Kind, Place
from hdlsmith.retrieval.store.index import Index, StoredNode

Describe = Callable[[str, Language], str]
"""Source text -> one or two sentences by a model."""

_ID_CHARACTERS = 16
_CODE_CHARACTERS = 6000
"""Of what a model is shown."""
_WORDS_CHARACTERS = 600


@dataclass(frozen=True)
class Pair:
    """Code and its description.

    Attributes:
        id: of all that decides the description; equal ones are the same pair.
        lines: the first and the last, from 1.
        origin: `rule`, or `model` with its name in `model`.
        licence: as the repository states it, an SPDX identifier; empty if it does not.
        compiles: of the module around, with what it needs; None where no tool here can tell.
        reason: why it does not, or can't be told.
        sha256: of the code, in hex.
    """

    id: str
    grain: Grain
    language: Language
    module: str
    path: str
    lines: tuple[int, int]
    code: str
    description: str
    origin: str
    model: str
    licence: str
    compiles: bool | None
    reason: str
    sha256: str


class Written(NamedTuple):
    """
    Attributes:
        written, kept: pairs, and those that were there before.
        modules: all that were looked at.
        skipped: those that can't be described, `path:line: why`.
    """

    written: int
    kept: int
    modules: int
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Author:
    """A model that describes.

    Attributes:
        name: for the records; empty where rules alone describe.
    """

    name: str = ""
    describe: Describe | None = None


def write_pairs(
    index: Index,
    below: str,
    out: Path,
    author: Author,
    compilers: Compilers,
    progress: Progress,
) -> Written:
    """Append what a file lacks of the pairs of all modules, in the order of their paths.

    A module's lines stand first, then its blocks, and itself last: a module that is there is done.

    Args:
        below: a folder or file of the index; empty for all of it.

    Raises:
        InputError: the file holds something else.
        ModelError: the endpoint failed; what was written until then stays.
    """
    known = _known(out)
    kept = len(known)
    modules = _modules(index, below)
    progress.start("describing modules", len(modules))
    written, skipped = 0, []
    with JsonlWriter(out) as file:
        for module, place in modules:
            maker = _Maker(index, module, place, author)
            try:
                for pair in maker.pairs(known, compilers):
                    file.append(asdict(pair))
                    written += 1
            except InputError as error:  # it brings its reader down, or its name means several
                skipped.append(f"{place}: {error.message}")
            progress.advance()
    return Written(written, kept, len(modules), tuple(skipped))


def _known(out: Path) -> set[str]:
    if not out.exists():
        return set()
    try:
        return {str(record["id"]) for _, record in read_jsonl(out)}
    except KeyError as error:
        raise InputError(
            f"{out} holds something else than descriptions", remedy="choose another file"
        ) from error


def _modules(index: Index, below: str) -> list[tuple[StoredNode, Place]]:
    found = []
    for node in index.of_kind(Kind.MODULE):
        places = [p for p in index.places(node) if _is_below(p.path, below)]
        if places and node.parent == -1:
            found.append((node, min(places, key=lambda place: place.path)))
    return sorted(found, key=lambda item: (item[1].path, item[0].id))


def _is_below(path: str, below: str) -> bool:
    return not below or path == below or path.startswith(f"{below}/")


class _Maker:
    """The pairs of one module."""

    def __init__(self, index: Index, module: StoredNode, place: Place, author: Author) -> None:
        self._index = index
        self._module = module
        self._place = place
        self._author = author
        self._span = module.start_line, module.end_line

    def pairs(self, known: set[str], compilers: Compilers) -> Iterator[Pair]:
        """Those that are not known; what a model says of them is asked for only now."""
        whole = self._index.lines(self._module.source, *self._span)
        if self._id(Grain.MODULE, self._span, whole) in known:
            return
        library = library_of_index(self._index, self._module.name, self._place.path)
        anatomy = anatomy_of(library, self._module.name, self._place.path)
        ground = Ground(anatomy, self._index, self._module.source)
        compiled = compilers.compile(self._module)
        for grain, lines, rule in self._ruled(ground):
            code = self._index.lines(self._module.source, *lines)
            name = self._id(grain, lines, code)
            if name in known or not rule:
                continue
            known.add(name)
            said = "" if grain is Grain.LINE else self._said(code, ground)
            yield Pair(
                name,
                grain,
                self._index.languages[self._module.source],
                self._module.name,
                self._place.path,
                lines,
                code,
                said or rule,
                "model" if said else "rule",
                self._author.name if said else "",
                self._place.licence,
                compiled.ok,
                compiled.reason,
                hashlib.sha256(code.encode()).hexdigest(),
            )

    def _ruled(self, ground: Ground) -> Iterator[tuple[Grain, tuple[int, int], str]]:
        """What rules say: grain, lines and words, the module last."""
        remarks = Remarks(ground.anatomy)
        for note in describe_lines(ground, *self._span):
            yield Grain.LINE, (note.line, note.line), note.words
        for block in ground.anatomy.blocks:
            words = _joined(_rule(block), remarks.at(block.span.line))
            yield Grain.BLOCK, (block.span.line, block.last_line), words
        yield Grain.MODULE, self._span, _joined(summary_of(ground.anatomy), remarks.of_module()[0])

    def _said(self, code: str, ground: Ground) -> str:
        """A model's words; none where it speaks of what is not there."""
        if self._author.describe is None:
            return ""
        language = ground.anatomy.language
        words = self._author.describe(code[:_CODE_CHARACTERS], language)
        words = " ".join(words.split())[:_WORDS_CHARACTERS]
        return "" if unknown_names(words, ground) else words

    def _id(self, grain: Grain, lines: tuple[int, int], code: str) -> str:
        where = (self._place.path, self._module.name, grain, *map(str, lines))
        return digest_of(*where, code, self._author.name)[:_ID_CHARACTERS]


def _rule(block: Block) -> str:
    """What a block does, by rule; one of unknown form by its names."""
    if not block.drives:
        return block.words
    if block.words:
        return f"drives {names(block.drives)}: {block.words}"
    read = f", depending on {names(block.reads)}" if block.reads else ""
    return f"drives {names(block.drives)}{read}"


def _joined(rule: str, remark: str) -> str:
    """A description with what the authors say."""
    return f"{rule.removesuffix('.')}. The source says: {remark}" if rule and remark else rule
