"""What a self-made test said of a design, and how far it is to be trusted."""

from dataclasses import dataclass

from hdlsmith.design import SourceFile
from hdlsmith.display import counted

_LEAST_KILLED = 3 / 4


@dataclass(frozen=True)
class SelfTest:
    """A test that a model wrote without seeing the design, and its verdict on one design.

    Attributes:
        file: the cocotb test; runs by itself.
        passed: under cocotb, and by its outputs as simulated beside other designs.
        checked: cycles in which outputs were compared, or input vectors where there is no clock.
        wrong: those in which they differed.
        clocked: whether they are cycles.
        references: models of the design that were asked for.
        agreeing: how many of them expect, in every compared bit, what this one does.
        mutants: versions of the design with a small fault that shows in its outputs.
        killed: how many of them this test tells from the design.
        constant: it expects the same in all cycles, as a model does that was too lazy to write.
        failure: a short way to a difference, as a table: a row a cycle, what the design's outputs
            were, and what was wanted; empty unless the test failed.
    """

    file: SourceFile
    passed: bool
    checked: int
    wrong: int
    clocked: bool
    references: int
    agreeing: int
    mutants: int
    killed: int
    constant: bool
    failure: str = ""

    @property
    def sensitive(self) -> bool:
        """It would have seen most small faults."""
        return not self.constant and self.killed >= max(1, self.mutants * _LEAST_KILLED)

    @property
    def supports(self) -> bool:
        """A design and a model, written apart, do the same; and another design would not."""
        return self.passed and self.sensitive

    @property
    def complaint(self) -> str:
        """For whoever repairs the design; empty where there is nothing that can be relied on."""
        if not self.objects:
            return ""
        rows = "clock cycle, each just before its edge" if self.clocked else "set of inputs"
        return (
            "a model of the request in Python expects other outputs, those behind `wanted`;"
            f" a row a {rows}, a `-` says nothing:\n{self.failure}"
        )

    @property
    def objects(self) -> bool:
        """Reason enough to work on the design again: two models say so, written apart."""
        return bool(self.failure) and self.sensitive and self.agreeing > 1

    def __str__(self) -> str:
        over = counted(self.checked, "cycle" if self.clocked else "input vector")
        outcome = f"passes on {over}" if self.passed else f"fails in {self.wrong:,} of {over}"
        if not self.passed and not self.wrong:  # two simulations that differ: a race
            outcome = f"fails under cocotb alone, on {over}"
        said = [outcome, f"kills {self.killed} of {counted(self.mutants, 'mutant')}"]
        if self.references > 1:
            said.append(f"{self.agreeing} of {self.references} reference models agree")
        if self.constant:
            said.append("expects the same in all of them")
        if not self.supports and not self.objects:
            said.append("not to be relied on")
        return "; ".join(said)
