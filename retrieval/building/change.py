"""Bringing an index in line with the files of a repository: all of them, or what has changed."""

import gc
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import splitext

from hdlsmith import __version__
from hdlsmith.design import MAX_SOURCE_BYTES, digest_of
from hdlsmith.index_settings import IndexSettings
from hdlsmith.languages import VERILOG_FAMILY, Language, language_of
from hdlsmith.retrieval.building import pool
from hdlsmith.retrieval.building.dependence import dependents, lending_files
from hdlsmith.retrieval.building.filelists import read_filelists
from hdlsmith.retrieval.building.licences import by_folder, licence_of, stated_in
from hdlsmith.retrieval.building.progress import Progress
from hdlsmith.retrieval.building.reading import (
    Facts,
    Job,
    digest_of_bytes,
    facts_of,
    no_hardware,
    reader,
)
from hdlsmith.retrieval.building.repository import scan, stamp_of, unfit
from hdlsmith.retrieval.frontends.table import Surroundings, require_front_end
from hdlsmith.retrieval.store.rows import SourceRows
from hdlsmith.retrieval.store.schema import open_reading, root_of
from hdlsmith.retrieval.store.writer import Source, Spot, Writer

_UNSURE_NS = 50_000_000
"""A file this young may be written again without its time of change showing it."""

_TOGETHER = 32
"""Source texts that are written at once."""

_LICENCE_BYTES = 1 << 16
"""Of a licence text that are looked at; the longest known has half of it."""


@dataclass(frozen=True)
class Changes:
    """What was done to an index.

    Attributes:
        read: source texts that were read.
        removed: source texts that are no more.
        with_words: nodes are described in plain words.
        notes: what could not be used of filelists.
    """

    read: int
    removed: int
    with_words: bool
    notes: tuple[str, ...]


def bring_in_line(
    writer: Writer, root: Path, settings: IndexSettings, with_words: bool, progress: Progress
) -> Changes:
    """Read what is new, changed or depends on it; drop what is gone.

    The caller says where the transaction begins and ends.

    Args:
        writer: of an index, which may be empty.
        root: resolved.
        with_words: describe nodes in plain words, and find state machines.
    """
    return _Change(writer, root, settings, with_words).make(progress)


def stale_files(folder: Path, settings: IndexSettings) -> list[str]:
    """Files that have come, gone or changed since they were indexed.

    Raises:
        InputError: there is no usable index.
    """
    with closing(open_reading(folder)) as database:
        writer = Writer(database)
        known, root = writer.spots(), root_of(database, folder)
    listing = scan(root, settings.exclude, _oddly_named(known))
    passed_over = {path for path, spot in known.items() if spot.size < 0}
    stale = (listing.skipped.keys() ^ passed_over) | (
        known.keys() ^ listing.sources.keys() ^ listing.skipped.keys()
    )
    stale |= {
        path
        for path, stamp in listing.sources.items()
        if path in known and known[path].stamp != stamp and _differs(root / path, known[path])
    }
    return sorted(stale)


def _differs(file: Path, known: Spot) -> bool:
    try:
        with file.open("rb") as opened:
            text = opened.read(MAX_SOURCE_BYTES + 1)
    except OSError:
        return True
    return digest_of_bytes(text) != known.digest


def _oddly_named(spots: Mapping[str, Spot]) -> list[str]:
    """Files that are read because others include them, not for their names."""
    return [
        path
        for path, spot in spots.items()
        if spot.source and not _language_of_suffix(splitext(path)[1])
    ]


