"""`hdlsmith index`."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hdlsmith.display import counted, one_line
from hdlsmith.errors import InputError
from hdlsmith.retrieval.commands.options import Json

if TYPE_CHECKING:
    from hdlsmith.retrieval.building.progress import Progress
    from hdlsmith.settings import Settings

app = typer.Typer(
    help="Build and keep the index of a repository of HDL files.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Root = Annotated[Path, typer.Argument(metavar="[PATH]", help="The root of the repository.")]
Inside = Annotated[Path, typer.Argument(metavar="[PATH]", help="The repository, or inside it.")]
Where = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="The index folder; PATH/.hdlsmith by default."),
]


@app.command()
def build(
    path: Root = Path(),
    index: Where = None,
    filelist: Annotated[
        list[str] | None,
        typer.Option(help="A .f file in PATH whose include folders and macros are used."),
    ] = None,
    vectors: Annotated[
        bool, typer.Option(help="Describe what code does and embed it, for search by meaning.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Index a repository anew: its graph, its words, its vectors.

    An index that is there stays in use until the new one is finished. Verilog, SystemVerilog,
    VHDL, Chisel and HLS C++ are read; [index] in hdlsmith.toml says what else.

    \b
    Example:   hdlsmith index build rtl/ --filelist rtl/sim.f
    Exit code: 0 built (files that could not be read are listed by `index status --errors`),
               2 unusable input, 3 a package is missing or the disk is full
    """
    from hdlsmith.retrieval.building.build import build as build_index
    from hdlsmith.retrieval.building.progress import Told
    from hdlsmith.retrieval.store.schema import FOLDER
    from hdlsmith.retrieval.store.status import status_of

    settings = _settings(path.resolve(), {"index": {"filelist": filelist}})
    folder = index or path / FOLDER
    with Told() as told:
        changes = build_index(path, folder, settings.index, with_words=vectors, progress=told)
        if vectors:
            _sync(folder, settings, told)
    for note in changes.notes:
        typer.echo(f"note: {one_line(note)}", err=True)
    found = status_of(folder)
    if as_json:
        typer.echo(json.dumps(asdict(found) | {"notes": changes.notes}))
    else:
        for line in _status_lines(asdict(found), skipped=False, errors=False):
            typer.echo(one_line(line))


@app.command()
def update(path: Inside = Path(), index: Where = None, as_json: Json = False) -> None:
    """Read again what has changed since the index was built, and what depends on it.

    \b
    Example:   hdlsmith index update
    Exit code: 0 up to date, 2 no index or unusable input, 3 a package is missing or the disk is
               full
    """
    from hdlsmith.retrieval.building.progress import Told

    folder = _index_folder(path, index)
    settings = _settings(_root_of(folder))
    with Told() as told:
        record = _update(folder, settings, told)
    typer.echo(json.dumps(record) if as_json else _sentence(record))


@app.command()
def watch(path: Inside = Path(), index: Where = None) -> None:
    """Keep the index up to date while files change; Ctrl-C ends it.

    \b
    Example:   hdlsmith index watch
    Exit code: 130 ended by Ctrl-C, 2 no index or unusable input, 3 a package is missing or the
               disk is full
    """
    from hdlsmith.retrieval.building.progress import Silent
    from hdlsmith.retrieval.building.watch import changes
    from hdlsmith.retrieval.vectors.places import VectorsBusyError

    folder = _index_folder(path, index)
    root = _root_of(folder)
    for _ in changes(root):
        try:
            typer.echo(_sentence(_update(folder, _settings(root), Silent())))
        # Half-written settings, or another process builds or searches: the next change comes.
        except (InputError, VectorsBusyError) as error:
            typer.echo(f"error: {one_line(error.message)}", err=True)


