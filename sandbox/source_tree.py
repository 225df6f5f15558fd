"""Files and folders as a user names them -> the source files of one design, in reading order."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from hdlsmith.design import SourceFile, read_source, real_path
from hdlsmith.errors import InputError
from hdlsmith.languages import LANGUAGES, Language
from hdlsmith.sandbox.scan import scan
from hdlsmith.settings import find_config

_SUFFIXES = tuple(
    suffix
    for language in (Language.VERILOG, Language.SYSTEMVERILOG, Language.VHDL)
    for suffix in LANGUAGES[language].suffixes
)
_ENDINGS = ", ".join(_SUFFIXES)
_PACKAGE = re.compile(r"\bpackage\s+(?:automatic\s+|static\s+)?(\w+)")


def read_tree(paths: list[Path], top: str | None = None) -> tuple[SourceFile, ...]:
    """Read files, and the HDL files below folders, as the files of one design.

    Packages come before their users, whatever the order given, because compilers want it so, and
    in VHDL all that is used. A file that another one includes rides along and is not compiled by
    itself.

    Args:
        top: of folders only those files are taken that this module, or a file named by itself,
            needs: of several that define a name the one nearest to the file that uses it, else
            the first. All files if it is left out or defined nowhere.

    Returns:
        files named from the folder of `hdlsmith.toml`, else from the working folder; where some
        lie outside that, from the folder that all share.

    Raises:
        InputError: as `read_source`; the same file named twice; a folder without HDL files.
    """
    named = [real_path(path) for path in paths if not path.is_dir()]
    if len(set(named)) != len(named):
        raise InputError("the same file is named twice")
    below = [file for path in paths if path.is_dir() for file in _hdl_files(path)]
    base = _base([*named, *below])
    names = {path.relative_to(base).as_posix(): path for path in (*named, *below)}
    files = {name: read_source(path, name) for name, path in names.items()}
    tree = _Tree(files)
    order = list(files)
    if top and top in tree.definers:
        asked = [path.relative_to(base).as_posix() for path in named]
        reached = set(_after_needs([tree.definers[top][0], *asked], tree.needs))
        order = [name for name in order if name in reached]
    return tuple(
        replace(files[name], language=None) if name in tree.included else files[name]
        for name in _after_needs(order, tree.earlier)
    )


class _Tree:
    """Which file defines, uses and includes what."""

    def __init__(self, files: dict[str, SourceFile]) -> None:
        self._files = files
        self._scans = {name: scan(file) for name, file in files.items()}
        self.definers: dict[str, list[str]] = {}
        for name, found in self._scans.items():
            for unit in found.defines:
                self.definers.setdefault(unit, []).append(name)
        self._package_files = {
            name
            for name, file in files.items()
            if not set(_PACKAGE.findall(file.text)).isdisjoint(self._scans[name].defines)
        }
        self._by_name: dict[str, list[str]] = {}
        for name in files:
            self._by_name.setdefault(PurePosixPath(name).name, []).append(name)
        self.included = {file for name in files for file in self._includes(name)}

    def needs(self, name: str) -> list[str]:
        """The files that a file completes, uses or includes."""
        found = self._scans[name]
        meant = (self._nearest(unit, name) for unit in (*found.completes, *found.uses))
        return [*(file for file in meant if file), *self._includes(name)]

    def earlier(self, name: str) -> list[str]:
        """The files that a compiler must have read before: those of packages; all, in VHDL."""
        if self._files[name].language is Language.VHDL:
            return self.needs(name)
        return [file for file in self.needs(name) if file in self._package_files]

    def _nearest(self, unit: str, asker: str) -> str | None:
        """Of the files that define a name the one that shares most folders with the asking file;
        of several such the first.
        """
        return max(
            self.definers.get(unit, ()),
            key=lambda name: len(os.path.commonpath([f"/{name}", f"/{asker}"])),
            default=None,
        )

    def _includes(self, name: str) -> list[str]:
        spelled = (PurePosixPath(path).name for path in self._scans[name].includes)
        return [file for path in spelled for file in self._by_name.get(path, ())]


def _after_needs(starts: Iterable[str], needs: Callable[[str], Iterable[str]]) -> list[str]:
    """The starts and all that they need, each after what it needs, else in the order given."""
    placed: dict[str, None] = {}
    for start in starts:
        opened = {start}
        path = [(start, iter(needs(start)))]
        while path:
            name, left = path[-1]
            following = next((n for n in left if n not in placed and n not in opened), None)
            if following is None:
                placed.setdefault(name)
                path.pop()
            else:
                opened.add(following)
                path.append((following, iter(needs(following))))
    return list(placed)


def _hdl_files(folder: Path) -> Iterator[Path]:
    inside = folder.resolve()
    found = False
    for parent, folders, names in os.walk(inside):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = real_path(Path(parent, name))
            # A link may lead out of what the user has named.
            if path.suffix.lower() in _SUFFIXES and path.is_relative_to(inside):
                found = True
                yield path
    if not found:
        raise InputError(f"no HDL file below {folder}", remedy=f"they end in {_ENDINGS}")


def _base(paths: Iterable[Path]) -> Path:
    paths = list(paths)
    config = find_config()
    for base in (*([config.parent] if config else []), Path.cwd()):
        if all(path.is_relative_to(base) for path in paths):
            return base
    return Path(os.path.commonpath([path.parent for path in paths]))
