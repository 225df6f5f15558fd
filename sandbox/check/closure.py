"""Which files belong together: from one file to all that its tools have to read.

A unit of work is given the files found here and nothing else: its tools run in a cage that holds
only them. So a key over these files covers everything a result can depend on, and a file that was
overlooked shows as an error of the tools, never as a stale result.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from hdlsmith.design import Diagnostic, Severity, SourceFile, SourceSpan, read_source
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.check.tree import Tree
from hdlsmith.sandbox.scan import Scan, scan

_WRITTEN_BY_SIMULATORS = (".vcd", ".fst", ".lxt", ".lx2", ".ghw", ".log")


@dataclass(frozen=True)
class Closure:
    """The files of one unit of work.

    Attributes:
        files: as its tools see them; what a file needs stands before it.
        real_paths: workspace path to path in the repository, where the two differ.
        doubts: names that could mean several files, as errors. None of these files is among
            `files`: if the name is needed (and not in a branch of an `ifdef` that is off), tools
            will miss it.
        candidates: the files that those names could mean.
    """

    files: tuple[SourceFile, ...]
    real_paths: Mapping[str, str]
    doubts: tuple[Diagnostic, ...] = ()
    candidates: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Node:
    """What one compiled file asks for.

    Attributes:
        needs: files that are compiled before it.
        completed_by: VHDL: files with architectures and bodies of its units, to be compiled next.
        included: files that it includes, and those include.
        data: (where a simulator looks, where it is) of data files.
        meanings: (name as spelled, files that it means) of each `include`.
        unclear: (name, files that define it) where several do.
    """

    needs: tuple[str, ...]
    completed_by: tuple[str, ...]
    included: tuple[str, ...]
    data: tuple[tuple[str, str], ...]
    meanings: tuple[tuple[str, tuple[str, ...]], ...]
    unclear: tuple[tuple[str, tuple[str, ...]], ...]


class Graph:
    """All names of a repository, and the files that define them.

    Args:
        include: folders where an `include` is searched after the asking file's own and the root.
    """

    def __init__(self, tree: Tree, include: tuple[str, ...] = ()) -> None:
        self.tree = tree
        self.scans: dict[str, Scan] = {path: scan(file) for path, file in tree.sources.items()}
        self._nodes: dict[str, _Node] = {}
        self._files = dict(tree.sources)  # and others, once they are asked for
        self._include = tuple(folder.removeprefix("./").rstrip("/") for folder in include)
        self._definers: dict[tuple[bool, str], list[str]] = {}
        self._completers: dict[str, list[str]] = {}
        self._by_name: dict[str, list[str]] = {}
        for path, found in self.scans.items():
            for name in () if tree.sources[path].is_header else found.defines:
                self._definers.setdefault((self._is_vhdl(path), name), []).append(path)
            for name in found.completes:
                self._completers.setdefault(name, []).append(path)
        self._python_in: dict[str, list[str]] = {}
        for path in (path for path, file in tree.sources.items() if not file.language):
            self._python_in.setdefault(str(PurePosixPath(path).parent), []).append(path)
        for path in sorted((*tree.sources, *tree.others)):
            self._by_name.setdefault(PurePosixPath(path).name, []).append(path)

    def _is_vhdl(self, path: str) -> bool:
        return self.tree.sources[path].language is Language.VHDL

    def definers(self, name: str, near: str = "") -> tuple[str, ...]:
        """The files that define a design unit of that name; the nearest to the file `near`."""
        found = [*self._definers.get((False, name), ())]
        found += self._definers.get((True, name.lower()), ())
        return self._told_apart(nearest(found, near) if near else tuple(found))

    def _meant(self, name: str, asker: str) -> tuple[str, ...]:
        """The files that a design unit's name means in `asker`; several are an ambiguity."""
        everywhere = self._definers.get((self._is_vhdl(asker), name), ())
        return self._told_apart((asker,) if asker in everywhere else nearest(everywhere, asker))

    def _completers_of(self, name: str, definer: str) -> tuple[str, ...]:
        """VHDL: the file with the architecture or the body of a unit, if it is another one."""
        if not self._is_vhdl(definer) or name in self.scans[definer].completes:
            return ()
        return self._told_apart(nearest(self._completers.get(name, ()), definer))

    def _told_apart(self, found: Iterable[str]) -> tuple[str, ...]:
        """Without copies: equal texts are no ambiguity."""
        firsts: dict[str, str] = {}
        for path in found:
            firsts.setdefault(self._file(path).text, path)
        return tuple(firsts.values())

    def file_called(self, name: str, asker: str) -> tuple[str, ...]:
        """The files that a path spelled in `asker` means: beside it, else from the root, else in
        the include folders, else the nearest whose path ends so; several are an ambiguity."""
        beside = str(PurePosixPath(asker).parent)
        for folder in (beside, "", *self._include):
            path = _joined(folder, name)
            if path in self.tree.sources or path in self.tree.others:
                return (path,)
        ending = f"/{name}"
        everywhere = self._by_name.get(PurePosixPath(name).name, ())
        return nearest([path for path in everywhere if f"/{path}".endswith(ending)], asker)

    def included(self) -> frozenset[str]:
        """Every file that another one includes."""
        return frozenset(
            meant
            for path, found in self.scans.items()
            for name in found.includes
            for meant in self.file_called(name, path)
        )

    def closure(self, starts: Iterable[str], alone: bool = False) -> Closure:
        """The files that those need, and they themselves.

        Args:
            alone: add no file that is compiled, only headers and data.
        """
        starts = tuple(starts)
        order = self._order(starts, alone)
        nodes = [self._node(path) for path in order]
        unclear = [*self._clashes(order, nodes)]
        if not alone:
            asked = zip(order, nodes, strict=True)
            unclear += [(path, *said) for path, node in asked for said in node.unclear]
        candidates = frozenset(path for _, _, meant in unclear for path in meant)
        included = dict.fromkeys(
            header for node in nodes for header in node.included if header not in candidates
        )
        kept = [path for path in order if path not in candidates or path in starts]
        data = dict(pair for node in nodes for pair in node.data)
        files = [self.tree.sources[path] for path in kept if path not in included]
        files += [_riding_along(self._file(path)) for path in included]
        taken = {file.path for file in files}
        placed = {at: path for at, path in data.items() if at not in taken}
        files += [replace(self._file(path), path=at, language=None) for at, path in placed.items()]
        return Closure(
            files=tuple(files),
            real_paths={at: path for at, path in placed.items() if at != path},
            doubts=tuple(self._ambiguous(*said) for said in unclear),
            candidates=candidates,
        )

    def _order(self, starts: tuple[str, ...], alone: bool) -> list[str]:
        """The compiled files of a closure: what a file needs goes before it."""
        done: dict[str, None] = {}
        met = set(starts)
        for start in starts:  # no recursion: a chain of files can be of any length
            stack = [(start, iter(() if alone else self._node(start).needs))]
            while stack:
                path, needs = stack[-1]
                if (needed := next(needs, None)) is None:
                    done[path] = None
                    stack.pop()
                    following = () if alone else self._node(path).completed_by
                else:
                    following = (needed,)
                for new in (one for one in following if one not in met):
                    met.add(new)
                    stack.append((new, iter(self._node(new).needs)))
        return [*done]

    def _clashes(
        self, order: list[str], nodes: list[_Node]
    ) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Each `include` that means several files here: compilers know one search order for all."""
        known: dict[str, dict[str, None]] = {}
        askers: dict[str, str] = {}
        for path, node in zip(order, nodes, strict=True):
            for name, meant in node.meanings:
                known.setdefault(name, {}).update(dict.fromkeys(meant))
                askers[name] = path
        for name, headers in known.items():
            if len(meant := self._told_apart(headers)) > 1:
                yield askers[name], name, meant

    def _node(self, path: str) -> _Node:
        if path not in self._nodes:
            self._nodes[path] = self._read_node(path)
        return self._nodes[path]

    def _read_node(self, path: str) -> _Node:
        included: dict[str, None] = {}
        meanings: list[tuple[str, tuple[str, ...]]] = []
        data: dict[str, str] = {}
        waiting = [path]
        while waiting:
            asker = waiting.pop()
            found = self._scan(asker)
            for name in found.includes:
                texts = [h for h in self.file_called(name, asker) if self._is_text(h)]
                headers = self._told_apart(texts)
                meanings.append((name, headers))
                if len(headers) == 1 and headers[0] not in included:
                    waiting.append(headers[0])
                    included[headers[0]] = None
            data |= self._data(found.strings, asker)
        scans = [self._scan(text) for text in (path, *included)]
        here = {name for found in scans for name in found.defines}
        asked = (name for found in scans for name in (*found.uses, *found.completes))
        uses = [name for name in dict.fromkeys(asked) if name not in here]
        groups = [(name, self._meant(name, path)) for name in uses]
        completing = [(name, self._completers_of(name, path)) for name in self.scans[path].defines]
        return _Node(
            needs=tuple(dict.fromkeys(group[0] for _, group in groups if len(group) == 1)),
            completed_by=tuple(group[0] for _, group in completing if len(group) == 1),
            included=tuple(included),
            data=tuple(data.items()),
            meanings=tuple(meanings),
            unclear=tuple(said for said in (*groups, *completing) if len(said[1]) > 1),
        )

    def _data(self, names: tuple[str, ...], asker: str) -> dict[str, str]:
        """Where a simulator looks for the data files that these strings name -> where they are."""
        found = {}
        for name in names:
            inside = not PurePosixPath(name).is_absolute() and ".." not in name
            if inside and "." in name.strip(".") and not name.endswith(_WRITTEN_BY_SIMULATORS):
                meant = self.file_called(name, asker)
                if len(meant) == 1 and meant[0] in self.tree.others and self._is_text(meant[0]):
                    found[str(PurePosixPath(name))] = meant[0]
        return found

    def _scan(self, path: str) -> Scan:
        if path in self.scans:
            return self.scans[path]
        return scan(replace(self._file(path), language=Language.VERILOG))  # some `include`d `.inc`

    def _is_text(self, path: str) -> bool:
        try:
            self._file(path)
        except InputError:  # a tool will say that it is missing
            return False
        return True

    def _file(self, path: str) -> SourceFile:
        if path not in self._files:
            self._files[path] = read_source(self.tree.root / path, path)
        return self._files[path]

    def _ambiguous(self, asker: str, name: str, meant: tuple[str, ...]) -> Diagnostic:
        text = self.tree.sources[asker].text
        line = text[: max(0, text.find(name))].count("\n") + 1
        message = (
            f"{name!r} could mean {' or '.join(meant)}: name a test's sources in hdlsmith.toml,"
            " or leave one of them out by check.exclude"
        )
        return Diagnostic(Severity.ERROR, "ambiguous", message, SourceSpan(asker, line), "check")

    def python_closure(self, starts: Iterable[str]) -> tuple[SourceFile, ...]:
        """Python files and the modules of the repository that they import: those beside the
        asking file or at the root, and all of a package whose name is imported.
        """
        found = dict.fromkeys(starts)
        waiting = [*found]
        while waiting:
            asker = waiting.pop()
            for path in self._imported(asker):
                if path not in found:
                    found[path] = None
                    waiting.append(path)
        return tuple(self.tree.sources[path] for path in found)

    def _imported(self, asker: str) -> Iterator[str]:
        for name in self.scans[asker].imports:
            parts = name.lstrip(".").split(".")
            for folder in (str(PurePosixPath(asker).parent), ""):
                for end in range(1, len(parts) + 1):
                    module = _joined(folder, "/".join(parts[:end]))
                    for path in (f"{module}.py", f"{module}/__init__.py"):
                        if path in self.tree.sources:
                            yield path
                yield from self._python_in.get(module, ())


def _riding_along(file: SourceFile) -> SourceFile:
    """An included file is not compiled by itself, whatever its suffix says."""
    return file if file.is_header else replace(file, language=None)


def nearest(paths: Iterable[str], asker: str) -> tuple[str, ...]:
    """Those that share the longest run of folders with `asker`."""

    def shared(path: str) -> int:
        count = 0
        pair = (PurePosixPath(path).parent.parts, PurePosixPath(asker).parent.parts)
        for one, other in zip(*pair, strict=False):
            if one != other:
                break
            count += 1
        return count

    paths = tuple(paths)
    most = max((shared(path) for path in paths), default=0)
    return tuple(path for path in paths if shared(path) == most)


def _joined(folder: str, name: str) -> str:
    """The path of `name` seen from `folder`; one that leads out of the root names no file."""
    parts: list[str] = []
    for part in (*PurePosixPath(folder).parts, *PurePosixPath(name).parts):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
