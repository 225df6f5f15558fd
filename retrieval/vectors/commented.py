"""Comments with the code that they stand at: what `teach` learns from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hdlsmith.errors import InputError
from hdlsmith.languages import LANGUAGES, VERILOG_FAMILY, Language, language_of
from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.meaning.comments import Comments, is_legal
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store import schema
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.store.vector_keys import VectorKeys
from hdlsmith.retrieval.vectors.sync import EMBEDDED, embedded_texts

LEFT_OUT = "lowrisc"
"""In a path: vendored parts of OpenTitan, a repository that search is measured on."""

_READ = (*VERILOG_FAMILY, Language.VHDL)
_MOST_LINES = 8
_SAID_INSIDE = (Kind.PROCESS, Kind.FUNCTION)
_MOST_SAID_LINES = 60
"""Of a short block each comment inside says what it does."""
_MIN_WORDS = 2
_WORD = re.compile(r"[A-Za-z][a-z]{2,}")
_CODE = re.compile(r";\s*$|\bassign\b|<=.*;")


class Commented(NamedTuple):
    """A source text taken apart.

    Attributes:
        code: its lines, without comments.
        behind, above: line, from 1 -> prose that stands behind it, or right above it.
    """

    code: list[str]
    behind: dict[int, str]
    above: dict[int, str]


def pairs_of(root: Path) -> Iterator[tuple[str, str]]:
    """Each comment below a folder that says something, with the lines that it stands at, and with
    what is embedded of the nodes that begin there.

    Raises:
        InputError: there is no such folder.
    """
    if not root.is_dir():
        raise InputError(f"no such folder: {root}", remedy="pip install --no-deps --target")
    sources = {}
    for path in sorted(root.rglob("*")):
        language, inside = language_of(path), path.relative_to(root).as_posix()
        if language in _READ and LEFT_OUT not in inside and path.is_file():
            marker = LANGUAGES[language].line_comment
            sources[inside] = taken_apart(path.read_bytes(), marker)
    for source in sources.values():
        yield from line_pairs(source)
    with TemporaryDirectory() as place:
        tree, folder = Path(place, "tree"), Path(place, "index")
        for inside, source in sources.items():
            (tree / inside).parent.mkdir(parents=True, exist_ok=True)
            (tree / inside).write_text("\n".join(source.code), "utf-8")
        build(tree, folder)
        with Index(folder) as index, closing(schema.open_reading(folder)) as connection:
            yield from _node_pairs(index, VectorKeys(connection), sources)


def taken_apart(text: bytes, line_marker: str) -> Commented:
    """A source text without its comments, and those that are prose."""
    comments = Comments(text, line_marker)
    lines = text.decode("utf-8", "replace").split("\n")
    above: dict[int, str] = {}
    for line, said in comments.alone.items():
        above[line + 1] = f"{above.pop(line, '')} {said}".strip()
    return Commented(
        [line[: comments.columns.get(at)].rstrip() for at, line in enumerate(lines, 1)],
        {line: said for line, said in comments.behind.items() if _is_prose(said)},
        {line: said for line, said in above.items() if _is_prose(said)},
    )


def line_pairs(source: Commented) -> Iterator[tuple[str, str]]:
    """Comments with the line that they stand behind, or the paragraph that they stand above."""
    for line, said in source.behind.items():
        yield said, source.code[line - 1].strip()
    for line, said in source.above.items():
        told = "\n".join(_paragraph(source.code[line - 1 :]))
        if told:
            yield said, told


def _node_pairs(
    index: Index, keys: VectorKeys, sources: Mapping[str, Commented]
) -> Iterator[tuple[str, str]]:
    for at, _, paths in index.sources():
        nodes = {node.id: node for node in index.of_source(at)}
        _, behind, above = sources[paths[0]]
        for texts in keys.texts(at, tuple(EMBEDDED)):
            node = nodes[texts.node]
            lines = range(node.start_line, node.end_line + 1)
            if node.kind not in _SAID_INSIDE or len(lines) > _MOST_SAID_LINES:
                lines = lines[:1]
            said = (
                comments[line] for line in lines for comments in (above, behind) if line in comments
            )
            told = "\n".join(embedded_texts(texts))
            yield from ((one, told) for one in said)


def _paragraph(code: Sequence[str]) -> Iterator[str]:
    for line in code[:_MOST_LINES]:
        if not line:
            return
        yield line.strip()


def _is_prose(said: str) -> bool:
    says_enough = len(_WORD.findall(said)) >= _MIN_WORDS
    return says_enough and not is_legal(said) and not _CODE.search(said)
