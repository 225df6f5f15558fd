"""Runs units of work: each in its own cage, or not at all where its result is known."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from hdlsmith.design import Diagnostic, Severity, SourceSpan
from hdlsmith.errors import HdlsmithError, InputError
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.check.cache import Cache, key_of
from hdlsmith.sandbox.check.plan import Unit
from hdlsmith.sandbox.check.report import Status, UnitResult
from hdlsmith.sandbox.check.tools import Tools
from hdlsmith.sandbox.pool import run_all
from hdlsmith.settings import Settings

_LONGEST = 2000
"""Characters of a message."""


def run_units(
    units: Iterable[Unit],
    settings: Settings,
    cage: Cage,
    on_done: Callable[[UnitResult], None],
) -> tuple[UnitResult, ...]:
    """Run all units, one a core, and keep what they yield for the next time.

    Args:
        on_done: told of each result as it comes; runs in the caller's thread.

    Raises:
        OSError: the disk that holds the results is full.
    """
    numbered = list(enumerate(units))
    runner = _Runner(Tools(settings, cage), Cache(settings.state_dir / "check"))
    results: dict[int, UnitResult] = {}
    cores = len(os.sched_getaffinity(0))
    for number, result in run_all(lambda item: (item[0], runner.run(item[1])), numbered, cores):
        results[number] = result
        on_done(result)
    runner.cache.prune()
    return tuple(results[number] for number, _ in numbered)


class _Runner:
    def __init__(self, tools: Tools, cache: Cache) -> None:
        self._tools = tools
        self.cache = cache

    def run(self, unit: Unit) -> UnitResult:
        """The result of one unit; a failure of ours is a status of its own."""
        if unit.problems:
            return _result(unit, Status.FAILED, unit.problems[0].message, unit.problems)
        started = time.monotonic()
        try:
            tools = self._tools.taking_part(unit)
            rules = self._tools.rules(unit)
            key = key_of(unit, self._tools.cage_for(unit), (*tools, rules))
            if known := self.cache.get(key):
                return known
            judgement = self._tools.judge(unit)
        except InputError as error:
            found = Diagnostic(Severity.ERROR, "unusable", error.message, None, "check")
            return _result(unit, Status.FAILED, error.message, (found,))
        except HdlsmithError as error:
            said = f"{error.message}; try: {error.remedy}" if error.remedy else error.message
            return _result(unit, Status.BROKEN, said)
        doubts = unit.doubts if judgement.status is Status.FAILED else ()
        result = replace(
            _result(unit, judgement.status, judgement.evidence, doubts + judgement.diagnostics),
            tools=tools,
            wall_s=round(time.monotonic() - started, 3),
        )
        if judgement.repeatable:
            self.cache.put(key, result)
        return result


def _result(
    unit: Unit, status: Status, evidence: str, found: tuple[Diagnostic, ...] = ()
) -> UnitResult:
    """A result whose every finding has a place in the repository."""
    placed = (replace(d, span=_place(unit, d.span), message=_cut(d.message)) for d in found)
    diagnostics = tuple(dict.fromkeys(placed))
    return UnitResult(unit.kind, unit.name, unit.path, status, _cut(evidence), diagnostics)


def _cut(text: str) -> str:
    """A testbench decides how long its words are; a report need not hold all of them."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _place(unit: Unit, span: SourceSpan | None) -> SourceSpan:
    path = unit.real_paths.get(span.path, span.path) if span else ""
    if span is None or path not in unit.reads:  # a tool named no file of ours
        return SourceSpan(unit.path, 1)
    return replace(span, path=path)
