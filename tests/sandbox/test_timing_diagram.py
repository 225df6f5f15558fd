"""Timing diagrams, as a reader sees them: on a terminal, as SVG and as WaveJSON."""

from xml.etree import ElementTree

import pytest

from hdlsmith.errors import InputError
from hdlsmith.sandbox.waves.layout import lay_out
from hdlsmith.sandbox.waves.text import Radix, format_time, format_value, parse_time
from hdlsmith.sandbox.waves.timeline import find_clock
from hdlsmith.sandbox.waves.timing_diagram import ASCII, UNICODE, draw
from hdlsmith.sandbox.waves.wavedrom import svg, wavejson
from hdlsmith.sandbox.waves.waveform import Wave, Waves

NS = 10**6


def wave(name: str, *changes: tuple[int, str], width_bits: int = 1, kind: str = "reg") -> Wave:
    """A signal whose times are in nanoseconds."""
    return Wave(name, width_bits, tuple((time * NS, value) for time, value in changes), kind)


def clock(end: int) -> Wave:
    return wave("tb.clk", *((t, str(i & 1)) for i, t in enumerate(range(0, end, 5))))


def window(*signals: Wave, end: int, start: int = 0) -> Waves:
    return Waves(signals, 1000, start * NS, end * NS)


RST = wave("tb.rst", (0, "x"), (2, "1"), (17, "0"))
COUNT = wave(
    "tb.dut.count",
    *((0, "x" * 8), (5, "0" * 8), (25, "00011111"), (35, "zzzz1111"), (45, "1100000x")),
    width_bits=8,
)
STATE = wave("tb.dut.state", (0, "idle"), (25, "waiting"), (35, "run"), width_bits=0, kind="enum")
HIT = wave("tb.hit", (15, ""), (35, ""), width_bits=0, kind="event")
ALL = window(clock(60), RST, COUNT, STATE, HIT, end=60)


def test_with_a_clock_cycles_look_alike() -> None:
    diagram = draw(lay_out(ALL), 80)
    assert "\n".join(diagram.lines) == (
        "ns        ╷0  ╷5      ╷15     ╷25     ╷35     ╷45     ╷55\n"
        "clk       ▁▁▁▁╱▔▔▔╲▁▁▁╱▔▔▔╲▁▁▁╱▔▔▔╲▁▁▁╱▔▔▔╲▁▁▁╱▔▔▔╲▁▁▁╱▔▔▔\n"  # noqa: RUF001
        "rst       x▔▔▔▔▔▔▔▔▔▔▔▔╲▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁\n"
        "dut.count x   ╳00             ╳1f     ╳zf     ╳cX\n"  # noqa: RUF001
        "dut.state idle                ╳waiting╳run\n"  # noqa: RUF001
        "hit                   ↑               ↑"
    )
    assert diagram.end_fs == 60 * NS


def test_panels_below_one_another_in_plain_ascii() -> None:
    assert "\n".join(draw(lay_out(ALL), 40, ASCII).lines) == (
        "ns        |0  |5      |15     |25\n"
        "clk       ____/~~~\\___/~~~\\___/~~~\\___\n"
        "rst       x~~~~~~~~~~~~\\______________\n"
        "dut.count x   |00             |1f\n"
        "dut.state idle                |waiting\n"
        "hit                   ^\n"
        "\n"
        "ns        |35     |45     |55\n"
        "clk       /~~~\\___/~~~\\___/~~~\n"
        "rst       ____________________\n"
        "dut.count |zf     |cX\n"
        "dut.state |run\n"
        "hit       ^"
    )


def test_without_a_clock_only_changes_take_room() -> None:
    late = wave("tb.late", (0, "0"), (90_000, "1"))
    assert draw(lay_out(window(RST, COUNT, late, end=90_000)), 80, ASCII).lines == (
        "ns        |0  |5  |25   |45",
        "rst       xx~~~~\\___________",
        "dut.count x   |00 |1f|zf|cX",
        "late      ________________/~",
    )


def test_idle_cycles_are_left_out() -> None:
    busy = wave("tb.busy", (0, "0"), (305, "1"), (315, "0"))
    diagram = draw(lay_out(window(clock(400), busy, end=400)), 80, ASCII)
    assert diagram.lines == (
        "ns   |0    |15  |285    |305    |325     |385",
        "clk  __/~\\_/~\\_:/~\\_/~\\_/~\\_/~\\_/~\\_/~:\\_/~\\_/~",
        "busy __________:________/~~~\\_________:________",
    )


def test_every_line_fits_the_terminal_whatever_the_names() -> None:
    long = wave("tb." + "n" * 300, *((t, "01"[t & 1]) for t in range(500)))
    wide = wave("tb.wide", *((t, format(t, "0256b")) for t in range(0, 500, 3)), width_bits=256)
    for width in (20, 33, 80, 200):
        diagram = draw(lay_out(window(long, wide, end=500)), width)
        assert max(map(len, diagram.lines)) <= max(width, 29)


