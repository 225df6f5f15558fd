"""What a benchmark is made of: problems, answers, and the suite that supplies them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, runtime_checkable

from hdlsmith.agent.models import Message
from hdlsmith.design import Port, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.sandbox.guard import Surroundings


@dataclass(frozen=True)
class Problem:
    """One task of a dataset.

    Attributes:
        prompt: what a model is shown.
        top: the module that it must write.
        reference: the golden design, under its own module name.
        golden: the golden design under the name `top`, as an answer would be.
        testbench: the grading testbench; never shown to a model.
        interface: ports of the golden design.
    """

    id: str
    prompt: str
    top: str
    reference: SourceFile
    golden: str
    testbench: SourceFile
    interface: tuple[Port, ...]

    @cached_property
    def surroundings(self) -> Surroundings:
        """What a design under test could reach, for the tamper guard."""
        return Surroundings.of((self.testbench, self.reference))


@dataclass(frozen=True)
class Answer:
    """One design that a model wrote for one problem. Samples count from 1."""

    problem: str
    sample: int
    design: str


@runtime_checkable
class Suite(Protocol):
    """A dataset: where its problems are, how it asks, how it reads an answer."""

    name: str
    task: str

    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the dataset's order."""
        ...

    def dataset_hash(self) -> str:
        """SHA-256 over every file that was read."""
        ...

    def official_messages(self, problem: Problem, shots: int) -> tuple[Message, ...]:
        """The prompt as the dataset's own harness makes it."""
        ...

    def extract(self, problem: Problem, completion: str) -> str:
        """The design in a completion, by the dataset's own rules."""
        ...


def make_suite(factory: object, data: Path, task: str) -> Suite:
    """What a registered name, or a dotted path of the user's own, makes of a dataset.

    Raises:
        InputError: it is no suite, or one that can't be had from this data and task.
    """
    remedy = "give verilog-eval, or package.module:Class of a class with a suite's methods"
    name = getattr(factory, "__qualname__", repr(factory))
    if not callable(factory):
        raise InputError(f"{name} makes no benchmark: it can't be called", remedy=remedy)
    try:
        suite = factory(data, task)
    except TypeError as error:
        raise InputError(f"{name} makes no benchmark: {error}", remedy=remedy) from error
    if not isinstance(suite, Suite):
        raise InputError(f"{name} makes no benchmark: it gives no problems", remedy=remedy)
    return suite


def select(
    problems: tuple[Problem, ...], only: tuple[str, ...], stride: int, offset: int
) -> tuple[Problem, ...]:
    """The problems that a run takes: named ones (a prefix will do), or every stride-th."""
    if only:
        chosen = tuple(p for p in problems if any(_names(p, name) for name in only))
        for name in only:
            if not any(_names(p, name) for p in problems):
                raise InputError(f"no problem {name!r}", remedy=f"such as {problems[0].id}")
        problems = chosen
    return problems[offset::stride]


def _names(problem: Problem, name: str) -> bool:
    return problem.id == name or problem.id.startswith(f"{name}_")


def read_text(path: Path) -> str:
    """A dataset file's text.

    Raises:
        InputError: missing or unreadable.
    """
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
