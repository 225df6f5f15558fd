"""The sources that an anatomy is computed from: files, or what an index holds of a design."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from hdlsmith.design import MAX_SOURCE_BYTES, SourceFile, read_source, real_path
from hdlsmith.errors import InputError
from hdlsmith.languages import LANGUAGES, VERILOG_FAMILY, Language, language_of
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.structure.closure import MAX_FILES, closure
from hdlsmith.retrieval.structure.elaborate import surroundings_of
from hdlsmith.retrieval.structure.names import find_module
from hdlsmith.retrieval.structure.netlist import Netlist

_MOST_NEIGHBOURS = 500
"""Files beside the named ones that are looked at."""

_LEVELS_UP = 3
_MOST_WALKED = 20_000
"""Files that are passed in search of what is included."""

_INCLUDE = re.compile(rb'`include\s*"(?:[^"\n]*/)?([^"/\n]+)"')
_USED = re.compile(rb"\b(?:work|lib\w*)\.(\w+)", re.IGNORECASE)
"""A package of VHDL, where it is used."""


@dataclass(frozen=True)
class Source:
    """One text.

    Attributes:
        path: in the repository.
        shown: what spans are written with.
        held: its text, or the file that it is read from when it is first asked for.
        is_named: asked about; the others only lend definitions.
    """

    path: str
    shown: str
    language: Language
    held: bytes | Path
    is_named: bool = False

    @cached_property
    def text(self) -> bytes:
        if isinstance(self.held, bytes):
            return self.held
        try:
            with self.held.open("rb") as file:
                return file.read(MAX_SOURCE_BYTES)
        except OSError:
            return b""


@dataclass(frozen=True)
class Library:
    """Texts, those that were asked about first."""

    sources: tuple[Source, ...]
    around: Surroundings


def library_of_files(paths: Sequence[Path]) -> Library:
    """The files of these paths, with the others in their folders to lend definitions.

    Raises:
        InputError: a file can't be read, or is in no language hdlsmith reads.
    """
    named = {real_path(path): (path, read_source(path)) for path in paths}
    for path, file in named.values():
        if file.language is None:
            suffixes = ", ".join(s for info in LANGUAGES.values() for s in info.suffixes)
            raise InputError(f"{path} is no hardware source", remedy=f"a file with {suffixes}")
    root = Path(os.path.commonpath([real.parent for real in named]))
    sources = [_source(root, real, str(path), file) for real, (path, file) in named.items()]
    folders = {real.parent: path.parent for real, (path, _) in named.items()}
    for folder, typed in folders.items():
        for neighbour in _neighbours(folder):
            language = language_of(neighbour)
            if neighbour not in named and language is not None:
                place = neighbour.relative_to(root).as_posix()
                sources.append(Source(place, str(typed / neighbour.name), language, neighbour))
    headers = [root / source.path for source in sources]
    headers += _included(sources, _home(root))
    home = Path(os.path.commonpath([root, *(path.parent for path in headers)]))
    prefix = root.relative_to(home)
    moved = [replace(source, path=(prefix / source.path).as_posix()) for source in sources]
    places = (path.relative_to(home).as_posix() for path in headers)
    return Library(tuple(moved), Surroundings(home, headers=_by_name(places)))


def _home(folder: Path) -> Path:
    """The repository around a folder; a few folders up where nothing shows it."""
    around = (folder, *folder.parents)
    marked = (at for at in around if (at / ".git").exists() or (at / ".hdlsmith").exists())
    return next(marked, around[min(_LEVELS_UP, max(len(around) - 2, 0))])


def _included(sources: Sequence[Source], home: Path) -> list[Path]:
    """Files elsewhere in the repository that the named texts, or what they include, include."""
    known = {PurePosixPath(source.path).name: source for source in sources}
    left = [source for source in sources if source.is_named]
    wanted: set[str] = set()
    while left:
        names = {n.decode("utf-8", "replace") for n in _INCLUDE.findall(left.pop().text)} - wanted
        wanted |= names
        left += [known[name] for name in names if name in known]
    wanted -= known.keys()
    found: list[Path] = []
    seen = 0
    for folder, folders, names_here in os.walk(home) if wanted else ():
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        seen += len(names_here)
        found += [Path(folder, name) for name in sorted(wanted.intersection(names_here))]
        if seen > _MOST_WALKED:
            break
    return [path for path in found if path.is_file() and real_path(path).is_relative_to(home)]


def _neighbours(folder: Path) -> list[Path]:
    """The sources in a folder; a link may lead anywhere, and is left aside."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.is_file(follow_symlinks=False)]
    except OSError:  # a file may be read where its folder may not be listed
        return []
    sources = sorted(name for name in names if language_of(name) is not None)
    return [folder / name for name in sources[:_MOST_NEIGHBOURS]]


def _source(root: Path, real: Path, shown: str, file: SourceFile) -> Source:
    assert file.language is not None
    path = real.relative_to(root).as_posix()
    return Source(path, shown, file.language, file.text.encode(), is_named=True)


def _by_name(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        found[PurePosixPath(path).name].append(path)
    return {name: tuple(sorted(places)) for name, places in found.items()}


def library_of_index(index: Index, module: str, path: str = "") -> Library:
    """What an index holds of the module, everything below it, and the packages these name.

    Args:
        path: as of `names.find_module`.

    Raises:
        InputError: no such module, or several.
    """
    netlist = Netlist(index)
    top = find_module(index, module, path)
    of_verilog = index.languages[top.source] in VERILOG_FAMILY
    numbers = closure(netlist, top.id) if of_verilog else _by_instances(netlist, top.id)
    sources = []
    for number in numbers:
        here = index.paths(number)
        place = next((p for p in here if number == top.source and path in p), here[0])
        text = index.source_text(number)
        sources.append(
            Source(place, place, index.languages[number], text, is_named=number == top.source)
        )
    return Library(tuple(sources), surroundings_of(index, numbers))


def _by_instances(netlist: Netlist, top: int) -> tuple[int, ...]:
    """The source texts of a module and of those below it, and of the packages beside them."""
    index = netlist.index
    packages = {node.name.lower(): node.source for node in index.of_kind(Kind.PACKAGE)}
    found = {netlist.node(top).source: None}
    left = list(found)
    while left and len(found) < MAX_FILES:
        source = left.pop(0)
        below = (netlist.definition(node.id) for node in index.of_source(source, [Kind.INSTANCE]))
        used = map(bytes.decode, _USED.findall(index.source_text(source)))
        needed = [packages[name.lower()] for name in used if name.lower() in packages]
        needed += [netlist.node(module).source for module in below if module != -1]
        left += [number for number in dict.fromkeys(needed) if number not in found]
        found.update(dict.fromkeys(needed))
    return tuple(found)
