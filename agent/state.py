"""What flows through the agent's graph; fully annotated, so that checkpoints can be checked."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict

from hdlsmith.agent.models import Usage
from hdlsmith.agent.stated.checked import Checked
from hdlsmith.agent.testing.reference import Reference
from hdlsmith.agent.testing.self_test import SelfTest
from hdlsmith.design import Design, Diagnostic, Port, SourceFile, digest_of, errors_in
from hdlsmith.languages import Language
from hdlsmith.retrieval.nodes import Evidence
from hdlsmith.retrieval.structure.conventions import Conventions
from hdlsmith.roles import Role
from hdlsmith.sandbox.results import Outcome, SimResult


@dataclass(frozen=True)
class Task:
    """What the user wants.

    Attributes:
        top: the module's name, where the user said one.
        testbench: the user's own testbench files, the only thing that can verify a design;
            never shown to a model.
    """

    request: str
    language: Language = Language.SYSTEMVERILOG
    top: str | None = None
    testbench: tuple[SourceFile, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 in hex; equal tasks are the same work."""
        texts = [part for file in self.testbench for part in (file.path, file.text)]
        return digest_of(self.request, self.language, self.top or "", *texts)


@dataclass(frozen=True)
class Plan:
    """What the design must look like from outside, and do.

    Attributes:
        ports: empty where the request leaves them open.
        binding: the request itself names these ports, so a design must have exactly them.
        clock, reset: names among the ports, or empty.
        reset_style: `synchronous`, `asynchronous`, or empty where the request doesn't say.
        reset_level: `0` or `1` where the house's reset was taken, else empty.
        behaviours: what the design must do, a sentence each.
    """

    top: str
    ports: tuple[Port, ...] = ()
    binding: bool = False
    clock: str = ""
    reset: str = ""
    reset_style: str = ""
    reset_level: str = ""
    behaviours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """One call to a model.

    Attributes:
        seat: `tier 1`, `tier 2`, … or the role whose own model answered.
        model: its name.
    """

    role: Role
    seat: str
    model: str
    usage: Usage


@dataclass(frozen=True)
class Attempt:
    """One design and what the tools made of it.

    Attributes:
        role: `write` or `repair`.
        tier: how far up the ladder of models it was made, from 0.
        prompts: name and SHA-256 of each template behind it.
        usage: what writing it cost.
        findings: of the static gate, by place.
        gate_passed: it parses, elaborates, has the asked ports and compiles.
        mended: slips mended by rule, `rule: what it answers`; None where that was not tried.
        agreement: why it was chosen among several candidates; empty for all but that one.
        simulation: against the user's testbench; None where there is none or it was not reached.
        origin: what of the request it was written from by rule; empty where a model wrote it.
        examples: what it does with the examples that the request states; None where there are none.
        self_test: that a model wrote without seeing the design; None where there was none.
    """

    number: int
    role: Role
    design: Design
    prompts: tuple[tuple[str, str], ...]
    usage: Usage
    findings: tuple[Diagnostic, ...] = ()
    gate_passed: bool = False
    simulation: SimResult | None = None
    agreement: str = ""
    mended: tuple[str, ...] | None = None
    tier: int = 0
    origin: str = ""
    examples: Checked | None = None
    self_test: SelfTest | None = None

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What the static gate found that must not be."""
        return errors_in(self.findings)

    @property
    def contradicts(self) -> str:
        """Which examples of the request it contradicts; empty where none."""
        return self.examples.said if self.examples and self.examples.wrong else ""

    @property
    def fault(self) -> str:
        """What is wrong with it, for telling whether a repair changed anything."""
        failed = self.contradicts or (self.self_test.failure if self.self_test else "")
        return self.errors[0].message if self.errors else str(self.simulation or failed)

    @property
    def rank(self) -> tuple[bool, bool, int, bool, bool, int, int]:
        """Higher is better: verified, through the gate, fewer examples contradicted, supported by a
        self-made test, chosen, then fewer failures and errors."""
        sim = self.simulation
        failures = sim.failures if sim and sim.checks else 0
        passed = sim is not None and sim.outcome is Outcome.PASS
        supported = self.self_test is not None and self.self_test.supports
        chosen = bool(self.agreement)
        wrong = self.examples.wrong if self.examples else 0
        return (passed, self.gate_passed, -wrong, supported, chosen, -failures, -len(self.errors))


class Verdict(StrEnum):
    """What can honestly be said of a design.

    VERIFIED only against something that the model did not write; REFUTED when a tool proved it
    wrong; UNVERIFIED otherwise, however good it looks.
    """

    VERIFIED = "verified"
    REFUTED = "refuted"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Account:
    """What one model in its place cost, and what it earned.

    Attributes:
        attempts: designs that it wrote or rewrote.
        through_gate: those of them that came through the static gate.
        verified: those that the user's testbench passed.
        chosen: the answer's design is one of them.
    """

    seat: str
    model: str
    usage: Usage
    attempts: int = 0
    through_gate: int = 0
    verified: int = 0
    chosen: bool = False


@dataclass(frozen=True)
class Answer:
    """The end of a request.

    Attributes:
        because: the evidence behind the verdict, in one sentence.
        evidence: what each tool said of the chosen design, a line each.
        chosen: number of the attempt that the design is from.
        stopped_by: the budget that ended the loop, or empty.
        elapsed_s: seconds of work, without the time between a kill and its resumption.
        sources: places of the user's repository that the model was shown, `path:line: reason`, and
            the house style it was told.
        ledger: the accounts of all models that were asked, in the order of their first call.
        written: paths of the files that were written.
    """

    design: Design
    verdict: Verdict
    because: str
    evidence: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    chosen: int
    plan: Plan
    usage: Usage
    elapsed_s: float
    stopped_by: str = ""
    sources: tuple[str, ...] = ()
    ledger: tuple[Account, ...] = ()
    written: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """What is delivered: the design, and its self-made test where that can be relied on."""
        tests = [a.self_test for a in self.attempts if a.number == self.chosen and a.self_test]
        kept = (test.file for test in tests if test.supports or test.objects)
        return (*self.design.files, *kept)


class State(TypedDict, total=False):
    """The graph's state: each node returns what it changed."""

    task: Task
    retrieved: tuple[Evidence, ...]
    house: Conventions
    plan: Plan
    attempts: tuple[Attempt, ...]
    references: tuple[Reference, ...]
    usage: Usage
    calls: tuple[Call, ...]
    allowed_usd: float
    elapsed_s: float
    stopped_by: str
    answer: Answer


@dataclass(frozen=True)
class Event:
    """One thing that happened, for the transcript and for whoever watches.

    Attributes:
        step: the node that speaks.
        message: for a human.
        data: for a machine; JSON types only.
    """

    step: str
    message: str
    data: dict[str, object] = field(default_factory=dict)
