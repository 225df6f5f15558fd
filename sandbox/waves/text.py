"""Times and values of waveforms as people write them."""

import re
from decimal import Decimal
from enum import StrEnum

from hdlsmith.errors import InputError

UNITS_FS = {"fs": 1, "ps": 10**3, "ns": 10**6, "us": 10**9, "ms": 10**12, "s": 10**15}
_TIME = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*([a-zµμ]*)")
_SIGNED_KINDS = ("integer", "int", "shortint", "longint", "byte")


class Radix(StrEnum):
    """How a vector is written."""

    HEX = "hex"
    BINARY = "bin"
    UNSIGNED = "dec"
    SIGNED = "signed"


def parse_time(text: str, tick_fs: int) -> int:
    """`120ns`, `1.5us` or a bare number of ticks, in femtoseconds.

    Raises:
        InputError: no time, or one finer than a femtosecond.
    """
    match = _TIME.fullmatch(text.strip())
    unit = match[2].replace("µ", "u").replace("μ", "u") if match else ""
    unit_fs = UNITS_FS.get(unit) if unit else tick_fs
    if not match or unit_fs is None:
        units = ", ".join(UNITS_FS)
        raise InputError(f"no time: {text!r}", remedy=f"a number and a unit ({units}): 1.5us")
    time_fs = Decimal(match[1]) * unit_fs
    if time_fs != int(time_fs):
        raise InputError(f"{text} is no whole number of femtoseconds")
    return int(time_fs)


def unit_for(time_fs: int) -> str:
    """The largest unit in which a time is at least 1; for 0, seconds."""
    return next((unit for unit in reversed(UNITS_FS) if time_fs >= UNITS_FS[unit]), "s")


def format_time(time_fs: int, unit: str | None = None) -> str:
    """`119.5ns`, exact; without its unit where the unit is given."""
    chosen = unit or unit_for(time_fs)
    number = f"{Decimal(time_fs) / UNITS_FS[chosen]:f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return number if unit else f"{number}{chosen}"


def format_value(value: str, width_bits: int, kind: str, radix: Radix = Radix.HEX) -> str:
    """A value as a person reads it.

    Digits that are not all known are written as Verilog's `%h` and `%d` do: `x` or `z` where all
    bits behind the digit are, `X` or `Z` where some are. A Verilog `integer` is a signed number
    unless it is asked for in binary.
    """
    if not width_bits or width_bits == 1 or not value:
        return value
    if len(set(value)) == 1 and value[0] not in "01":
        return value[0]
    if radix is Radix.BINARY:
        return value
    signed = radix is Radix.SIGNED or (radix is Radix.HEX and kind in _SIGNED_KINDS)
    if not signed and radix is Radix.HEX:
        return _hex(value)
    if set(value) - {"0", "1"}:
        return "X"
    number = int(value, 2)
    return str(number - (1 << width_bits) if signed and value[0] == "1" else number)


def _hex(value: str) -> str:
    padded = value.rjust(-(-len(value) // 4) * 4, "0" if value[0] in "01" else value[0])
    return "".join(_digit(padded[i : i + 4]) for i in range(0, len(padded), 4))


def _digit(nibble: str) -> str:
    if not set(nibble) - {"0", "1"}:
        return f"{int(nibble, 2):x}"
    if len(set(nibble)) == 1:
        return nibble[0]
    return "Z" if set(nibble) <= {"0", "1", "z"} else "X"
