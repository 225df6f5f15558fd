"""The nouns every layer shares: source files, designs, ports, diagnostics."""

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from hdlsmith.errors import InputError
from hdlsmith.languages import Language, language_of

MAX_SOURCE_BYTES = 4 * 1024 * 1024
"""Above this a source is refused: no hand-written RTL file comes near it, and parsers choke."""

_AWKWARD = re.compile(r"[\x00-\x1f\x7f\"\\$`]")
"""Verilator expands `$` in names, and most tools cut or misquote the others in what they print."""

_SUB_INCLUDE = re.compile(r'`include\s+"(\w[^"\n]*/[^"\n]+)"')


@dataclass(frozen=True)
class SourceFile:
    """One file of a design.

    Attributes:
        path: relative POSIX path, the name tools see and diagnostics carry.
        text: the whole text.
        language: None for a data file that only rides along (a `$readmemh` image).
    """

    path: str
    text: str
    language: Language | None

    def __post_init__(self) -> None:
        pure = PurePosixPath(self.path)
        if pure.is_absolute() or ".." in pure.parts or not pure.name:
            raise InputError(f"a source path must stay inside the workspace: {self.path!r}")
        if _AWKWARD.search(self.path):
            raise InputError(
                f"tools stumble over a file name such as {self.path!a}",
                remedy="rename it without control characters, quotes, backslashes and $",
            )

    @property
    def is_header(self) -> bool:
        """Read through an `include`, not compiled by itself."""
        return PurePosixPath(self.path).suffix in (".vh", ".svh", ".hpp", ".h")


@dataclass(frozen=True)
class SourceSpan:
    """A place in a source file. Lines and columns count from 1; column 0 means unknown."""

    path: str
    line: int
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" + (f":{self.column}" if self.column else "")


@dataclass(frozen=True)
class Design:
    """A set of source files with one top; equal content has an equal digest."""

    files: tuple[SourceFile, ...]
    top: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """The files a compiler is given (without headers and data files)."""
        return tuple(f for f in self.files if f.language is not None and not f.is_header)

    @property
    def header_folders(self) -> tuple[str, ...]:
        """Folders a compiler must search for this design's includes, whatever their suffix: those
        that headers lie in, and those that an `include "sub/header.svh"` starts from.
        """
        riding = [PurePosixPath(f.path) for f in self.files if f.is_header or f.language is None]
        texts = (f.text for f in self.files if riding)
        spelled = dict.fromkeys(name for text in texts for name in _SUB_INCLUDE.findall(text))
        folders = [path.parent for path in riding]
        for name in map(PurePosixPath, spelled):
            up = len(name.parts) - 1
            folders += [path.parents[up] for path in riding if path.match(str(name))]
        return tuple(dict.fromkeys(map(str, folders)))

    @property
    def text(self) -> str:
        """All compiled sources, one after another."""
        return "\n".join(f.text for f in self.sources)

    @property
    def digest(self) -> str:
        """SHA-256 over paths, texts, top and parameters, in hex."""
        parts = [self.top or "", *(f"{k}={v}" for k, v in self.parameters)]
        parts += [part for f in self.files for part in (f.path, f.text)]
        return digest_of(*parts)


class Direction(StrEnum):
    INPUT = "input"
    OUTPUT = "output"
    INOUT = "inout"


@dataclass(frozen=True)
class Port:
    """A port of a module or entity.

    Attributes:
        width_bits: 1 for a scalar.
    """

    name: str
    direction: Direction
    width_bits: int = 1

    def __str__(self) -> str:
        width = f" ({self.width_bits} bits)" if self.width_bits != 1 else ""
        return f"{self.direction} {self.name}{width}"


class Severity(StrEnum):
    """In falling order of weight."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """For sorting: 0 is the heaviest."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Diagnostic:
    """One finding of one tool, whatever the tool.

    Attributes:
        code: the tool's own name for the finding (`WIDTHTRUNC`, `UndeclaredIdentifier`); a
            tool that has none gets a stable slug of ours.
        span: None where the tool names no place.
        tool: the short name of the tool (`icarus`, `slang`, `yosys`); `check` and `hdlsmith` are
            ourselves.
        also: `tool:code` of the other tools that say the same about this place.
    """

    severity: Severity
    code: str
    message: str
    span: SourceSpan | None
    tool: str
    also: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Every `tool:code` that this finding rests on."""
        return (f"{self.tool}:{self.code}", *self.also)

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span else ""
        return f"{place}{self.severity}: {self.message} [{' '.join(self.sources)}]"


def errors_in(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those that are errors, in order."""
    return tuple(d for d in diagnostics if d.severity is Severity.ERROR)


def digest_of(*parts: str) -> str:
    """SHA-256 in hex over the parts, each length-prefixed so that no two lists collide."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        sha.update(f"{len(data)}:".encode())
        sha.update(data)
    return sha.hexdigest()


def read_source(path: Path, name: str | None = None) -> SourceFile:
    """Read a file as UTF-8 text.

    Args:
        path: where it is.
        name: the workspace path to give it; the bare file name by default.

    Raises:
        InputError: missing, a folder, unreadable, too large, not UTF-8, or holding NUL bytes.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder", remedy="name the files in it")
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe or a device may never end
            raise InputError(f"cannot read {path}: it is no regular file")
        if found.st_size > MAX_SOURCE_BYTES:
            raise InputError(
                f"{path} is too large ({found.st_size:,} bytes; the limit is {MAX_SOURCE_BYTES:,})",
                remedy="split it, or leave generated tables out",
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    return SourceFile(name or path.name, decode_source(data, str(path)), language_of(path))


def real_path(path: Path) -> Path:
    """Where a path leads, links followed.

    Raises:
        InputError: its links lead in a circle.
    """
    try:
        return path.resolve()
    except RuntimeError as error:
        raise InputError(f"cannot read {path}: its links lead in a circle") from error


def decode_source(data: bytes, where: str) -> str:
    """UTF-8 text of a source file.

    Raises:
        InputError: NUL bytes (binary, UTF-16) or not UTF-8.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{where} is UTF-16", remedy="convert it: iconv -f UTF-16 -t UTF-8")
    if b"\x00" in data:
        raise InputError(f"{where} holds NUL bytes; it is not a text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where} is not UTF-8 (byte {error.start})",
            remedy="convert it: iconv -f LATIN1 -t UTF-8",
        ) from error


def make_folder(path: Path) -> None:
    """Make a folder for results, unless it is there.

    Raises:
        InputError: it can't be made, or is a file.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make the folder {path}: {error.strerror}", remedy="choose another folder"
        ) from error


def read_sources(paths: list[Path]) -> tuple[SourceFile, ...]:
    """Read files for one workspace; names keep only what tells them apart.

    Raises:
        InputError: as `read_source`, or the same file twice.
    """
    resolved = [real_path(path) for path in paths]
    if len(set(resolved)) != len(resolved):
        raise InputError("the same file is named twice")
    if len({path.name for path in paths}) == len(paths):
        return tuple(read_source(path) for path in paths)
    shared = os.path.commonpath([path.parent for path in resolved])
    return tuple(
        read_source(path, full.relative_to(shared).as_posix())
        for path, full in zip(paths, resolved, strict=True)
    )
