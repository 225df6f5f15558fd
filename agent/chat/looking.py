"""Tools that only look: search, trace, explain, read."""

from typing import TYPE_CHECKING, ClassVar

from hdlsmith.agent.chat.calls import Finding, ToolCall
from hdlsmith.agent.chat.state import Change
from hdlsmith.display import counted
from hdlsmith.errors import InputError

if TYPE_CHECKING:
    from hdlsmith.agent.chat.workbench import Workbench
    from hdlsmith.retrieval.store.index import Index

_RESULTS = 6
_RESULT_LINES = 4
_WORDS_CHARS = 160
_DEPTH = 2
_TRACED = 60
_READ_LINES = 120


class Search(ToolCall):
    """Find modules, blocks and signals by what they do, or by their names."""

    name: ClassVar[str] = "search"

    question: str

    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:  # noqa: ARG002
        from hdlsmith.agent.ask import numbered
        from hdlsmith.retrieval.searching.query import Query

        with bench.searcher() as searcher:
            found = searcher.search(Query(self.question, k=_RESULTS))
        if not found:
            return Finding("nothing found", "")
        lines: list[str] = []
        for one in found:
            title = (str(one.places[0]), one.kind, one.name, f"in {one.module}" * bool(one.module))
            lines += [
                "",
                " ".join(word for word in title if word),
                *filter(None, [one.words[:_WORDS_CHARS]]),
            ]
            lines += numbered(one).split("\n")[:_RESULT_LINES]
        first = f"{found[0].name or found[0].kind} at {found[0].places[0]}"
        return Finding(f"{counted(len(found), 'place')}, first {first}", "\n".join(lines[1:]))


class Trace(ToolCall):
    """What drives a signal, or with loads what it drives, across modules."""

    name: ClassVar[str] = "trace"

    signal: str
    module: str
    loads: bool

    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:  # noqa: ARG002
        from hdlsmith.retrieval.commands.trace import rendered
        from hdlsmith.retrieval.structure.cone import Walk
        from hdlsmith.retrieval.structure.names import find_value
        from hdlsmith.retrieval.structure.netlist import Netlist
        from hdlsmith.retrieval.structure.trace import trace

        with bench.index() as index:
            netlist = Netlist(index)
            target = find_value(netlist, self.signal, self.module or _module_of(index, self.signal))
            walk = Walk.FAN_OUT if self.loads else Walk.FAN_IN
            found = trace(netlist, target, walk, _DEPTH, _TRACED)
        verb = "loads" if self.loads else "drivers"
        steps = counted(len(found.rows) - 1, "step")
        return Finding(f"{steps} of {verb}, {found.note}", "\n".join(rendered(found)))


class Explain(ToolCall):
    """Explain a module (MODULE), a block of it (MODULE.SIGNAL) or lines (FILE:LINE)."""

    name: ClassVar[str] = "explain"

    target: str

    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:  # noqa: ARG002
        from hdlsmith.agent.explaining.explain import explain
        from hdlsmith.agent.explaining.markdown import render_markdown
        from hdlsmith.agent.explaining.target import open_target

        for name in filter(None, (self.target, self.target.rpartition(":")[0])):
            bench.root.inside(name)  # a module's name is a path, too
        with open_target(self.target) as target:
            page = explain(target, target.grain, f"explain {self.target}").page
            anatomy = target.anatomy
        what = f"{anatomy.module} at {anatomy.span.path}:{target.first_line}"
        return Finding(what, render_markdown(page))


class Read(ToolCall):
    """Read a text file, from a line on."""

    name: ClassVar[str] = "read"

    path: str
    start_line: int

    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:  # noqa: ARG002
        lines = bench.root.read(self.path).split("\n")
        start = max(1, self.start_line)
        shown = lines[start - 1 : start - 1 + _READ_LINES]
        if not shown:
            raise InputError(f"{self.path} has {counted(len(lines), 'line')}")
        numbered = (f"{number:>5}  {line}" for number, line in enumerate(shown, start))
        what = f"lines {start} to {start + len(shown) - 1} of {len(lines)}"
        return Finding(what, "\n".join(numbered))


def _module_of(index: "Index", signal: str) -> str:
    """The one module with a signal of that name; empty where the name itself says where.

    Raises:
        InputError: there is none, or several.
    """
    from hdlsmith.retrieval.nodes import NAMED_VALUES

    if "." in signal:
        return ""
    values = index.named(signal, NAMED_VALUES)
    modules = sorted({index.node(node.module).name for node in values if node.module != -1})
    if not modules:
        raise InputError(f"no signal is called {signal}", remedy="search for it")
    if len(modules) > 1:
        raise InputError(f"{signal} is in several modules", remedy=f"in {', '.join(modules[:12])}")
    return modules[0]
