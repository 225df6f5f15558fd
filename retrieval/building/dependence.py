"""Which files read otherwise because other files have changed: includes and macros."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from hdlsmith.retrieval.building.reading import Facts, macros_in
from hdlsmith.retrieval.store.writer import Writer

_USE = re.compile(rb"`(\w+)")


def lending_files(
    facts: Mapping[str, Facts], named: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Files that others may take text or macros from: name -> paths, sorted.

    Args:
        facts: of each source file.
        named: paths of all files, by file name.
    """
    wanted = frozenset().union(*(fact.wants for fact in facts.values()))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, fact in facts.items():
        if fact.lends:
            found[_name(path)].add(path)
    for name in wanted & named.keys():
        found[name].update(named[name])
    return {name: tuple(sorted(paths)) for name, paths in sorted(found.items())}


def dependents(
    writer: Writer, paths: Mapping[int, list[str]], changed: Mapping[str, tuple[bytes, bytes]]
) -> set[str]:
    """Files that read otherwise now, beside the changed ones.

    A file depends on those that lent it something. It may also depend on one that has come or
    gone if it, or one that lends it something, includes a file of that name, and on one whose
    definition of a macro has changed if it uses that macro.

    Args:
        writer: of the index as it was before the change.
        paths: of each source text.
        changed: path -> old and new bytes; empty where there is no such file.
    """
    names = {_name(path) for path, (old, new) in changed.items() if not old or not new}
    macros = {name for old, new in changed.values() for name in _redefined(old, new)}
    touched = {
        source for source, wants, _ in writer.lending() if not names.isdisjoint(wants.split("\n"))
    }
    if macros:
        touched |= {
            source for source, text in writer.texts() if not macros.isdisjoint(_USE.findall(text))
        }
    mentioning = {path for source in touched for path in paths.get(source, ())}
    return mentioning | writer.borrowers(mentioning | changed.keys())


def _redefined(old: bytes, new: bytes) -> Iterable[bytes]:
    before, after = macros_in(old), macros_in(new)
    if before == after and bool(old) == bool(new):
        return ()
    every = before.keys() | after.keys()
    return [name for name in every if not old or not new or before.get(name) != after.get(name)]


def _name(path: str) -> str:
    return PurePosixPath(path).name
