"""Questions that somebody else made, about a tree that somebody else chose."""

from pathlib import Path
from typing import Any

from hdlsmith.benchmarks.hdl_search.corpus import Corpus, digest_of_tree, read_tree
from hdlsmith.benchmarks.hdl_search.documents import KINDS
from hdlsmith.benchmarks.hdl_search.queries import Answer, Query
from hdlsmith.errors import InputError
from hdlsmith.jsonl import read_jsonl

_FORM = '{"query": …, "kind": "block", "path": "rtl/fifo.sv", "line": 12}'


def load_queries(file: Path, tree: Path) -> Corpus:
    """A corpus of one's own: the tree as it is, nothing blanked, nothing masked by us.

    Each line has `query`, `kind` (`module`, `block`, `signal`, or a kind of the index) and tells
    the answer by `path` (from the tree's root) and `line`, or by `name` and `module`; `masked` may
    hold a second wording, which is measured apart.

    Raises:
        InputError: no such file or tree, or a line that does not say what is asked.
    """
    if not tree.is_dir():
        raise InputError(f"{tree} is no folder", remedy="name the root of the code")
    queries = tuple(
        _query(record, f"{file}:{line}") for line, record in read_jsonl(file, growing=False)
    )
    if not queries:
        raise InputError(f"{file} holds no question", remedy=f"one a line: {_FORM}")
    texts = read_tree(tree)
    return Corpus(file.stem, texts, queries, {tree.name: digest_of_tree(texts)})


def _query(record: dict[str, Any], where: str) -> Query:
    kind = str(record.get("kind", ""))
    group = next((g for g, kinds in KINDS.items() if kind == g or kind in kinds), None)
    line = record.get("line", 0)
    answer = Answer(
        str(record.get("path", "")),
        line if isinstance(line, int) else 0,
        str(record.get("name", "")),
        str(record.get("module", "")),
    )
    asked = str(record.get("query", ""))
    told = (answer.path and (answer.line or answer.name)) or answer.name
    if not (group and asked.strip() and told):
        raise InputError(f"{where}: not a question", remedy=f"the form is {_FORM}")
    return Query(group, asked, str(record.get("masked", "")), (answer,))
