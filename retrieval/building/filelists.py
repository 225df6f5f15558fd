"""Filelists (`.f`): the include folders and macros that a simulator would be given."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path

from hdlsmith.design import MAX_SOURCE_BYTES

_NESTED = ("-f", "-F", "-file")
_MOST_FILELISTS = 256


@dataclass
class Filelist:
    """What filelists say.

    Attributes:
        include_folders: repository paths, in order.
        defines: `NAME` or `NAME=VALUE`.
        notes: what could not be used, with its line.
    """

    include_folders: list[str] = field(default_factory=list)
    defines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_filelists(root: Path, paths: tuple[str, ...]) -> Filelist:
    """Read filelists and those that they name.

    A path in one is taken from its own folder, or else from the root. Variables of the environment
    are not looked up: an index must not depend on who builds it.

    Args:
        root: resolved.
        paths: of filelists, from the root.
    """
    found = Filelist()
    seen: set[Path] = set()
    for path in paths:
        _read(root, root / path, found, seen)
    found.include_folders = list(dict.fromkeys(found.include_folders))
    found.defines = list(dict.fromkeys(found.defines))
    return found


def _read(root: Path, path: Path, found: Filelist, seen: set[Path]) -> None:
    where = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    resolved = path.resolve()
    if resolved in seen:  # in a circle, or twice: it says nothing new
        return
    seen.add(resolved)
    if not resolved.is_relative_to(root):
        found.notes.append(f"{where}: lies outside the repository")
        return
    if len(seen) > _MOST_FILELISTS:
        found.notes.append(f"{where}: more than {_MOST_FILELISTS} filelists")
        return
    if resolved.exists() and not resolved.is_file():
        found.notes.append(f"{where}: no regular file")
        return
    try:
        with resolved.open("rb") as file:
            lines = file.read(MAX_SOURCE_BYTES).decode("utf-8", "replace").splitlines()
    except OSError as error:
        found.notes.append(f"{where}: {error.strerror}")
        return
    for number, line in enumerate(lines, 1):
        place = f"{where}:{number}"
        words = _words(line)
        while words:
            word = words.pop(0)
            if "$" in word:
                found.notes.append(f"{place}: variables are not looked up: {word}")
            elif word in _NESTED and words:
                _read(root, _nearest(root, path, words.pop(0)), found, seen)
            elif word == "-incdir" and words:
                _add_folders(root, path, [words.pop(0)], found, place)
            elif word.startswith("+incdir+"):
                _add_folders(root, path, word.split("+")[2:], found, place)
            elif word.startswith("-I") and (folder := word[2:] or (words and words.pop(0))):
                _add_folders(root, path, [folder], found, place)
            elif word.startswith("+define+"):
                found.defines += [macro for macro in word.split("+")[2:] if macro]
            elif word.startswith("-D") and (macro := word[2:] or (words and words.pop(0))):
                found.defines.append(macro)


def _words(line: str) -> list[str]:
    code = line.split("//")[0]
    try:
        return shlex.split(code, comments=True)
    except ValueError:  # a lone quote
        return code.split()


def _nearest(root: Path, filelist: Path, name: str) -> Path:
    beside = filelist.parent / name
    return beside if beside.exists() else root / name


def _add_folders(root: Path, filelist: Path, names: list[str], found: Filelist, place: str) -> None:
    for name in filter(None, names):
        folder = _nearest(root, filelist, name).resolve()
        if not folder.is_relative_to(root):
            found.notes.append(f"{place}: lies outside the repository: {name}")
        elif not folder.is_dir():
            found.notes.append(f"{place}: no such folder: {name}")
        else:
            found.include_folders.append(folder.relative_to(root).as_posix())
