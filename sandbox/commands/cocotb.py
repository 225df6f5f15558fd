"""`hdlsmith simulate --cocotb`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from hdlsmith.design import Design, SourceFile
    from hdlsmith.sandbox.cage import Cage
    from hdlsmith.sandbox.cocotb.judge import CocotbResult, TestCase
    from hdlsmith.sandbox.results import SimResult
    from hdlsmith.settings import Settings


def simulate_with_cocotb(
    design: "Design",
    tests: list[Path],
    simulator: str,
    settings: "Settings",
    cage: "Cage",
    waves: Path | None,
    coverage: bool,
    as_json: bool,
) -> "SimResult":
    """Run the tests, and print what came of them."""
    from hdlsmith.display import one_line, printable
    from hdlsmith.sandbox.cocotb.coverage import summary
    from hdlsmith.sandbox.cocotb.run import run_cocotb

    files = _read_tests(tests)
    found = run_cocotb(design, files, simulator, settings, cage, waves=waves, coverage=coverage)
    result = found.result
    if as_json:
        typer.echo(json.dumps(cocotb_record(found)))
        return result
    for diagnostic in result.diagnostics:
        typer.echo(one_line(str(diagnostic)), err=True)
    for run in result.runs[1:]:
        typer.echo(printable(run.output.rstrip()))
    for test in found.tests:
        typer.echo(_line(test))
    if shown := summary(found.coverage):
        typer.echo(printable(shown))
    if waves and waves.is_file():
        typer.echo(f"waves: {waves}")
    typer.echo(f"{one_line(str(result))} ({found.simulator}, cage: {cage.kind})")
    return result


def cocotb_record(found: "CocotbResult") -> dict[str, Any]:
    """A cocotb run as JSON data: as a simulation's, with `tests` and `coverage`."""
    from hdlsmith.sandbox.cocotb.coverage import coverage_record
    from hdlsmith.sandbox.records import simulation_record

    return simulation_record(found.result) | {
        "simulator": found.simulator,
        "tests": [
            {
                "name": test.name,
                "module": test.module,
                "status": test.status,
                "message": test.message,
                "path": test.path,
                "line": test.line,
                "wall_s": round(test.wall_s, 6),
                "sim_time_ns": test.sim_time_ns,
            }
            for test in found.tests
        ],
        "coverage": coverage_record(found.coverage),
    }


def _read_tests(paths: list[Path]) -> "tuple[SourceFile, ...]":
    """The files, named as the first one imports them: by their place beside or below it."""
    from hdlsmith.design import read_source
    from hdlsmith.errors import InputError

    folder = paths[0].resolve().parent
    places = [path.resolve() for path in paths]
    names = [
        place.relative_to(folder).as_posix() if place.is_relative_to(folder) else place.name
        for place in places
    ]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"two --cocotb files are {twice[0]}", remedy="name each once")
    return tuple(read_source(path, name) for path, name in zip(paths, names, strict=True))


def _line(test: "TestCase") -> str:
    from hdlsmith.display import one_line

    message = f": {test.message}" if test.message else ""
    return one_line(f"{test.status} {test.name} ({test.sim_time_ns:g} ns){message}")
