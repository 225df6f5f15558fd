"""Candidates held against reference models: which pair agrees, and how good the test is.

A model errs in Python as it does in Verilog, so no reference is believed by itself. A reference
and a design that do the same over thousands of cycles, written apart, speak for each other: of
all such groups the one with the most designs times references is taken, as CodeT does (Chen et
al., ICLR 2023). Against a design only references that agree among themselves have a word, as in
CorrectBench (Qiu et al., DATE 2025), where samples judge a testbench. And whatever a test says, it
must tell the design from its mutants.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hdlsmith.agent.consensus.distinguishing import distinguish
from hdlsmith.agent.consensus.together import Behaviour, LeftOut, simulate_together
from hdlsmith.agent.testing.expecting import Expectation, Unusable, expect
from hdlsmith.agent.testing.mutants import mutants
from hdlsmith.agent.testing.reference import Reference
from hdlsmith.agent.testing.self_test import SelfTest
from hdlsmith.agent.testing.testbench import Schedule, cocotb_test
from hdlsmith.design import Design
from hdlsmith.sandbox.cocotb.run import run_cocotb
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import Settings, ToolSettings

_MUTANTS = 24


@dataclass(frozen=True)
class Judged:
    """What references say of candidates.

    Attributes:
        chosen: index of the candidate that is to be taken.
        test: of that candidate; None where no reference is usable, or no candidate can be run.
        because: why references are not usable, and candidates can't be run.
    """

    chosen: int
    test: SelfTest | None
    because: tuple[str, ...]


@dataclass(frozen=True)
class Author:
    """For the head of a test: what was asked, and of whom."""

    request: str
    model: str


def judge(
    candidates: Sequence[Design],
    references: Sequence[Reference],
    schedule: Schedule,
    author: Author,
    icarus: Icarus,
) -> Judged:
    """Choose among candidates by the references, and test the chosen one.

    Args:
        candidates: the last one is the one to be taken where the references say nothing.
        schedule: made from the ports that every candidate has; an output is among them.

    Raises:
        MissingToolError: cocotb isn't installed.
        SandboxError: the sandbox failed, not a design or a reference.
    """
    last = len(candidates) - 1
    said = [expect(reference, schedule, icarus.cage) for reference in references]
    because = [f"a reference: {found.because}" for found in said if isinstance(found, Unusable)]
    expected = {n: found for n, found in enumerate(said) if isinstance(found, Expectation)}
    together = simulate_together(candidates, schedule.stimuli, icarus)
    because += [f"a design: {found.because}" for found in together if isinstance(found, LeftOut)]
    shown = {n: found for n, found in enumerate(together) if isinstance(found, Behaviour)}
    if not expected or not shown:
        return Judged(last, None, tuple(because))
    bench = _Bench(schedule, references, expected, author, icarus)
    for chosen, number in _pairs(shown, expected):
        test = bench.test(candidates[chosen], shown[chosen], number)
        if test.supports:
            return Judged(chosen, test, tuple(because))
    chosen = last if last in shown else max(shown)
    alike = Counter(found.trace for found in expected.values())
    number = max(expected, key=lambda n: (alike[expected[n].trace], -n))
    return Judged(chosen, bench.test(candidates[chosen], shown[chosen], number), tuple(because))


def _pairs(shown: dict[int, Behaviour], expected: dict[int, Expectation]) -> list[tuple[int, int]]:
    """A candidate and a reference of each group that agrees, the largest group first."""
    agrees = {
        c: tuple(r for r, e in expected.items() if e.masked(behaviour.samples) == e.trace)
        for c, behaviour in shown.items()
    }
    sizes = Counter(agrees.values())
    # The last candidate of a group: consensus, where it chose one of these, put it there.
    best = {references: candidate for candidate, references in agrees.items() if references}
    groups = sorted(best, key=lambda group: (sizes[group] * len(group), best[group]), reverse=True)
    return [(best[group], group[0]) for group in groups]


@dataclass(frozen=True)
class _Bench:
    """What every test of one call shares."""

    schedule: Schedule
    references: Sequence[Reference]
    expected: dict[int, Expectation]
    author: Author
    icarus: Icarus

    def test(self, design: Design, shown: Behaviour, number: int) -> SelfTest:
        """A design under the cocotb test around one reference."""
        reference, expected = self.references[number], self.expected[number]
        got = expected.masked(shown.samples)
        file = cocotb_test(reference, self.schedule, design, self.author.request, self.author.model)
        ran = run_cocotb(
            design, (file,), "icarus", _settings(self.icarus), self.icarus.cage, generated=True
        )
        failure = ""
        if ran.result.outcome is Outcome.MISMATCH and got != expected.trace:
            found = distinguish(self.schedule.stimuli, [got, expected.trace])
            failure = found.labelled(["", " wanted"])
        kinds = self._mutants(design, shown)
        return SelfTest(
            file=file,
            passed=ran.result.outcome is Outcome.PASS and got == expected.trace,
            checked=expected.compared,
            wrong=sum(g != e for g, e in zip(got, expected.trace, strict=True)),
            clocked=bool(self.schedule.stimuli.clock),
            references=len(self.references),
            agreeing=sum(other == expected for other in self.expected.values()),
            mutants=len(kinds),
            killed=sum(expected.masked(kind.samples) != got for kind in kinds),
            constant=expected.constant,
            failure=failure,
        )

    def _mutants(self, design: Design, shown: Behaviour) -> list[Behaviour]:
        """Those whose outputs differ, from where a design knows them on."""
        start = self.schedule.stimuli.settled
        kinds = simulate_together(mutants(design, _MUTANTS), self.schedule.stimuli, self.icarus)
        return [
            kind
            for kind in kinds
            if isinstance(kind, Behaviour) and kind.samples[start:] != shown.samples[start:]
        ]


def _settings(icarus: Icarus) -> Settings:
    """The same programs for cocotb."""
    return Settings(tools=ToolSettings(iverilog=icarus.iverilog, vvp=icarus.vvp))
