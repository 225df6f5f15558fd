"""`hdlsmith ask`."""

import json
from pathlib import Path
from typing import Annotated

import typer

_UNCITED = 4


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know, in English.")],
    model: Annotated[
        str | None, typer.Option(help="A model id, `local`, or `replay:FILE`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Answer QUESTION out of the indexed repository around the current folder.

    The model sees pieces of your code that the index finds, and must cite them. Every citation is
    checked: one that names no line of a piece it was shown is removed, and counted. Without a
    model, `hdlsmith search` finds the pieces.

    \b
    Example:   hdlsmith ask "what makes the prefetch buffer stall?"
    Exit code: 0 answered with citations, 2 no index or unusable input, 3 a key or endpoint is
               missing, 4 answered, but nothing is cited
    """
    from dataclasses import asdict

    from hdlsmith.agent.ask import ask_repository
    from hdlsmith.agent.choose_model import choose_models
    from hdlsmith.agent.deps import ModelDeps
    from hdlsmith.agent.repository import open_repository
    from hdlsmith.agent.runs import open_run
    from hdlsmith.agent.terminal import TerminalWatch
    from hdlsmith.display import one_line, printable
    from hdlsmith.prompts.templates import prompts_digest
    from hdlsmith.retrieval.store.index import find_index
    from hdlsmith.roles import Role
    from hdlsmith.settings import load_settings

    settings = load_settings({"model": {"name": model}})
    repository = open_repository(find_index(Path.cwd()))
    models = choose_models(settings)
    identity = ("ask", question, repository.name, *models.identity, prompts_digest())
    with open_run(settings.state_dir, *identity) as run, TerminalWatch(run) as watch:
        deps = ModelDeps(models=models, watch=watch)
        reply = ask_repository(question, repository, deps)
        record = {
            "question": reply.question,
            "answer": reply.text,
            "cited": list(reply.cited),
            "citations_removed": reply.removed,
            "evidence": [
                {"places": [str(p) for p in e.places], "reason": e.reason, "text": e.text}
                for e in reply.evidence
            ],
            "usage": asdict(reply.usage),
            "model": models.seat(Role.ASK).model.name,
            "transcript": str(run.folder / "transcript.jsonl"),
        }
        run.finish(record)
    if as_json:
        typer.echo(json.dumps(record))
    else:
        typer.echo(printable(reply.text))
        for found in reply.evidence:
            typer.echo(f"  {one_line(f'{found.places[0]}: {found.reason}')}")
    raise typer.Exit(0 if reply.cited else _UNCITED)
