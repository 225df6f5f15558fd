"""Mend what a tool complains of: a rule for the message, an edit, and the tools once more.

Each edit is tried on a copy and kept only where the tools then get further, say less, or stumble
later. That is the generate-and-validate loop of program repair with the tools' own messages as
the guide: RTLFixer (Tsai et al., 2023) shows that they suffice for most of what models get wrong.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hdlsmith.agent.mending.diagnosis import Diagnosis, Stage, diagnose
from hdlsmith.agent.mending.rule import Broken, Rule
from hdlsmith.agent.mending.rules import RULES
from hdlsmith.agent.mending.source import Source
from hdlsmith.design import Design, Diagnostic, Port, SourceFile
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.sandbox.simulation.icarus import Icarus

_MOST_STEPS = 24
_MOST_TRIES = 160
_MOST_ERRORS = 12
"""Errors that are looked at in one round; those behind the first few mostly follow from them."""

_MOST_CHARS = 1 << 15
"""Of a file. What a model writes at once is a tenth of this; a longer one is not for mending."""


@dataclass(frozen=True)
class Step:
    """One edit that was kept.

    Attributes:
        because: the message that it answers.
        diff: unified, with the file's path.
    """

    rule: str
    because: Diagnostic
    diff: str


@dataclass(frozen=True)
class Mended:
    """
    Attributes:
        errors: what the tools still say; empty for a design that compiles and has its ports.
    """

    design: Design
    steps: tuple[Step, ...] = ()
    errors: tuple[Diagnostic, ...] = ()


def mend(design: Design, ports: tuple[Port, ...], icarus: Icarus) -> Mended:
    """Mend a design's compile errors, and its ports where some are asked for.

    A design without such errors comes back as it is.

    Args:
        ports: the asked interface; none where the design's own header counts.

    Raises:
        SandboxError: the sandbox failed, not the design.
    """
    now = diagnose(design, ports, icarus)
    steps: list[Step] = []
    tries = _MOST_TRIES
    seen = {design.digest}
    while now.stage not in (Stage.CLEAN, Stage.HOPELESS) and len(steps) < _MOST_STEPS:
        for step, tried in _proposals(design, ports, now):
            if tried.digest in seen:
                continue
            seen.add(tried.digest)
            tries -= 1
            then = diagnose(tried, ports, icarus)
            if then.is_better_than(now):
                design, now = tried, then
                steps.append(step)
                break
            if tries <= 0:
                return Mended(design, tuple(steps), now.errors)
        else:
            break
    return Mended(design, tuple(steps), now.errors)


_MODULE = re.compile(r"\bmodule\b")


def _proposals(
    design: Design, asked: tuple[Port, ...], now: Diagnosis
) -> Iterator[tuple[Step, Design]]:
    """What the rules would do, the first error first, and of each the surest rule first."""
    unique = {(error.code, error.message): error for error in reversed(now.errors)}
    for error in list(reversed(unique.values()))[:_MOST_ERRORS]:
        file = _file_of(design, error)
        if file is None or len(file.text) > _MOST_CHARS or not _MODULE.search(file.text):
            continue
        source = Source(file.text)
        broken = Broken(source, error, now.errors, design.top or "", asked, now.ports)
        for rule in RULES:
            name = rule.named_in(error)
            if name is None:
                continue
            text = rule.mend(replace(broken, name=name))
            if text is not None and text != file.text:
                yield _step(rule, error, file, text), _with(design, file, text)


def _file_of(design: Design, error: Diagnostic) -> SourceFile | None:
    """The file that an error is in; of one without a place, the one that holds the top."""
    readable = [f for f in design.sources if f.language in VERILOG_FAMILY]
    if error.span:
        return next((f for f in readable if f.path == error.span.path), None)
    tops = [f for f in readable if f"module {design.top}" in f.text]
    return next(iter([*tops, *readable]), None)


def _with(design: Design, file: SourceFile, text: str) -> Design:
    changed = replace(file, text=text)
    return replace(design, files=tuple(changed if f is file else f for f in design.files))


def _step(rule: Rule, error: Diagnostic, file: SourceFile, text: str) -> Step:
    before, after = (t.splitlines(keepends=True) for t in (file.text, text))
    lines = difflib.unified_diff(before, after, f"a/{file.path}", f"b/{file.path}", n=1)
    diff = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    return Step(rule.name, error, diff)
