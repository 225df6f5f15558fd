"""What lies in a repository: HDL files, licence texts, and what is passed over and why."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from hdlsmith.design import MAX_SOURCE_BYTES
from hdlsmith.display import printable
from hdlsmith.languages import LANGUAGES

_SUFFIXES = tuple(suffix for info in LANGUAGES.values() for suffix in info.suffixes)
_OUTPUT_FOLDERS = frozenset(
    ("__pycache__", "node_modules", "obj_dir", "sim_build", "simv.daidir", "xsim.dir")
)
"""Names under which tools leave what they made."""

_LICENCE = re.compile(r"(licen[cs]e|copying)(?![a-z])", re.IGNORECASE)

_LONG_LINE_BYTES = 400
"""Lines of this length on average were not written to be read."""

_SMALL_BYTES = 10_000
"""A file below this is never called minified."""

_HEAD_BYTES = 2000
_GENERATED = re.compile(
    rb"\b(auto[- ]?generated|generated (by|from|using|with)|do not (hand-?)?(edit|modify))\b",
    re.IGNORECASE,
)


class Stamp(NamedTuple):
    """What shows that a file has changed without reading it.

    Whoever writes a file can give it any time of modification (`cp -p`, `touch -r`), but not its
    time of change (`ctime`), which a copy or a clone gets anew.
    """

    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass
class Listing:
    """The files of a repository, by paths from its root with `/`.

    Attributes:
        sources: the HDL files.
        named: file name -> paths of all regular files called so, links within the root included,
            for whoever looks for an include.
        licences: licence texts.
        skipped: files and folders that were passed over, with the reason.
    """

    sources: dict[str, Stamp] = field(default_factory=dict)
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    licences: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


def stamp_of(found: os.stat_result) -> Stamp:
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def scan(root: Path, exclude: Iterable[str] = (), also: Iterable[str] = ()) -> Listing:
    """Walk a repository without reading a file; links are not followed.

    Args:
        root: resolved.
        exclude: patterns of files and folders to pass over; `*` also stands for `/`.
        also: paths of files that count as sources whatever their suffix.
    """
    listing = Listing()
    named: defaultdict[str, list[str]] = defaultdict(list)
    patterns, extra = [p.rstrip("/") for p in exclude], frozenset(also)
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            listing.skipped[folder or "."] = f"unreadable: {error.strerror}"
            continue
        for entry in inside:
            path = f"{folder}{entry.name}"
            if not path.isprintable():  # nor would SQLite take what is no UTF-8
                listing.skipped[printable(path)] = "its name can't be shown"
                continue
            is_source = entry.name.lower().endswith(_SUFFIXES) or path in extra
            if entry.is_symlink():
                target = _inside(root, Path(entry.path))
                if target and (root / target).is_file():
                    named[entry.name].append(target)
                elif is_source and not target:
                    listing.skipped[path] = "a link that leaves the repository or leads nowhere"
            elif patterns and any(fnmatchcase(path, pattern) for pattern in patterns):
                listing.skipped[path] = "excluded by the settings"
            elif entry.is_dir(follow_symlinks=False):
                if entry.name in _OUTPUT_FOLDERS:
                    listing.skipped[path] = "a folder of what tools made"
                elif not entry.name.startswith("."):
                    folders.append(f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                named[entry.name].append(path)
                if is_source:
                    with suppress(FileNotFoundError):  # it has just gone
                        found = entry.stat(follow_symlinks=False)
                        listing.sources[path] = stamp_of(found)
                elif _LICENCE.match(entry.name):
                    listing.licences.append(path)
    listing.named = {name: tuple(sorted(paths)) for name, paths in named.items()}
    return listing


def _inside(root: Path, link: Path) -> str:
    """Where a link leads, as a path from the root; empty if it leads out, nowhere, or to a name
    that can't be shown.
    """
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return ""
    path = target.relative_to(root).as_posix() if target.is_relative_to(root) else ""
    return path if path.isprintable() else ""


def unfit(text: bytes, generated_bytes: int) -> str:
    """Why a file had better not be indexed; empty if it had.

    Args:
        generated_bytes: a file that says that a program made it is passed over above this size.
    """
    if len(text) > MAX_SOURCE_BYTES:
        return f"larger than {MAX_SOURCE_BYTES >> 20} MiB"
    if b"\0" in text or text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "binary, or UTF-16"
    if len(text) > _SMALL_BYTES and len(text) > _LONG_LINE_BYTES * (text.count(b"\n") + 1):
        return "minified: its lines are too long to be read"
    if len(text) > generated_bytes and _GENERATED.search(text, 0, _HEAD_BYTES):
        return "generated, by its own words (see index.generated_kb)"
    return ""
