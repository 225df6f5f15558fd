"""`hdlsmith debug`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hdlsmith.sandbox.commands.options import CageChoice, Files, Json, refuse_outputs

if TYPE_CHECKING:
    from hdlsmith.agent.debug import Debugged


def debug(
    files: Files,
    testbench: Annotated[
        list[Path] | None, typer.Option(help="Your testbench; repeat for more files.")
    ] = None,
    reference: Annotated[
        list[Path] | None,
        typer.Option(help="A design of the same ports that is right; repeat for more files."),
    ] = None,
    locate_only: Annotated[
        bool, typer.Option("--locate-only", help="Say where it goes wrong, and change nothing.")
    ] = False,
    budget_s: Annotated[
        float, typer.Option("--budget-s", min=1, help="CPU seconds for trying edits.")
    ] = 20,
    patch_out: Annotated[
        Path | None, typer.Option(help="Write the patch to this file, for `patch -p1`.")
    ] = None,
    cage: CageChoice = None,
    as_json: Json = False,
) -> None:
    """Find out why FILES fail their testbench, and try to repair them by small edits.

    Shows which output is wrong first and when, the values behind it, and the lines to suspect.
    Then edits are tried, the likeliest first: operators, constants, conditions, edges, and the
    like. A repair counts only if every testbench passes; it need not be the one you would make, so
    read the patch. Your files stay as they are. No model is needed.

    A testbench is a module in the --testbench files that nothing instantiates. Where it
    instantiates a second module with the ports of the design, that one is taken for a reference.

    \b
    Example:   hdlsmith debug fifo.sv --testbench fifo_tb.sv --patch-out fix.patch
    Exit code: 0 repaired, or nothing is wrong, 1 not repaired (or, with --locate-only, wrong),
               2 unusable input, 3 something needed is missing
    """
    from hdlsmith.agent.debug import check_judge
    from hdlsmith.agent.debug import debug as run_debug
    from hdlsmith.agent.templates.patch import diff
    from hdlsmith.design import Design, read_sources
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    refuse_outputs(patch_out)
    settings = load_settings({"sandbox": {"cage": cage}})
    sources = read_sources([*files, *(testbench or [])])
    design, around = Design(sources[: len(files)]), sources[len(files) :]
    right = Design(read_sources(reference)) if reference else None
    check_judge(around, right)
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    done = run_debug(design, around, right, icarus, budget_s, locate_only=locate_only)
    patch = diff(design, done.design)
    if patch_out and patch:
        patch_out.write_text(patch, "utf-8")
    if as_json:
        typer.echo(json.dumps(_record(done, patch) | {"simulator": icarus.version()}))
    else:
        _print(done, patch)
    raise typer.Exit(0 if done.works else 1)


def _record(done: "Debugged", patch: str) -> dict[str, Any]:
    from hdlsmith.agent.localising.localisation import localisation_record
    from hdlsmith.sandbox.records import diagnostic_record

    repair, found = done.repair, done.localisation
    return {
        "works": done.works,
        "mended": [step.rule for step in done.mended.steps],
        "errors": [diagnostic_record(error) for error in done.mended.errors],
        "localisation": localisation_record(found) if found else None,
        "repair": None
        if repair is None
        else {
            "edits": list(repair.templates),
            "tried": repair.tried,
            "cpu_s": round(repair.cpu_s, 2),
        },
        "patch": patch,
        "testbenches": [
            {
                "testbench": top,
                "before": before.outcome,
                "after": after.outcome,
                "checks": after.checks,
                "failures": after.failures,
                "evidence": after.evidence,
            }
            for (top, before), (_, after) in zip(done.before, done.after, strict=True)
        ],
    }


def _print(done: "Debugged", patch: str) -> None:
    from hdlsmith.agent.localising.localisation import render
    from hdlsmith.display import counted, one_line, printable

    for step in done.mended.steps:
        typer.echo(one_line(f"mended: {step.rule}, because of {step.because}"))
    for error in done.mended.errors:
        typer.echo(one_line(str(error)), err=True)
    if done.localisation:
        typer.echo(printable(render(done.localisation)))
    if patch:
        typer.echo(printable(patch.rstrip("\n")))
    if done.repair and not done.repair.repaired:
        tried = counted(done.repair.tried, "version")
        typer.echo(f"no repair among {tried} in {done.repair.cpu_s:.0f} s of CPU")
    for (top, before), (_, after) in zip(done.before, done.after, strict=True):
        typer.echo(one_line(f"{top}: {before.outcome.upper()} -> {after}"))
