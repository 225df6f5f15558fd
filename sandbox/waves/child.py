"""What the cage runs for `reader.py`: reads a waveform by pywellen, writes JSON lines.

The first line tells of the file; then comes a line a signal, or a line a distinct waveform with
its changes in the window. The answer's size is bounded here, before it is on disk.
"""

import json
import re
import sys
from bisect import bisect_right
from pathlib import Path
from typing import Any, TextIO

from pywellen import Waveform

_TAIL_BYTES = 1 << 16
_UNIT_FS = {"s": 10**15, "ms": 10**12, "us": 10**9, "ns": 10**6, "ps": 1000, "fs": 1}
_DEFAULT_TICK_FS = _UNIT_FS["ns"]  # where the file names no unit; as GTKWave takes it


class LimitError(Exception):
    """The file goes beyond the limit of that name."""


class Answer:
    """JSON lines, at most so many bytes of them."""

    def __init__(self, file: TextIO, most_bytes: int) -> None:
        self._file = file
        self._left = most_bytes

    def add(self, line: object) -> None:
        text = json.dumps(line, separators=(",", ":"))
        self._left -= len(text) + 1
        if self._left < 0:
            raise LimitError("bytes")
        self._file.write(text + "\n")


def tick_fs(wave: Any) -> int:
    if wave.timescale is None:
        return _DEFAULT_TICK_FS
    tick = int(wave.timescale.factor) * _UNIT_FS.get(str(wave.timescale.unit), 0)
    if tick < 1:
        raise LimitError("timescale")
    return tick


def end_tick(path: Path, file_format: str) -> int | None:
    """The last time step, where it can be had without reading the whole file."""
    with path.open("rb") as file:
        if file_format == "FST":
            head = file.read(25)  # block type 0, its length, start time, end time
            return int.from_bytes(head[17:25], "big") if head[:1] == b"\x00" else None
        if file_format == "VCD":
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            steps = re.findall(rb"^#(\d{1,18})\s*$", file.read(), re.MULTILINE)
            return int(steps[-1]) if steps else None
    return None


def kind_of(variable: Any) -> str:
    return str(variable.var_type or "").lower()


def width_of(variable: Any) -> int:
    """0 where values are text."""
    if variable.is_real or variable.is_string or variable.enum_type:
        return 0
    return int(variable.bitwidth or 0)


def changes_of(
    variable: Any, window: tuple[int, int], most_each: int, limits: dict[str, int]
) -> tuple[list[int], list[str], bool]:
    """Times and values from the one in force at the start on, the last of each time step.

    Returns:
        also whether `most_each` cut it short.
    """
    signal, bits = variable.signal, variable.bitwidth or 0
    if bits > limits["width_bits"]:
        raise LimitError("width")
    labels = dict(variable.enum_type[1]) if variable.enum_type else {}
    is_event = kind_of(variable) == "event"
    order = range(len(signal))
    first, last = (bisect_right(order, t, key=lambda i: signal[i][0]) for t in window)
    times: list[int] = []
    values: list[str] = []
    room = limits["bytes"]
    for index in range(max(0, first - 1), last):
        time, value = signal[index]
        if isinstance(value, int):
            value = format(value, f"0{bits}b")
        text = labels.get(value, value) if isinstance(value, str) else repr(value)
        if times and times[-1] == time:
            times.pop()
            values.pop()
        if is_event or not values or values[-1] != text:
            if len(times) == most_each:
                return times, values, True
            times.append(time)
            values.append(text)
            room -= len(text)
            if room < 0:
                raise LimitError("bytes")
    return times, values, False


def answer(request: dict[str, Any], file: TextIO) -> None:
    limits, path = request["limits"], Path(request["path"])
    wave = Waveform(str(path), multi_threaded=False)
    file_format = str(wave.file_format)
    out = Answer(file, limits["bytes"])
    out.add({"format": file_format, "tick_fs": tick_fs(wave), "end": end_tick(path, file_format)})
    variables = wave.all_vars()
    if request["indices"] is None:
        if len(variables) > limits["signals"]:
            raise LimitError("signals")
        for variable in variables:
            name = variable.full_name.replace(".[", "[")  # an array's element is no scope
            out.add([name, width_of(variable), kind_of(variable)])
        return
    same: dict[str, list[int]] = {}  # a port and the net it is tied to share one waveform
    for index in request["indices"]:
        same.setdefault(str(variables[index].signal_id), []).append(index)
    left = limits["changes"]
    for indices in same.values():
        times, values, cut = changes_of(
            variables[indices[0]],
            (request["start"], request["end"]),
            min(request["most_each"], left + 1),
            limits,
        )
        left -= len(times)
        if left < 0:
            raise LimitError("changes")
        out.add([indices, times, values, cut])


def main() -> int:
    try:
        request = json.loads(Path(sys.argv[1]).read_text())
        with Path(request["answer"]).open("w", encoding="utf-8") as file:
            answer(request, file)
    except LimitError as error:
        print(f"limit: {error}")
    except BaseException as error:  # a panic in Rust is no Exception
        print(f"error: {' '.join(str(error).split()) or type(error).__name__}")
    else:
        return 0
    return 1


sys.exit(main())
