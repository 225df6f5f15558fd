"""`hdlsmith waves`."""

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hdlsmith.display import counted, one_line
from hdlsmith.sandbox.commands.options import CageChoice, Json, refuse_outputs
from hdlsmith.sandbox.waves.text import Radix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hdlsmith.sandbox.waves.waveform import Contents, Signal, Wave, Waves

_MOST_UNASKED = 16  # signals drawn when none are named
_MOST_EACH = 50_000  # changes of a signal; no diagram has room for more
_WIDTH = 100  # where the output is no terminal


def waves(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    signals: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B", help="Full names, unique endings or globs."),
    ] = None,
    start: Annotated[str, typer.Option("--from", help="First time shown: 120ns.")] = "0",
    end: Annotated[str | None, typer.Option("--to", help="Last time shown: 1.5us.")] = None,
    at: Annotated[str | None, typer.Option(help="Print the values at this time instead.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="Print the signals instead.")] = False,
    radix: Annotated[Radix, typer.Option(help="How vectors are written.")] = Radix.HEX,
    svg: Annotated[Path | None, typer.Option(help="Draw into this SVG file instead.")] = None,
    wavejson: Annotated[
        Path | None, typer.Option(help="Write WaveDrom's JSON to this file instead.")
    ] = None,
    cage: CageChoice = None,
    as_json: Json = False,
) -> None:
    """Show a waveform file (VCD, FST, GHW) as a timing diagram.

    Times take a unit (fs, ps, ns, us, ms, s); a bare number is in the file's own unit. With a
    clock among the signals, time runs by its half periods and idle cycles are left out; without
    one, by changes.

    \b
    Example:   hdlsmith waves sim.fst --signals clk,dut.count,'dut.fifo.*' --from 120ns --to 1.5us
    Exit code: 0 shown, 2 unusable input, 3 something needed is missing
    """
    from hdlsmith.errors import InputError
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.waves.names import outermost, select
    from hdlsmith.sandbox.waves.reader import MAX_CHANGES
    from hdlsmith.sandbox.waves.waveform import read_changes, read_contents
    from hdlsmith.settings import load_settings

    refuse_outputs(svg, wavejson)
    if (svg or wavejson) and (at or listing or as_json):
        raise InputError(
            "--svg and --wavejson draw a diagram; --at, --list and --json print instead",
            remedy="run it once for each",
        )
    made = make_cage(load_settings({"sandbox": {"cage": cage}}).sandbox)
    contents = read_contents(file, made)
    names = [name.strip() for given in signals or () for name in given.split(",") if name.strip()]
    wanted = select(contents.signals, names) if names else contents.signals
    if listing:
        _print_list(file, contents, wanted, as_json)
        return
    changing = [signal for signal in wanted if signal.kind != "parameter"]
    chosen = wanted if names else outermost(changing)[:_MOST_UNASKED]
    start_fs, end_fs = _window(file, contents, (at, at) if at else (start, end))
    most_each = MAX_CHANGES + 1 if as_json else _MOST_EACH
    found = read_changes(file, made, contents, chosen, start_fs, end_fs, most_each)
    if at:
        _print_values(file, found, radix, as_json)
    elif as_json:
        typer.echo(json.dumps(_record(file, contents) | _changes(found)))
    else:
        file_end_fs = max(contents.end_fs or 0, found.end_fs)
        last_fs = file_end_fs if end_fs is None else min(end_fs, file_end_fs)
        _draw(file, found, radix, svg, wavejson, last_fs)
    if left := len(wanted) - len(chosen):
        more = counted(left, "more signal")
        typer.echo(f"note: {more}; --list names them, --signals chooses", err=True)


def _window(
    file: Path, contents: "Contents", given: tuple[str, str | None]
) -> tuple[int, int | None]:
    from hdlsmith.errors import InputError
    from hdlsmith.sandbox.waves.text import format_time, parse_time

    start_fs = parse_time(given[0], contents.tick_fs)
    end_fs = parse_time(given[1], contents.tick_fs) if given[1] else None
    if contents.end_fs is not None and start_fs > contents.end_fs:
        raise InputError(f"{file} ends at {format_time(contents.end_fs)}", remedy="an earlier time")
    if end_fs is not None and end_fs < start_fs:
        raise InputError(f"--to {given[1]} is before --from {given[0]}", remedy="swap them")
    return start_fs, end_fs


def _print_list(
    file: Path, contents: "Contents", signals: "Sequence[Signal]", as_json: bool
) -> None:
    if as_json:
        rows = [_declared(signal) for signal in signals]
        typer.echo(json.dumps(_record(file, contents) | {"signals": rows}))
        return
    widest = max((len(one_line(s.name)) for s in signals), default=0)
    for signal in signals:
        width = signal.width_bits or ""
        typer.echo(
            f"{one_line(signal.name):{widest}}  {width:>5}  {one_line(signal.kind)}".rstrip()
        )


def _print_values(file: Path, found: "Waves", radix: Radix, as_json: bool) -> None:
    from hdlsmith.sandbox.waves.text import format_time, format_value

    values = [(wave, wave.at(found.start_fs)) for wave in found.signals]
    if as_json:
        rows = [_declared(wave) | {"value": value} for wave, value in values]
        record = {"file": str(file), "time_fs": found.start_fs, "signals": rows}
        typer.echo(json.dumps(record))
        return
    typer.echo(f"{one_line(file.name)} at {format_time(found.start_fs)}")
    widest = max((len(one_line(wave.name)) for wave, _ in values), default=0)
    for wave, value in values:
        text = format_value(value, wave.width_bits, wave.kind, radix)
        typer.echo(f"{one_line(wave.name):{widest}}  {one_line(text)}")


def _draw(
    file: Path, found: "Waves", radix: Radix, svg: Path | None, wavejson: Path | None, last_fs: int
) -> None:
    """On the terminal, or into files; says how far it got."""
    from hdlsmith.sandbox.waves import timing_diagram, wavedrom
    from hdlsmith.sandbox.waves.layout import lay_out
    from hdlsmith.sandbox.waves.text import format_time

    layout = lay_out(found, radix)
    scope = layout.scope.rstrip(".")
    title = one_line(f"{file.name} {scope}")
    written: list[tuple[Path, int]] = []
    if svg:
        picture, reached_fs = wavedrom.svg(layout, title)
        svg.write_text(picture, encoding="utf-8")
        written.append((svg, reached_fs))
    if wavejson:
        data, reached_fs = wavedrom.wavejson(found, radix)
        wavejson.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        written.append((wavejson, reached_fs))
    start = format_time(found.start_fs)
    for path, reached_fs in written:
        typer.echo(f"{path}: {start} to {format_time(reached_fs)}")
    if not written:
        glyphs = timing_diagram.UNICODE if _is_utf8() else timing_diagram.ASCII
        width = shutil.get_terminal_size((_WIDTH, 0)).columns
        diagram = timing_diagram.draw(layout, width, glyphs)
        clock = f", clock {layout.clock.name.removeprefix(layout.scope)}" if layout.clock else ""
        head = f"{title}: {start} to {format_time(diagram.end_fs)}{clock}"
        typer.echo("\n".join([one_line(head), *diagram.lines]))
        written.append((file, diagram.end_fs))
    reached_fs = min(reached_fs for _, reached_fs in written)
    if reached_fs < last_fs:
        more = f"to {format_time(last_fs)}; go on with --from {format_time(reached_fs)}"
        typer.echo(f"note: there is more, {more}", err=True)


def _is_utf8() -> bool:
    return sys.stdout.encoding.lower().replace("-", "") == "utf8"


def _record(file: Path, contents: "Contents") -> dict[str, Any]:
    return {
        "file": str(file),
        "format": contents.file_format,
        "tick_fs": contents.tick_fs,
        "file_end_fs": contents.end_fs,
    }


def _changes(found: "Waves") -> dict[str, Any]:
    return {
        "start_fs": found.start_fs,
        "end_fs": found.end_fs,
        "signals": [_declared(wave) | {"changes": wave.changes} for wave in found.signals],
    }


def _declared(signal: "Signal | Wave") -> dict[str, Any]:
    return {"name": signal.name, "width_bits": signal.width_bits, "kind": signal.kind}