def test_a_page_has_an_end_and_says_where() -> None:
    diagram = draw(lay_out(window(clock(1_000_000), end=1_000_000)), 80)
    assert len(diagram.lines) <= 48
    assert diagram.end_fs < 1_000_000 * NS
    assert f"╷{diagram.end_fs // NS}" not in diagram.lines[-2]


def test_a_stopped_clock_is_still_a_clock_and_a_counter_is_none() -> None:
    stops = wave("clk", *((t + 90 * (t > 40), str(i & 1)) for i, t in enumerate(range(0, 200, 5))))
    assert find_clock([RST, stops]) is stops
    data = wave("d", (0, "0"), (5, "1"), (25, "0"), (35, "1"), (70, "0"), (75, "1"), (99, "0"))
    assert find_clock([data, COUNT]) is None


def test_what_happens_while_the_clock_rests_has_room() -> None:
    data = wave("d", *((t, format(t, "08b")) for t in range(40, 130, 10)), width_bits=8)
    stops = wave("clk", *((t + 90 * (t > 40), str(i & 1)) for i, t in enumerate(range(0, 80, 5))))
    assert draw(lay_out(window(stops, data, end=170)), 120, ASCII).lines[2].split("|")[1:] == [
        *("28", "32", "3c", "46", "50", "5a", "64", "6e", "78"),
    ]


def test_svg_holds_every_name_value_and_time_as_text() -> None:
    hostile = wave("tb.<script>&\x1b", (0, "1\ufffe"), width_bits=0)
    picture, end_fs = svg(lay_out(window(*ALL.signals, hostile, end=60)), "sim.vcd tb")
    root = ElementTree.fromstring(picture)
    texts = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"sim.vcd tb", "clk", "dut.count", "1f", "zf", "waiting", "25"} <= set(texts)
    assert "<script>&\\x1b" in texts
    assert end_fs == 60 * NS


def test_wavejson_has_a_brick_a_half_period() -> None:
    data, end_fs = wavejson(window(clock(60), COUNT, STATE, end=60))
    assert data["head"] == {"text": "tb"}
    assert data["signal"] == [
        {"name": "clk", "wave": "lhlhlhlhlhlh"},
        {"name": "dut.count", "wave": "x=...=.=.=..", "data": ["00", "1f", "zf", "cX"]},
        {"name": "dut.state", "wave": "=....=.=....", "data": ["idle", "waiting", "run"]},
    ]
    assert end_fs == 60 * NS


def test_wavejson_lanes_are_equally_long_with_gaps() -> None:
    busy = wave("tb.busy", (0, "0"), (305, "1"), (317, "0"))
    data, _ = wavejson(window(clock(400), busy, end=400))
    waves = [lane["wave"] for lane in data["signal"]]
    assert len({len(text) for text in waves}) == 1
    assert all(text.count("|") == 2 for text in waves)


@pytest.mark.parametrize(
    ("text", "time_fs"),
    [
        ("0", 0),
        ("25", 25_000),
        ("120ns", 120 * NS),
        ("1.5us", 1500 * NS),
        (" 2 µs ", 2000 * NS),
        ("0.5ps", 500),
        ("3s", 3 * 10**15),
    ],
)
def test_times(text: str, time_fs: int) -> None:
    assert parse_time(text, tick_fs=1000) == time_fs


@pytest.mark.parametrize(
    "text", ["", "ns", "-5ns", "1e3ns", "5 parsec", "0.5fs", "\u0661ns", "9" * 99]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(InputError):
        parse_time(text, tick_fs=1000)


def test_times_are_written_exactly() -> None:
    written = [format_time(t) for t in (0, 5 * NS, 119_500_000, 1500 * NS, 10**15 + 1)]
    assert written == ["0s", "5ns", "119.5ns", "1.5us", "1.000000000000001s"]
    assert format_time(20_000, "ns") == "0.02"


@pytest.mark.parametrize(
    ("value", "radix", "shown"),
    [
        ("00011111", Radix.HEX, "1f"),
        ("1", Radix.HEX, "1"),
        ("0101", Radix.BINARY, "0101"),
        ("10000000", Radix.UNSIGNED, "128"),
        ("10000000", Radix.SIGNED, "-128"),
        ("xxxxxxxx", Radix.UNSIGNED, "x"),
        ("zzzzzzzz", Radix.HEX, "z"),
        ("1xxxx", Radix.HEX, "1x"),
        ("x0001", Radix.HEX, "x1"),
        ("10z00000", Radix.HEX, "Z0"),
        ("1x000000", Radix.UNSIGNED, "X"),
        ("10uu0000", Radix.HEX, "X0"),
    ],
)
def test_values(value: str, radix: Radix, shown: str) -> None:
    assert format_value(value, len(value), "reg", radix) == shown


def test_a_verilog_integer_is_a_signed_number() -> None:
    assert format_value("1" * 32, 32, "integer") == "-1"
    assert format_value("1" * 32, 32, "reg") == "f" * 8


def test_the_glyphs_are_one_column_each() -> None:
    for glyphs in (UNICODE, ASCII):
        assert {len(text) for text in vars(glyphs).values()} == {1}