class _Change:
    def __init__(
        self, writer: Writer, root: Path, settings: IndexSettings, with_words: bool
    ) -> None:
        self._writer, self._root, self._settings = writer, root, settings
        self._with_words = with_words
        self._filelist = read_filelists(root, settings.filelist)
        self._folders = (*settings.include, *self._filelist.include_folders)
        self._defines = (*settings.define, *self._filelist.defines)
        require_front_end(settings.verilog_front_end)
        choices = (str(settings.generated_kb), str(with_words), settings.verilog_front_end)
        self._setup = digest_of(__version__, *choices, *self._folders, "", *self._defines)
        self._anew = writer.meta().get("setup") != self._setup
        self._old = writer.spots()
        self._spots: dict[str, Spot] = {}
        self._texts: dict[str, bytes] = {}
        self._facts: dict[str, Facts] = {}
        self._keys = writer.keys()
        self._last = max(self._keys.values(), default=0)
        self._found: list[tuple[Source, SourceRows | None]] = []
        self._lenders: dict[str, Iterable[str]] = {}
        self._read = 0

    def make(self, progress: Progress) -> Changes:
        self._now_ns = time.time_ns()
        listing = scan(self._root, self._settings.exclude, _oddly_named(self._old))
        for path, stamp in listing.sources.items():
            known = self._old.get(path)
            if known and not self._anew and known.stamp == stamp:
                self._spots[path] = known
            else:
                self._load(path)
        for path, reason in listing.skipped.items():
            self._spots[path] = Spot(None, -1, 0, 0, "", reason)
        around = self._surroundings(listing.named)
        to_read = self._to_read()
        while to_read:
            to_read = self._read_all(to_read, around, progress)
        for path in self._old.keys() - self._spots.keys():
            self._writer.remove_place(path)
        self._writer.put_spots(
            {path: spot for path, spot in self._spots.items() if spot != self._old.get(path)}
        )
        self._drop_unasked()
        removed = self._writer.remove_homeless()
        self._put_about(listing.licences)
        notes = tuple(self._filelist.notes)
        return Changes(self._read, removed, self._with_words, notes)

    def _load(self, path: str) -> None:
        """Look into a file: note why it is passed over, or keep its text for being read."""
        try:
            with open(f"{self._root}/{path}", "rb") as file:  # noqa: PTH123 - many files
                found = os.fstat(file.fileno())
                text = file.read(min(found.st_size, MAX_SOURCE_BYTES) + 1)
        except OSError as error:
            self._spots[path] = Spot(None, -1, 0, 0, "", f"unreadable: {error.strerror}")
            return
        size, *times = stamp_of(found)
        sure = max(times) < self._now_ns - _UNSURE_NS
        reason = unfit(text, self._settings.generated_kb << 10)
        reason = reason or no_hardware(_language(path), text)
        digest = digest_of_bytes(text)
        known = self._old.get(path)
        same = known is not None and known.digest == digest and not self._anew
        source = known.source if known and same and not reason else None
        mtime_ns, ctime_ns = times if sure else (0, 0)
        self._spots[path] = Spot(source, size, mtime_ns, ctime_ns, digest, reason)
        if not reason and not same:
            self._texts[path] = text

    def _surroundings(self, named: dict[str, tuple[str, ...]]) -> Surroundings:
        stored = {
            source: Facts(frozenset(wants.split("\n")) - {""}, bool(lends))
            for source, wants, lends in self._writer.lending()
        }
        kept = {p: stored[spot.source] for p, spot in self._spots.items() if spot.source}
        self._facts = {path: facts_of(_language(path), text) for path, text in self._texts.items()}
        headers = lending_files(kept | self._facts, named)
        front_end = self._settings.verilog_front_end
        return Surroundings(self._root, self._folders, self._defines, headers, front_end)

    def _to_read(self) -> set[str]:
        paths: defaultdict[int, list[str]] = defaultdict(list)
        for path, spot in self._old.items():
            if spot.source:
                paths[spot.source].append(path)
        changed = {}
        for path in self._old.keys() | self._texts.keys():
            was, now = self._old.get(path), self._spots.get(path)
            source = was.source if was else None
            if source != (now.source if now else None) or path in self._texts:
                old = self._writer.text(source) if source else b""
                changed[path] = old, self._texts.get(path, b"")
        to_read = set(self._texts)
        if self._old and changed and not self._anew:
            for path in dependents(self._writer, paths, changed) - to_read:
                kept = self._spots.get(path)
                if kept and kept.source:
                    self._texts[path] = self._writer.text(kept.source)
                    to_read.add(path)
        return to_read

    def _read_all(self, paths: Iterable[str], around: Surroundings, progress: Progress) -> set[str]:
        """Read files in worker processes.

        Returns: files that lent something to them and that nobody has looked at yet.
        """
        drafts: list[tuple[str, Language, bytes, str]] = []
        places: dict[str, list[str]] = {}
        for path in sorted(paths):
            language, text = _language(path), self._texts[path]
            key = self._key(language, self._spots[path].digest)
            # A text without macros and includes reads the same wherever it stands.
            alone = language not in VERILOG_FAMILY or b"`" not in text
            if alone and key in self._keys:
                self._place([path], self._keys[key], ())
            elif alone and key in places:
                places[key].append(path)
            else:
                name = key if alone else path
                places[name] = [path]
                drafts.append((path, language, text, name))
        # Long ones first, for the pool; ids rise in the order in which they come back.
        drafts.sort(key=lambda draft: -len(draft[2]))
        jobs = [Job(source, *draft) for source, draft in enumerate(drafts, self._last + 1)]
        self._last += len(jobs)
        workers = min(self._settings.workers or os.cpu_count() or 1, len(jobs))
        task = reader(around, self._with_words, {job.language for job in jobs})
        unseen: set[str] = set()
        progress.start("reading", len(jobs))
        gc.disable()  # nothing that comes back refers to itself, and there is much of it
        try:
            for outcome in pool.run(task, jobs, workers, self._settings.file_timeout_s):
                unseen |= self._store(outcome, places[outcome.job.name])
                if len(self._found) == _TOGETHER:
                    self._write()
                progress.advance()
        finally:
            gc.enable()
        self._write()
        self._writer.put_lenders(self._lenders)
        return unseen & self._texts.keys()

    def _write(self) -> None:
        self._writer.add_sources(self._found)
        self._found.clear()

    def _store(self, outcome: pool.Outcome[Job], paths: list[str]) -> set[str]:
        """Keep what was found in a text for the index, for all its places.

        Returns: files that lent something to it and that nobody has looked at yet.
        """
        job = outcome.job
        rows, lenders, licence = outcome.result or (None, (), stated_in(job.text))
        unseen = set(lenders) - self._spots.keys()
        for path in unseen:
            self._load(path)
        lent = (self._spots[path].digest for path in lenders)
        key = self._key(job.language, self._spots[job.path].digest, outcome.failure, *lent)
        if key not in self._keys:
            facts = self._facts.get(job.path) or facts_of(job.language, job.text)
            wants = "\n".join(sorted(facts.wants))
            source = Source(
                job.source, key, job.language, outcome.failure, licence, wants, facts.lends,
                job.text,
            )  # fmt: skip
            self._found.append((source, SourceRows(*rows) if rows else None))
            self._keys[key] = job.source
            self._read += 1
        self._place(paths, self._keys[key], lenders)
        return unseen

    def _place(self, paths: list[str], source: int, lenders: Iterable[str]) -> None:
        for path in paths:
            self._spots[path] = self._spots[path]._replace(source=source)
            self._lenders[path] = lenders

    def _key(self, language: Language, digest: str, *more: str) -> str:
        return digest_of(self._setup, language, digest, *more)

    def _drop_unasked(self) -> None:
        """Files without an HDL suffix stay only as long as others take something from them."""
        oddly_named = set(_oddly_named(self._spots))
        while unasked := {path for path in oddly_named if not self._writer.borrowers([path])}:
            for path in unasked:
                self._writer.remove_place(path)
            oddly_named -= unasked

    def _put_about(self, licence_texts: Iterable[str]) -> None:
        found = {}
        for path in licence_texts:
            with suppress(OSError), (self._root / path).open("rb") as file:
                found[path] = licence_of(file.read(_LICENCE_BYTES))
        self._writer.put_licences(by_folder(found))
        self._writer.put_meta("root", str(self._root))
        self._writer.put_meta("setup", self._setup)
        self._writer.put_meta("filelist", "\n".join(self._settings.filelist))
        self._writer.put_meta("include_folders", "\n".join(self._folders))
        self._writer.put_meta("defines", "\n".join(self._defines))
        self._writer.put_meta("words", str(int(self._with_words)))


def _language(path: str) -> Language:
    """Whatever else is included by a Verilog text is one."""
    return _language_of_suffix(splitext(path)[1]) or Language.VERILOG


@cache
def _language_of_suffix(suffix: str) -> Language | None:
    return language_of(f"file{suffix}")
