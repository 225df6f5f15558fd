"""Broken designs that models wrote, with what they should be: a folder of `*.jsonl` records.

Each record holds `id, task, failure, buggy, reference, testbench`; the testbench is one of
VerilogEval v1, which brings its own reference module and prints `Mismatches: M in N samples`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hdlsmith.benchmarks.problems import Problem
from hdlsmith.design import Design, SourceFile, digest_of
from hdlsmith.errors import InputError
from hdlsmith.jsonl import read_jsonl
from hdlsmith.languages import Language
from hdlsmith.sandbox.elaboration import elaborate

TOP = "top_module"
_FIELDS = ("id", "task", "failure", "description", "buggy", "reference", "testbench")


@dataclass(frozen=True)
class RepairCase:
    """One broken design.

    Attributes:
        failure: how it fails beside its testbench, as the record says: `compile_error` or
            `mismatch`.
        problem: what it should be; its interface is that of the reference, which is the one that
            the testbench connects.
    """

    id: str
    failure: str
    buggy: str
    problem: Problem

    @property
    def design(self) -> Design:
        source = SourceFile("design.sv", self.buggy, Language.SYSTEMVERILOG)
        return Design((source,), TOP)


def read_cases(path: Path) -> tuple[RepairCase, ...]:
    """The records of one file.

    Raises:
        InputError: not there, not JSONL, or a field missing.
    """
    cases = []
    for number, record in read_jsonl(path, growing=False):
        if missing := [f for f in _FIELDS if not isinstance(record.get(f), str)]:
            raise InputError(f"{path}:{number}: no {missing[0]!r} in this record")
        cases.append(_case(record))
    if not cases:
        raise InputError(f"{path} holds no record")
    return tuple(cases)


def cases_hash(cases: tuple[RepairCase, ...]) -> str:
    """SHA-256 over all that decides a measurement."""
    parts = [(c.id, c.buggy, c.problem.golden, c.problem.testbench.text) for c in cases]
    return digest_of(*(text for part in parts for text in part))


def _case(record: dict[str, Any]) -> RepairCase:
    sv = Language.SYSTEMVERILOG
    reference = SourceFile("reference.sv", record["reference"], sv)
    problem = Problem(
        id=f"{record['task']}-{digest_of(record['testbench'])[:8]}",
        prompt=record["description"],
        top=TOP,
        reference=SourceFile("empty.sv", "// the testbench holds its reference\n", sv),
        golden=record["reference"],
        testbench=SourceFile("testbench.sv", record["testbench"], sv),
        interface=elaborate(Design((reference,), TOP)).ports,
    )
    return RepairCase(record["id"], record["failure"], record["buggy"], problem)
