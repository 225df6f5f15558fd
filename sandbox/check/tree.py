"""The repository that is checked: its source files, and what was left out and why."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from hdlsmith.design import Diagnostic, Severity, SourceFile, SourceSpan, read_source
from hdlsmith.display import printable
from hdlsmith.errors import InputError
from hdlsmith.languages import VERILOG_FAMILY, Language, language_of
from hdlsmith.settings import CONFIG_NAME

HDL = (*VERILOG_FAMILY, Language.VHDL)
_TOOLS_OWN = frozenset(
    ("node_modules", "build", "dist", "venv", "env", "__pycache__", "obj_dir", "sim_build")
)


@dataclass(frozen=True)
class LeftOut:
    """A file or folder that is no part of the check."""

    path: str
    reason: str


@dataclass(frozen=True)
class Tree:
    """What the repository holds. Paths are relative to `root`, with `/`.

    Attributes:
        sources: HDL and Python files.
        others: every other file; a source may name it as data or include it.
        unusable: HDL files that can't be read, as errors.
    """

    root: Path
    sources: Mapping[str, SourceFile]
    others: frozenset[str]
    unusable: tuple[Diagnostic, ...]
    left_out: tuple[LeftOut, ...]


def find_root(start: Path) -> Path:
    """The repository around a path: the nearest folder with `.git`, else with `hdlsmith.toml`."""
    here = start.resolve()
    folders = [here, *here.parents] if here.is_dir() else list(here.parents)
    for mark in (".git", CONFIG_NAME):
        for folder in folders:
            if (folder / mark).exists():
                return folder
    return folders[0]


def read_tree(root: Path, exclude: tuple[str, ...]) -> Tree:
    """Read every HDL and Python file below the root.

    Hidden files and folders, build folders and virtual environments are passed over, and so are
    links that lead there or out of the root: hostile sources could otherwise have a tool print
    what they must not see, such as the token that a CI job keeps in `.git/config`.

    Args:
        exclude: patterns of paths to pass over; `*` also stands for `/`.
    """
    sources: dict[str, SourceFile] = {}
    others: set[str] = set()
    unusable: list[Diagnostic] = []
    left_out: list[LeftOut] = []
    for path, reason in _walk(root, exclude):
        shown = printable(path).replace("\n", "\\x0a")
        if reason:
            left_out.append(LeftOut(shown, reason))
            continue
        language = language_of(path)
        if language not in HDL and not path.endswith(".py"):
            others.add(path)
            continue
        try:
            if shown != path:  # a line break in it would forge lines of every tool's output
                raise InputError("the file's name holds control characters")
            sources[path] = read_source(root / path, path)
        except InputError as error:
            if language in HDL:
                unusable.append(_unusable(shown, error.message.replace(f"{root}/", "")))
            else:
                left_out.append(LeftOut(shown, error.message.replace(f"{root}/", "")))
    return Tree(root, sources, frozenset(others), tuple(unusable), tuple(left_out))


def _unusable(path: str, message: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, "unreadable", message, SourceSpan(path, 1), "check")


def _walk(root: Path, exclude: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every file by its path, in order, with the reason to leave it out or ""; folders likewise."""
    for parent, folders, names in os.walk(root):
        here = Path(parent).relative_to(root)
        kept = []
        for name in sorted(folders):
            path = (here / name).as_posix()
            if name.startswith(".") or name in _TOOLS_OWN or name.endswith(".egg-info"):
                continue
            if (root / path / "pyvenv.cfg").is_file():
                continue
            reason = _reason(root, path, exclude)
            if reason:
                yield path, reason
            elif (root / path).is_symlink():
                yield path, "a link to a folder: what it holds is found at its own place"
            else:
                kept.append(name)
        folders[:] = kept
        for name in sorted(names):
            path = (here / name).as_posix()
            if not name.startswith("."):
                yield path, _reason(root, path, exclude)


def _reason(root: Path, path: str, exclude: tuple[str, ...]) -> str:
    if any(matches(path, pattern) for pattern in exclude):
        return "excluded by check.exclude"
    full = root / path
    if full.is_symlink():
        if not full.exists():
            return "a link to nowhere"
        target = full.resolve()
        if not target.is_relative_to(root):
            return "a link that leaves the repository"
        if any(part.startswith(".") for part in target.relative_to(root).parts):
            return "a link to a hidden file"
    if not (full.is_file() or full.is_dir()):
        return "no regular file"
    return ""


def matches(path: str, pattern: str) -> bool:
    """Whether a path is what a pattern names, or below a folder that it names."""
    pattern = pattern.removeprefix("./").rstrip("/")
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}/*")
