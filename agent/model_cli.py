"""`hdlsmith model`: fetch, serve, list and stop the small local model."""

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from hdlsmith.agent.local_model import PullWatch

_LINE_EVERY_S = 10.0

app = typer.Typer(
    help="Fetch, serve, list and stop the small local model, which needs no key and no GPU.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_JSON = typer.Option(False, "--json", help="Print JSON on stdout.")


@app.command(
    epilog="Exit codes: 0 the weights are there and verified, 2 another pull is running,"
    " 3 no source delivers, the hash is wrong, or the disk is full."
)
def pull(as_json: bool = _JSON) -> None:
    """Fetch the weights (1.1 GB) and verify their SHA-256.

    A pull that was stopped goes on where it was.

    Example: hdlsmith model pull
    """
    from hdlsmith.agent.local_model import QWEN_CODER
    from hdlsmith.agent.local_model import pull as pull_weights
    from hdlsmith.settings import load_settings

    with _pull_watch() as watch:
        weights = pull_weights(load_settings(), watch, QWEN_CODER)
    if as_json:
        _print_json({"model": QWEN_CODER.name, "path": str(weights), "sha256": QWEN_CODER.sha256})


@app.command(
    epilog="Exit codes: 0 the server answers, 3 the weights or xllamacpp are missing,"
    " or the server does not start."
)
def serve(as_json: bool = _JSON) -> None:
    """Start the server, or find the running one, and print its address.

    It speaks the OpenAI API on loopback, and runs on until `hdlsmith model stop`.

    Example: hdlsmith model serve
    """
    from dataclasses import asdict

    from rich.console import Console

    from hdlsmith.agent.local_server import ensure_server
    from hdlsmith.settings import load_settings

    with Console(stderr=True).status("starting the local model"):
        server = ensure_server(load_settings())
    if as_json:
        _print_json(asdict(server))
    else:
        typer.echo(server.base_url)


@app.command("list", epilog="Exit codes: 0 always.")
def list_models(as_json: bool = _JSON) -> None:
    """Show the local models: whether they are pulled, verified, and where they are served.

    Example: hdlsmith model list --json
    """
    from hdlsmith.agent.local_model import LOCAL_MODELS, is_verified, part_path, weights_path
    from hdlsmith.agent.local_server import running_server
    from hdlsmith.settings import load_settings

    settings = load_settings()
    server = running_server(settings)
    rows = []
    for model in LOCAL_MODELS:
        weights = weights_path(settings, model)
        here = weights if weights.exists() else part_path(weights)
        rows.append(
            {
                "model": model.name,
                "path": str(weights),
                "size_bytes": model.size_bytes,
                "pulled_bytes": here.stat().st_size if here.exists() else 0,
                "verified": is_verified(weights, model),
                "base_url": server.base_url if server and server.model == model.name else None,
            }
        )
    if as_json:
        _print_json({"models": rows})
        return
    for row in rows:
        typer.echo(f"{row['model']}: {_pulled(row)}, {_served(row)}")


@app.command(epilog="Exit codes: 0 no server runs any more, 3 one is starting and does not end.")
def stop(as_json: bool = _JSON) -> None:
    """End the server; fine where none runs.

    Example: hdlsmith model stop
    """
    from hdlsmith.agent.local_server import stop_server
    from hdlsmith.settings import load_settings

    stopped = stop_server(load_settings())
    if as_json:
        _print_json({"stopped": stopped})
    else:
        typer.echo("stopped" if stopped else "no local model was running")


def _pulled(row: dict[str, Any]) -> str:
    size = f"{row['size_bytes'] / 1e6:.0f} MB"
    if row["verified"]:
        return f"{size}, verified, {row['path']}"
    if row["pulled_bytes"]:
        done = f"{row['pulled_bytes'] / 1e6:.0f} of {size}"
        return f"{done}, not verified (run `hdlsmith model pull`)"
    return f"{size}, not pulled"


def _served(row: dict[str, Any]) -> str:
    return f"served at {row['base_url']}" if row["base_url"] else "not served"


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, indent=2))


@contextlib.contextmanager
def _pull_watch() -> Iterator["PullWatch"]:
    """A progress bar on a terminal, a line now and then elsewhere; both on stderr."""
    if not sys.stderr.isatty():
        yield _LineWatch()
        return
    from rich import progress
    from rich.console import Console

    with progress.Progress(
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as bar:
        yield _BarWatch(bar)


class _BarWatch:
    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._task: Any = None

    def note(self, line: str) -> None:
        self._bar.console.print(line, markup=False, highlight=False)

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        if self._task is None:
            # what an earlier pull brought is no part of this one's speed
            self._task = self._bar.add_task("", total=total_bytes, completed=done_bytes)
        self._bar.update(self._task, completed=done_bytes)


class _LineWatch:
    def __init__(self) -> None:
        self._started_s = self._last_s = time.monotonic()
        self._first_bytes: int | None = None

    def note(self, line: str) -> None:
        print(line, file=sys.stderr)

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        if self._first_bytes is None:
            self._first_bytes = done_bytes
        now_s = time.monotonic()
        if now_s - self._last_s < _LINE_EVERY_S:
            return
        self._last_s = now_s
        speed = (done_bytes - self._first_bytes) / (now_s - self._started_s)
        self.note(f"{done_bytes / 1e6:.0f} of {total_bytes / 1e6:.0f} MB, {speed / 1e6:.1f} MB/s")
