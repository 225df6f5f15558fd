"""The root command: mounts each layer's commands and turns errors into one clear line."""

import errno
import gc
import os
import signal
import sys

import typer

from hdlsmith import __version__
from hdlsmith.agent import cli as agent_cli
from hdlsmith.benchmarks import cli as benchmarks_cli
from hdlsmith.errors import HdlsmithError, InputError
from hdlsmith.retrieval import cli as retrieval_cli
from hdlsmith.sandbox import cli as sandbox_cli

_INTERRUPTED = 130

EXIT_CODES = """\b
Exit codes: 0 verified / clean, 1 refuted / findings, 2 wrong usage or input,
3 a tool, key, endpoint or disk is missing or broken, 4 unverified or budget spent."""

app = typer.Typer(
    name="hdlsmith",
    help="Write, check and measure RTL with a language model; every answer has a tool's evidence.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help starts in half the time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if version:
        typer.echo(f"hdlsmith {__version__}")
        raise typer.Exit


agent_cli.mount(app)
retrieval_cli.mount(app)
sandbox_cli.mount(app)
benchmarks_cli.mount(app)


def main() -> None:
    """Run the command line; a user's mistake ends in one line and a remedy, not a stack trace."""
    gc.set_threshold(100_000)  # what a command imports makes many objects and no garbage
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: leave nothing behind
    try:
        _refuse_undecodable(sys.argv)
        app()
    except HdlsmithError as error:
        _fail(error.message, error.remedy, error.exit_code)
    except KeyboardInterrupt:  # typer looks for it only while a command runs
        _stop()
    except SystemExit as end:
        if end.code == _INTERRUPTED:  # typer's word for Ctrl-C
            _stop()
        raise
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            _fail(f"the disk is full: {error}", "free some space and run the command again", 3)
        if error.filename is not None:
            _fail(f"cannot use {error.filename}: {error.strerror}", "choose another place", 3)
        raise
    except Exception as error:
        if type(error).__module__ == "sqlite3":  # which most commands never import
            _fail(f"a database is damaged or busy: {error}", "hdlsmith index build", 2)
        raise


def _stop() -> None:
    print("stopped; what was finished is kept", file=sys.stderr, flush=True)
    os._exit(_INTERRUPTED)  # threads that wait for a model would hold up a plain exit


def _refuse_undecodable(arguments: list[str]) -> None:
    for argument in arguments:
        if argument.encode("utf-8", "replace").decode() != argument:
            raise InputError(f"an argument is not UTF-8: {argument!a}")


def _fail(message: str, remedy: str, code: int) -> None:
    print(f"error: {message}", file=sys.stderr)
    if remedy:
        print(f"  try: {remedy}", file=sys.stderr)
    sys.exit(code)
