"""The interface a request asks for: read off it, written as a header, compared with a design."""

import re

from hdlsmith.design import Design, Diagnostic, Direction, Port, Severity, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.elaboration import elaborate

_HEADER = re.compile(r"\bmodule\s+(?P<name>\w+)\s*[#(][^;]{,8000};")
_CLOCK = re.compile(r"clk|clock|ck|clk_i|\w+_clk", re.IGNORECASE)
_RESET = re.compile(r"(a|s)?rst(_?n|_?ni|_?b|_i)?|(a|s)?reset(_?n|_?ni|_?b|_i)?|n(rst|reset)", re.I)
_ACTIVE_LOW = re.compile(r"n.*|.*(n|ni|b)", re.IGNORECASE)
_STYLE = re.compile(r"\b(?:a?synchronous(?:ly)?|a?sync)\b", re.IGNORECASE)


def clock_of(ports: tuple[Port, ...]) -> str:
    """The input that is a clock by its name; "" where there is none."""
    return _first_input(ports, _CLOCK)


def reset_of(ports: tuple[Port, ...]) -> str:
    """The input that is a reset by its name; "" where there is none."""
    return _first_input(ports, _RESET)


def active_low(reset: str) -> bool:
    """Whether a reset's name says that it resets at 0."""
    return _ACTIVE_LOW.fullmatch(reset) is not None


def reset_style(request: str) -> str:
    """`synchronous` or `asynchronous` where the request says one of them of its reset, else ""."""
    said = {match[0].lower() for match in _STYLE.finditer(request)}
    styles = {"asynchronous" if word.startswith("a") else "synchronous" for word in said}
    return styles.pop() if len(styles) == 1 and re.search(r"re?se?t", request, re.I) else ""


def _first_input(ports: tuple[Port, ...], name: re.Pattern[str]) -> str:
    single = (p.name for p in ports if p.direction is Direction.INPUT and p.width_bits == 1)
    return next((port for port in single if name.fullmatch(port)), "")


def header_in(request: str) -> tuple[str, tuple[Port, ...]] | None:
    """A module header that the request itself holds, as name and ports; None without one."""
    for match in _HEADER.finditer(request):
        source = SourceFile("header.sv", f"{match[0]}\nendmodule\n", Language.SYSTEMVERILOG)
        found = elaborate(Design((source,), match["name"]))
        if found.ports and not found.errors:
            return match["name"], found.ports
    return None


def stated_ports(request: str, ports: tuple[Port, ...]) -> tuple[Port, ...]:
    """The ports that the request itself names, where it names inputs and outputs; else none.

    A request that names its ports names all of them: what a model adds to those it made up.
    """
    stated = tuple(p for p in ports if re.search(rf"\b{re.escape(p.name)}\b", request))
    has_output = any(port.direction is Direction.OUTPUT for port in stated)
    only_outputs = all(port.direction is Direction.OUTPUT for port in ports)
    has_input = only_outputs or any(port.direction is Direction.INPUT for port in stated)
    return stated if has_output and has_input else ()


def header_text(top: str, ports: tuple[Port, ...]) -> str:
    """A SystemVerilog module header with these ports, one a line."""
    lines = [f"    {port.direction:<6} logic {_range(port)}{port.name}" for port in ports]
    return f"module {top} (\n" + ",\n".join(lines) + "\n);"


def port_findings(asked: tuple[Port, ...], found: tuple[Port, ...]) -> tuple[Diagnostic, ...]:
    """How the ports of a design differ from the asked ones, as errors."""
    have = {port.name: port for port in found}
    want = {port.name: port for port in asked}
    messages = [f"port {p} is missing" for name, p in want.items() if name not in have]
    messages += [f"port {p} was not asked for" for name, p in have.items() if name not in want]
    messages += [
        f"port {name!r} must be `{port}`, not `{have[name]}`"
        for name, port in want.items()
        if name in have and not _same(have[name], port)
    ]
    return tuple(
        Diagnostic(Severity.ERROR, "interface", message, None, "hdlsmith") for message in messages
    )


def _same(one: Port, other: Port) -> bool:
    return (one.direction, one.width_bits) == (other.direction, other.width_bits)


def _range(port: Port) -> str:
    return f"[{port.width_bits - 1}:0] " if port.width_bits > 1 else ""


def ports_from(records: object) -> tuple[Port, ...]:
    """Ports out of a model's JSON; entries that make no sense are passed over."""
    ports: dict[str, Port] = {}
    for record in records if isinstance(records, list) else []:
        if not isinstance(record, dict):
            continue
        name, width = record.get("name"), record.get("width_bits")
        direction = record.get("direction")
        if (
            isinstance(name, str)
            and re.fullmatch(r"[A-Za-z_]\w*", name)
            and isinstance(width, int)
            and 1 <= width <= 1 << 16
            and direction in set(Direction)
        ):
            ports.setdefault(name, Port(name, Direction(direction), width))
    return tuple(ports.values())
