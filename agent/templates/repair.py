"""Template repair: edits tried by the most promising first, until the testbenches pass.

With a reference the search climbs: the version with the fewest wrong time steps is edited further,
as in CirFix (Ahmad, Huang and Weimer, ASPLOS 2022), whose fitness is the share of right outputs;
versions that are wrong in the same places count once. Without a reference each edit is a run of
its own, judged by the testbench alone.
"""

import heapq
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

from hdlsmith.agent.localising.bench import Bench
from hdlsmith.agent.localising.localisation import Localisation
from hdlsmith.agent.templates.panel import Panel, Score, Tried, panel_size
from hdlsmith.agent.templates.patch import without_needless
from hdlsmith.agent.templates.proposals import Proposal, proposals
from hdlsmith.design import Design
from hdlsmith.sandbox.pool import run_all
from hdlsmith.sandbox.results import Outcome, SimResult
from hdlsmith.sandbox.simulation.icarus import Icarus

_WORKERS = 2
_MOST_EDITS = 5
_DEEPER = 1.1
"""An edit more must make so many times fewer steps wrong to be looked at first."""
_NEARLY = 20
"""With at most one wrong step in so many, the testbench itself is asked: it may not look there."""
_SLOWER = 4
"""A version may take so many times as long as the original."""


@dataclass(frozen=True)
class Repair:
    """What template repair came to.

    Attributes:
        design: the repaired design; the original where nothing helped.
        templates: the edits that led there: template and line.
        results: by the testbench's top, for the design above; empty where nothing helped.
        tried: versions that were judged.
        cpu_s: CPU seconds of this process and of the tools.
    """

    design: Design
    templates: tuple[str, ...] = ()
    results: Mapping[str, SimResult] = field(default_factory=dict)
    tried: int = 0
    cpu_s: float = 0.0

    @property
    def repaired(self) -> bool:
        return bool(self.results)


def try_edits(
    design: Design,
    benches: tuple[Bench, ...],
    failing: Bench,
    found: Localisation,
    icarus: Icarus,
    budget_s: float,
) -> Repair:
    """Try edits on a design until every testbench passes, or the budget is spent.

    Args:
        failing: the testbench that `found` is about.
        budget_s: CPU seconds of this process and of the tools.

    Raises:
        SandboxError: the sandbox failed, not the design.
    """
    search = _Search(benches, failing, found, icarus, budget_s)
    versions = search.climb(design) if failing.reference else search.one_by_one(design)
    for version in versions:
        if search.passing(version.design):
            final = without_needless(design, version.design, search.passing)
            templates = tuple(f"{p.template} in line {p.line}" for p in version.steps)
            return Repair(final, templates, search.passing(final), search.tried, search.spent_s)
        if search.over:
            break
    return Repair(design, tried=search.tried, cpu_s=search.spent_s)


@dataclass(frozen=True)
class _Version:
    """A design on the way, and the edits that led to it."""

    design: Design
    score: Score
    steps: tuple[Proposal, ...] = ()

    @property
    def order(self) -> float:
        return self.score.wrong * _DEEPER ** len(self.steps)


@dataclass
class _Search:
    benches: tuple[Bench, ...]
    bench: Bench
    found: Localisation
    icarus: Icarus
    budget_s: float
    tools_s: float = 0.0
    tried: int = 0
    known: dict[str, Mapping[str, SimResult]] = field(default_factory=dict)
    started_s: float = field(default_factory=time.process_time)

    @property
    def spent_s(self) -> float:
        return self.tools_s + time.process_time() - self.started_s

    @property
    def over(self) -> bool:
        return self.spent_s >= self.budget_s

    def passing(self, design: Design) -> Mapping[str, SimResult]:
        """The results of all testbenches where every one passes; else nothing."""
        if design.digest not in self.known:
            self.known[design.digest] = self._judged(design)
        return self.known[design.digest]

    def _judged(self, design: Design) -> Mapping[str, SimResult]:
        results = {}
        for bench in (self.bench, *(b for b in self.benches if b != self.bench)):
            result = self.icarus.simulate(bench.around(design.files))
            self.tools_s += sum(run.wall_s for run in result.runs)
            if result.outcome is not Outcome.PASS:
                return {}
            results[bench.top] = result
        return results

    def one_by_one(self, design: Design) -> Iterator[_Version]:
        """Each edit alone."""
        for proposal in proposals(design, self.found.suspects):
            self.tried += 1
            yield _Version(proposal.apply(design), Score(0, 0, 0), (proposal,))

    def climb(self, design: Design) -> Iterator[_Version]:
        """Versions that are worth a run of their own, best first."""
        number = count()  # of two as good, the one that was found first
        start = _Version(design, Score(1 << 62, 1 << 62, 0))
        waiting = [(start.order, next(number), start)]
        behaviours = set()
        while waiting and not self.over:
            _, _, version = heapq.heappop(waiting)
            if len(version.steps) >= _MOST_EDITS:
                continue
            nearly = []
            for made in self._edited(version):
                if not made.score.wrong:
                    yield made
                elif made.score.wrong * _NEARLY <= made.score.steps:
                    nearly.append(made)
                if made.score.behaviour not in behaviours:
                    behaviours.add(made.score.behaviour)
                    heapq.heappush(waiting, (made.order, next(number), made))
            yield from sorted(nearly, key=lambda made: made.order)[:1]

    def _edited(self, version: _Version) -> Iterator[_Version]:
        panel = Panel(self.bench, version.design, self.icarus)
        base_s = self.found.result.runs[-1].wall_s
        limit_s = math.ceil(1 + _SLOWER * base_s)
        size = panel_size(version.design)
        proposed = iter(proposals(version.design, self.found.suspects))

        def work(batch: Sequence[Proposal]) -> Tried:
            left_s = (self.budget_s - self.spent_s) / _WORKERS
            return panel.scores(batch, min(limit_s, max(1.0, left_s)), left_s)

        batches = [list(islice(proposed, size)) for _ in range(_WORKERS)]
        while batches[0] and not self.over:
            for tried in run_all(work, [batch for batch in batches if batch], _WORKERS):
                self.tools_s += tried.cpu_s
                self.tried += len(tried.scores)
                for proposal, score in tried.scores:
                    design = proposal.apply(version.design)
                    yield _Version(design, score, (*version.steps, proposal))
            batches = [list(islice(proposed, size)) for _ in range(_WORKERS)]
