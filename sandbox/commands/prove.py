"""`hdlsmith prove`."""

import json
from typing import Annotated

import typer

from hdlsmith.sandbox.commands.options import CageChoice, Depth, Files, Json, ProofWaves


def prove(
    files: Files,
    top: Annotated[str, typer.Option(help="The module to prove.", show_default=False)],
    depth: Depth = 50,
    waves: ProofWaves = None,
    cage: CageChoice = None,
    as_json: Json = False,
) -> None:
    """Prove or refute each assertion in the design, under its assumptions.

    PROVEN: it holds for ever, and some run reaches it. REFUTED: input values, and a start of
    registers without an initial value, that make it fail, seen in Yosys' simulator too. UNKNOWN:
    a limit was reached, nothing reaches the assertion, or there is none.

    FORMAL is defined. Immediate assertions, and concurrent ones without sequences, are read.

    \b
    Example:   hdlsmith prove fifo.sv --top fifo --depth 100 --waves why.fst
    Exit code: 0 all proven, 1 one is refuted, 2 unusable input,
               3 something needed is missing, 4 one is unknown, or there is none
    """
    from hdlsmith.design import Design, read_sources
    from hdlsmith.display import counted, printable
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.formal.assertions import AssertionChecker
    from hdlsmith.sandbox.formal.proof import EXIT_CODES, Proof, overall
    from hdlsmith.sandbox.formal.proof_report import proof_record, render_proof
    from hdlsmith.settings import load_settings

    settings = load_settings({"sandbox": {"cage": cage}})
    checker = AssertionChecker.find(make_cage(settings.sandbox))
    results = checker.prove(Design(read_sources(files), top), depth, waves)
    answer = overall(results)
    if as_json:
        record = {
            "proof": answer,
            "assertions": [proof_record(result) for result in results],
            "tool": checker.yosys.version(),
        }
        typer.echo(json.dumps(record))
    else:
        for result in results:
            typer.echo(printable(render_proof(result)))
        if waves and waves.is_file():
            typer.echo(f"waves: {waves}")
        proven = sum(result.proof is Proof.PROVEN for result in results)
        typer.echo(f"{answer.upper()}: {proven} of {counted(len(results), 'assertion')} proven")
    raise typer.Exit(EXIT_CODES[answer])
