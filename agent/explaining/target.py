"""From what a user types to what is explained: a module, a block of it, or lines."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hdlsmith.agent.explaining.grain import Grain
from hdlsmith.agent.explaining.ground import Ground
from hdlsmith.agent.explaining.opening import index_around, passing_index
from hdlsmith.design import real_path
from hdlsmith.errors import InputError
from hdlsmith.languages import language_of
from hdlsmith.retrieval.anatomy.anatomy import Anatomy, Block
from hdlsmith.retrieval.anatomy.compute import anatomy_of
from hdlsmith.retrieval.anatomy.library import library_of_files, library_of_index
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.searching.evidence import is_still
from hdlsmith.retrieval.store.index import Index, StoredNode


@dataclass(frozen=True)
class Target:
    """What is explained.

    Attributes:
        name: as the user typed it.
        grain: that the name itself asks for.
        first_line, last_line: what of the module is meant; all of it at the grain MODULE.
        is_stale: the file is no longer what was indexed.
    """

    name: str
    grain: Grain
    anatomy: Anatomy
    ground: Ground
    first_line: int
    last_line: int
    is_stale: bool = False

    def blocks(self) -> list[Block]:
        """The blocks that lie in the meant lines, or around them."""
        return [
            block
            for block in self.anatomy.blocks
            if block.span.line <= self.last_line and block.last_line >= self.first_line
        ]


@contextmanager
def open_target(text: str, here: Path = Path()) -> Iterator[Target]:
    """What a TARGET means: MODULE or MODULE.BLOCK in the index around a folder, or FILE, FILE:LINE
    or FILE:MODULE, with or without an index.

    Args:
        here: the folder; by default the working folder, and a file is then called as it is typed.

    Raises:
        InputError: nothing is called so, or several things are.
    """
    file, rest = (text, "") if _is_source(here / text) else _split(text)
    folder = index_around(here)
    if _is_source(here / file):
        with _opened(here / file, folder) as opened:
            yield _dated(_in_file(text, opened, rest), opened.index)
    elif folder is None:
        raise InputError(
            f"there is no file {text}, and no index around to look a module up in",
            remedy="name a source file, or run hdlsmith index build",
        )
    else:
        with Index(folder) as index:
            yield _dated(_by_name(text, index), index)


def _dated(target: Target, index: Index) -> Target:
    path = target.ground.path
    source = index.source_at(path)
    is_stale = source is not None and not is_still(index, path, index.source_text(source))
    return replace(target, is_stale=is_stale)


def _split(text: str) -> tuple[str, str]:
    file, _, rest = text.rpartition(":")
    return file, rest


def _is_source(path: Path) -> bool:
    return path.is_file() and language_of(path) is not None


@dataclass(frozen=True)
class _Opened:
    """A file in an index: the one around, or one made for it alone.

    Attributes:
        path: in the index around; empty in the other.
    """

    file: Path
    index: Index
    source: int
    path: str


@contextmanager
def _opened(file: Path, folder: Path | None) -> Iterator[_Opened]:
    real = real_path(file)
    if folder is not None:
        with Index(folder) as index:
            path = _inside(index, real)
            source = index.source_at(path)
            if source is not None:
                yield _Opened(file, index, source, path)
                return
    with passing_index(real.parent, deep=False) as index:
        source = index.source_at(real.name)
        if source is None:
            raise InputError(f"nothing can be read in {file}", remedy="is it a text file with HDL?")
        yield _Opened(file, index, source, "")


def _inside(index: Index, file: Path) -> str:
    return file.relative_to(index.root).as_posix() if file.is_relative_to(index.root) else ""


def _in_file(text: str, opened: _Opened, rest: str) -> Target:
    index, file = opened.index, opened.file
    modules = index.of_source(opened.source, [Kind.MODULE])
    if not modules:
        raise InputError(f"there is no module in {file}")
    is_line = rest.isdecimal()
    name, _, block = rest.partition(".")
    module = _around(modules, int(rest), file) if is_line else _module(modules, name, opened)
    if opened.path:
        library = library_of_index(index, module.name, opened.path)
    else:
        library = library_of_files([file])
    anatomy = anatomy_of(library, module.name)
    ground = Ground(anatomy, index, opened.source)
    if is_line:
        return Target(text, Grain.LINE, anatomy, ground, int(rest), int(rest))
    return _whole_or_block(text, anatomy, ground, block)


def _by_name(text: str, index: Index) -> Target:
    name, _, block = (text, "", "") if index.definitions(text) else text.partition(".")
    try:
        library = library_of_index(index, name)
    except InputError as error:
        remedy = error.remedy.replace("pick one by --path", f"pick one as FILE:{name}")
        raise InputError(error.message, remedy=remedy) from error
    anatomy = anatomy_of(library, name)
    source = index.source_at(anatomy.span.path)
    assert source is not None
    return _whole_or_block(text, anatomy, Ground(anatomy, index, source), block)


def _whole_or_block(text: str, anatomy: Anatomy, ground: Ground, name: str) -> Target:
    if not name:
        first, last = anatomy.span.line, anatomy.last_line
        return Target(text, Grain.MODULE, anatomy, ground, first, last)
    wanted = ground.fold(name)
    called = [b for b in anatomy.blocks if b.name and ground.fold(b.name) == wanted]
    below = {link.name for link in ground.drivers(name)}
    driving = [
        block
        for block in anatomy.blocks
        if wanted in map(ground.fold, block.drives)
        or (block.kind == Kind.INSTANCE and ground.fold(block.name) in below)
    ]
    found = (called or driving)[:1]
    if not found:
        known = [b.name for b in anatomy.blocks if b.name]
        known += [net for b in anatomy.blocks for net in b.drives]
        raise InputError(
            f"no block of {anatomy.module} is called {name!r}, and none drives a net called so",
            remedy=_nearest(name, known),
        )
    return Target(text, Grain.BLOCK, anatomy, ground, found[0].span.line, found[0].last_line)


def _around(modules: list[StoredNode], line: int, file: Path) -> StoredNode:
    here = [m for m in modules if m.start_line <= line <= m.end_line]
    if not here:
        ranges = ", ".join(f"{m.name} {m.start_line}-{m.end_line}" for m in modules[:8])
        raise InputError(f"line {line} of {file} lies in no module", remedy=f"there are {ranges}")
    return here[-1]


def _module(modules: list[StoredNode], name: str, opened: _Opened) -> StoredNode:
    """The module of that name; without one the file's main module: the one that the file is called
    after, or the first that no other of the file instantiates.
    """
    if name:
        called = [m for m in modules if m.name.lower() == name.lower()]
        exact = [m for m in called if m.name == name] or called
        if not exact:
            remedy = _nearest(name, [m.name for m in modules])
            raise InputError(f"no module {name!r} in {opened.file}", remedy=remedy)
        return exact[0]
    used = {
        module.name
        for module in modules
        for edge in opened.index.instances_of(module.name)
        if opened.index.node(edge.source).source == opened.source
    }
    stem = opened.file.stem.lower()
    return min(modules, key=lambda m: (m.name.lower() != stem, m.name in used, m.id))


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, sorted(set(known)), n=3, cutoff=0.5)
    shown = near or sorted(set(known))[:8]
    return f"{'did you mean' if near else 'there are'} {', '.join(shown)}"
