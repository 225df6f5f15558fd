"""Options that several benchmark commands share, and what they open by them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hdlsmith.benchmarks.problems import Problem, Suite
    from hdlsmith.benchmarks.run import Harness
    from hdlsmith.settings import Settings

SUITES = {"verilog-eval": "hdlsmith.benchmarks.suites.verilog_eval:VerilogEval"}

SuiteName = Annotated[str, typer.Argument(metavar="SUITE", help="verilog-eval")]
Data = Annotated[Path, typer.Option(help="Your checkout of the dataset.", show_default=False)]
TaskName = Annotated[str, typer.Option(help="spec-to-rtl or code-complete-iccad2023.")]
Profile = Annotated[
    str, typer.Option(help="Whose pass rate leads: strict (the truth) or compat (official).")
]
Problems = Annotated[
    str | None, typer.Option(help="Only these, separated by commas (Prob001 will do).")
]
Stride = Annotated[int, typer.Option(min=1, help="Take every N-th problem.")]
Offset = Annotated[int, typer.Option(min=0, help="Skip the first N problems.")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Designs graded at once; all cores by default.")
]
Out = Annotated[
    Path | None, typer.Option(help="Folder of the run; by default made from what is measured.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def load_problems(
    name: str, data: Path, task: str, only: str | None, stride: int, offset: int
) -> tuple[Suite, tuple[Problem, ...]]:
    from hdlsmith.benchmarks.problems import make_suite, select
    from hdlsmith.errors import InputError
    from hdlsmith.registry import resolve

    suite = make_suite(resolve(name, SUITES, "benchmark"), data, task)
    names = tuple(part.strip() for part in (only or "").split(",") if part.strip())
    if only is not None and not names:
        raise InputError(f"--problems {only!r} names no problem")
    chosen = select(suite.problems(), names, stride, offset)
    if not chosen:
        raise InputError("no problem is left after --problems, --stride and --offset")
    return suite, chosen


@contextlib.contextmanager
def open_harness(settings: Settings, workers: int | None = None) -> Iterator[Harness]:
    from hdlsmith.benchmarks.run import Harness
    from hdlsmith.benchmarks.terminal import Bar
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus

    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    with Bar() as bar:
        cache = settings.data_dir / "goldens"
        yield Harness(icarus, cache, workers or os.cpu_count() or 1, bar)