@app.command()
def status(
    path: Inside = Path(),
    index: Where = None,
    skipped: Annotated[bool, typer.Option("--skipped", help="List what was passed over.")] = False,
    errors: Annotated[bool, typer.Option("--errors", help="List what could not be read.")] = False,
    digest: Annotated[
        bool, typer.Option("--digest", help="Print SHA-256 over all that the index knows.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what the index holds, and whether it is up to date.

    \b
    Example:   hdlsmith index status --errors
    Exit code: 0 up to date, 1 files have changed since, 2 no index
    """
    from hdlsmith.retrieval.building.change import stale_files
    from hdlsmith.retrieval.store.status import content_digest, status_of

    folder = _index_folder(path, index)
    found = status_of(folder)
    stale = stale_files(folder, _settings(Path(found.root)).index)
    record = {**asdict(found), "stale": stale}
    if digest:
        record["digest"] = content_digest(folder)
    if as_json:
        typer.echo(json.dumps(record))
    else:
        for line in _status_lines(record, skipped, errors):
            typer.echo(one_line(line))
    raise typer.Exit(1 if stale else 0)


def _status_lines(record: dict[str, Any], skipped: bool, errors: bool) -> Iterator[str]:
    yield f"{record['root']}: {counted(sum(record['files'].values()), 'file')}" + _counts(
        record["files"]
    )
    yield f"{counted(record['texts'], 'text')}, {record['size_bytes'] / 1e6:.1f} MB"
    yield f"{counted(sum(record['nodes'].values()), 'node')}{_counts(record['nodes'])}"
    yield f"{counted(sum(record['edges'].values()), 'edge')}{_counts(record['edges'])}"
    yield f"{counted(record['words'], 'node')} described in plain words"
    yield f"{counted(len(record['skipped']), 'path')} passed over"
    if skipped:
        yield from (f"  {path}: {reason}" for path, reason in record["skipped"].items())
    yield f"{counted(len(record['errors']), 'file')} with errors"
    if errors:
        for path, messages in record["errors"].items():
            yield from (f"  {path}: {message}" for message in messages)
    if stale := record.get("stale"):
        yield f"{counted(len(stale), 'file')} changed since: hdlsmith index update"
    if "digest" in record:
        yield f"digest {record['digest']}"


def _counts(counts: dict[str, int]) -> str:
    return (
        f" ({', '.join(f'{number:,} {name}' for name, number in counts.items())})" if counts else ""
    )


def _index_folder(path: Path, index: Path | None) -> Path:
    from hdlsmith.retrieval.store.index import find_index

    return index or find_index(path)


def _root_of(folder: Path) -> Path:
    from hdlsmith.retrieval.store.index import Index

    with Index(folder) as index:
        return index.root


def _settings(root: Path, flags: dict[str, Any] | None = None) -> "Settings":
    """Who stands in a repository trusts its hdlsmith.toml; of any other's [index] alone holds."""
    from hdlsmith.settings import load_settings

    trusted = Path.cwd().is_relative_to(root)
    return load_settings(flags, repository=root, trusted=trusted)


def _update(folder: Path, settings: "Settings", progress: "Progress") -> dict[str, Any]:
    from hdlsmith.retrieval.building.build import update as update_index
    from hdlsmith.retrieval.vectors.pending import can_wait

    started = time.monotonic()
    changes = update_index(folder, settings.index, progress=progress)
    waits = not changes.with_words or can_wait(folder, settings.chroma)
    vectors = None if waits else _sync(folder, settings, progress)
    return {
        "read": changes.read,
        "removed": changes.removed,
        "vectors": vectors,
        "notes": changes.notes,
        "seconds": round(time.monotonic() - started, 3),
    }


def _sync(folder: Path, settings: "Settings", progress: "Progress") -> dict[str, int]:
    from hdlsmith.retrieval.vectors.sync import sync

    done = sync(folder, settings, progress)
    return {"added": done.added, "deleted": done.deleted}


def _sentence(record: dict[str, Any]) -> str:
    parts = [f"{counted(record['read'], 'text')} read", f"{record['removed']:,} removed"]
    if record["vectors"]:
        parts.append(f"{record['vectors']['added']:,} vectors added")
    return f"{', '.join(parts)} in {record['seconds']:.1f} s"
