"""Tools that come back with a change: nothing is written before the user has seen it."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar

from hdlsmith.agent.chat.calls import Finding, ToolCall
from hdlsmith.agent.chat.doubt import doubt_about
from hdlsmith.agent.chat.root import unified
from hdlsmith.agent.chat.state import Change, Edit, Standing
from hdlsmith.display import counted
from hdlsmith.errors import InputError

if TYPE_CHECKING:
    from hdlsmith.agent.chat.workbench import Workbench

_DEBUG_CPU_S = 20.0


class Replace(ToolCall):
    """Change a file: its one passage old becomes new. With old empty, new is the whole file."""

    name: ClassVar[str] = "change"

    path: str
    old: str
    new: str

    @property
    def about(self) -> str:
        return self.path

    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:  # noqa: ARG002
        after = self.new
        if self.old:
            after = _replaced(bench.root.read(self.path), self.old, self.new, self.path)
        change = Change((bench.root.edit(self.path, after),), f"change of {self.path}")
        return _proposed(change, "")


class Debug(ToolCall):
    """Find why design files fail their testbench files, or why what issue says, and repair them."""

    name: ClassVar[str] = "debug"

    paths: list[str]
    testbench: list[str]
    issue: str

    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:
        from hdlsmith.agent.debugging.case import Case
        from hdlsmith.agent.debugging.conclusion import conclude
        from hdlsmith.agent.debugging.debug import debug
        from hdlsmith.agent.debugging.report import render_debugged
        from hdlsmith.agent.debugging.role import debug_by_model, leaves_questions
        from hdlsmith.agent.state import Verdict

        around = bench.design(self.testbench).files if self.testbench else ()
        case = Case(bench.design(self.paths), around, issue=self.issue)
        done = debug(case, bench.icarus, _DEBUG_CPU_S)
        if bench.has_model and leaves_questions(done):
            with ExitStack() as opened:
                done = debug_by_model(done, bench.deps(opened), _DEBUG_CPU_S)
        said = conclude(done, bench.icarus)
        text = render_debugged(done, said, "")
        pairs = zip(case.design.files, done.design.files, strict=True)
        edits = tuple(Edit(a.path, a.text, b.text) for a, b in pairs if a.text != b.text)
        if edits:  # what was shown of a repair holds when it is made; until then nothing is shown
            return _proposed(Change(edits, "repair by debug"), text)
        evidence, standing = f"debug: {said.verdict.upper()}", Standing.NOTHING
        if said.verdict is Verdict.REFUTED:
            standing = Standing.REFUTED
        elif said.verdict is Verdict.VERIFIED:
            doubt = doubt_about(case.design.files, around, changes)
            standing = Standing.NOTHING if doubt else Standing.SHOWN
            evidence += f"; not counted: {doubt}" if doubt else ""
        return Finding(evidence, text, evidence, standing)


class Solve(ToolCall):
    """Write a new module from a request in English into the file path, and check it."""

    name: ClassVar[str] = "solve"

    request: str
    top: str
    path: str
    testbench: list[str]

    @property
    def about(self) -> str:
        return f"{self.top} {self.request}".strip()

    def run(self, bench: "Workbench", changes: tuple[Change, ...]) -> Finding:  # noqa: ARG002
        from hdlsmith.agent.routing import route
        from hdlsmith.agent.runs import open_run
        from hdlsmith.agent.solve import check_task, solve
        from hdlsmith.agent.state import Task, Verdict
        from hdlsmith.languages import Language, language_of

        bench.root.inside(self.path)
        language = language_of(self.path) or route(self.request).language
        testbench = bench.design(self.testbench).files if self.testbench else ()
        task = Task(self.request, language or Language.SYSTEMVERILOG, self.top or None, testbench)
        check_task(task)
        with ExitStack() as opened:
            deps = bench.deps(opened)
            asked = (task.digest, *deps.models.identity, bench.icarus.version())
            run = opened.enter_context(open_run(bench.settings.state_dir, "chat", *asked))
            answer = solve(task, deps, run.checkpointer, run.name)
            run.finish({"verdict": answer.verdict, "because": answer.because})
        verdict = f"{answer.verdict.upper()}: {answer.because}"
        edit = bench.root.edit(self.path, answer.design.text)
        text = "\n".join([verdict, *answer.evidence])
        if answer.verdict is Verdict.REFUTED:
            return Finding(verdict, text, f"solve: {answer.verdict.upper()}", Standing.REFUTED)
        return _proposed(Change((edit,), f"solve {self.top}".strip()), text)


def _proposed(change: Change, text: str) -> Finding:
    # A file that is made or removed empty has no diff that could be shown.
    seen = tuple(e for e in change.edits if (e.before or "") != (e.after or ""))
    change = Change(seen, change.why)
    if not change.edits:
        return Finding("nothing would change", "")
    patch = unified(change)
    lines = patch.split("\n")
    added = sum(line.startswith("+") for line in lines) - len(change.edits)
    removed = sum(line.startswith("-") for line in lines) - len(change.edits)
    files = ", ".join(edit.path for edit in change.edits)
    summary = f"proposes +{added} -{removed} lines in {files}"
    return Finding(summary, f"{text}\n{patch}".strip(), proposal=change)


def _replaced(text: str, old: str, new: str, path: str) -> str:
    """The text with its one passage `old` replaced, whatever its line ends.

    Raises:
        InputError: the passage is not there, or there more than once.
    """
    ends = "\r\n" if "\r\n" in text else "\n"
    plain, old, new = (part.replace("\r\n", "\n") for part in (text, old, new))
    found = plain.count(old)
    if found != 1:
        times = counted(found, "time") if found else "nowhere"
        raise InputError(
            f"the passage stands {times} in {path}",
            remedy="read the file, and copy enough of it word for word",
        )
    return plain.replace(old, new).replace("\n", ends)
