"""`hdlsmith chat`."""

from pathlib import Path
from typing import Annotated

import typer


def chat(
    session: Annotated[
        int | None,
        typer.Argument(metavar="[ID]", help="With --resume: which conversation.", min=1),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with conversation ID, or with the last one.")
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="No colours, no line editor; as over a pipe.")
    ] = False,
    model: Annotated[
        str | None, typer.Option(help="A model id, `local`, or `replay:FILE`.")
    ] = None,
) -> None:
    """Talk about the repository around the current folder: search, explain, trace, change, check.

    The model picks tools, and each call is one line. Before a file changes you see the diff and
    say yes; /undo takes it back. Nothing is read or written outside the repository, nothing hidden,
    and no hdlsmith.toml. Under each answer stands what the tools have shown, whatever the model
    says. Conversations are kept, and go on after a kill. Without a model the tools can be called by
    name.

    \b
    Example:   hdlsmith chat --model local
               echo "search write pointer" | hdlsmith chat
    Exit code: 0 ended, 2 unusable input or no such conversation
    """
    import io
    import os
    import signal
    import sys
    from threading import Timer

    from rich.console import Console

    from hdlsmith.agent.chat.lines import Editor, PipedLines
    from hdlsmith.agent.chat.root import Root
    from hdlsmith.agent.chat.screen import Screen
    from hdlsmith.agent.chat.secrets import Secrets
    from hdlsmith.agent.chat.sessions import Sessions
    from hdlsmith.agent.chat.talk import COMMANDS, Talk
    from hdlsmith.agent.chat.workbench import Workbench
    from hdlsmith.errors import InputError
    from hdlsmith.retrieval.store.index import find_index
    from hdlsmith.settings import CONFIG_NAME, load_settings

    if session is not None and not resume:
        raise InputError(f"what about {session}?", remedy=f"hdlsmith chat --resume {session}")
    try:
        folder = find_index(Path.cwd()).parent
    except InputError:  # no index: search and trace will say so
        folder = Path.cwd()
    os.chdir(folder)
    settings = load_settings({"model": {"name": model}}, repository=folder)
    if (folder / CONFIG_NAME).is_file():
        obeyed = f"note: of {CONFIG_NAME} here a chat obeys [check], [index] and [lint] alone"
        typer.echo(f"{obeyed}; set the rest by HDLSMITH_* variables", err=True)
    secrets, root = Secrets(settings), Root(folder)
    streams = (sys.stdin, sys.stdout)  # None where the shell has closed one
    terminal = not plain and all(stream is not None and stream.isatty() for stream in streams)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):  # a wrong byte ends no conversation
            stream.reconfigure(errors="replace")
    console = Console(highlight=False, no_color=not terminal, force_terminal=terminal)
    bench = Workbench(root, settings, secrets, Screen(secrets, console, live=terminal))
    sessions = Sessions(settings.state_dir, root.folder)
    about = sessions.find(session) if resume else None
    history = settings.state_dir / "chats" / "history"
    lines = (
        Editor(history, secrets, root.folder, [*COMMANDS])
        if terminal
        else PipedLines(sys.stdin or io.StringIO(), secrets)
    )
    if terminal and not resume:  # while the first line is typed, and not before the prompt stands
        preparing = Timer(0.2, _prepare, [bench.has_model])
        preparing.daemon = True
        preparing.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # not only the step, as Ctrl-C
    Talk(bench, lines, sessions, about).run()


def _prepare(has_model: bool) -> None:
    """Import what the first line needs: LangGraph, and the client of a model."""
    import hdlsmith.agent.chat.session  # noqa: F401

    if has_model:
        import openai  # noqa: F401
