"""Inputs that are hostile as files: too large, no text, no file at all, or named like an option."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hdlsmith.design import SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from tests.sandbox.prey import Prey

SOURCE = 'module tb; initial $display("4 checks passed"); endmodule\n'
NO_TEXT = {
    "nul bytes": SOURCE.replace("4", "\0").encode(),
    "utf-16": SOURCE.encode("utf-16"),
    "utf-16 without a mark": SOURCE.encode("utf-16-le"),
    "utf-32": SOURCE.encode("utf-32"),
    "latin-1": SOURCE.replace("4", "é").encode("latin-1"),
    "a program": Path("/bin/true").read_bytes(),
    "compressed": b"\x1f\x8b\x08" + bytes(range(256)) * 8,
}
LARGE = {
    "100 MB in one line": b"module tb; /*" + b"x" * 100_000_000 + b"*/ endmodule\n",
    "100 MB of modules": b"module m; endmodule\n" * 5_000_000,
}
STEEP = {
    "parentheses": "module tb; wire w = " + "(" * 300_000 + "1" + ")" * 300_000 + "; endmodule\n",
    "blocks": "module tb; initial " + "begin " * 100_000 + "end " * 100_000 + "endmodule\n",
    "concatenations": "module tb; wire w = " + "{" * 100_000 + "1" + "}" * 100_000 + ";endmodule\n",
    "an identifier": "module tb; wire " + "x" * 3_000_000 + "; endmodule\n",
    "a number": "module tb; wire w = " + "9" * 1_000_000 + "; endmodule\n",
    "conditions": "module tb; wire w = " + "1 ? 1 : " * 100_000 + "1; endmodule\n",
    "ifdefs": "`ifdef A\n" * 200_000 + "module tb; endmodule\n",
    "an open string": 'module tb; initial $display("' + "x" * 1_000_000,
    "an open comment": "module tb; /*" * 10_000,
    "control characters": 'module tb; initial $display("\x1b]0;owned\x07\x1b[2J\x9b31m"); x\x08y\n',
    "one long word of dots": "module tb; initial a" + ".a" * 300_000 + " = 1; endmodule\n",
}
NAMES = (
    "-o.sv",
    "--top=x.sv",
    "--help.sv",
    "-fsecret.hex.sv",
    "+incdir+.sv",
    "@prey.sv",
    "; touch outside;.sv",
    "a b.sv",
    "'one quote.sv",
    "%s%n.sv",
    "*?[a].sv",
    "sim.vvp.sv",
    "\N{RIGHT-TO-LEFT OVERRIDE}vs.sv",
    "x" * 250 + ".sv",
)
AWKWARD = ("\x1b[2J.sv", "$(touch x).sv", "`touch x`.sv", "line\nbreak.sv", 'a"b.sv', "a\\b.sv")


@pytest.fixture
def prey() -> Iterator[Prey]:
    prey = Prey()
    yield prey
    prey.close()


@pytest.mark.parametrize("data", NO_TEXT.values(), ids=NO_TEXT)
def test_what_is_no_text_is_refused(data: bytes, prey: Prey) -> None:
    (prey.home / "x.sv").write_bytes(data)
    assert_refused(prey, "x.sv")


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE)
def test_what_is_too_large_is_refused_unread(data: bytes, prey: Prey) -> None:
    (prey.home / "x.sv").write_bytes(data)
    assert "too large" in assert_refused(prey, "x.sv")


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "loop", "nowhere", "socket", "own"])
def test_what_is_no_file_is_refused_and_not_waited_for(kind: str, prey: Prey) -> None:
    path = prey.home / "x.sv"
    targets = {
        "device": "/dev/zero",
        "folder": "../outside",
        "loop": "x.sv",
        "nowhere": "missing",
        "socket": "../socket",
        "own": "/proc/self/mem",
    }
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(targets[kind])
    assert_refused(prey, "x.sv")


def assert_refused(prey: Prey, name: str) -> str:
    code, said = prey.run("lint", "--cage", "strict", name)
    prey.assert_unharmed(said)
    assert code == 2, said
    assert said.startswith("error: ")
    return said


@pytest.mark.tool("bwrap")
@pytest.mark.tool("iverilog")
@pytest.mark.parametrize("text", STEEP.values(), ids=STEEP)
def test_what_overwhelms_a_parser_ends_in_a_finding(text: str, prey: Prey) -> None:
    (prey.home / "x.sv").write_text(text)
    code, said = prey.run("simulate", "x.sv", "--top", "tb", "--cage", "strict")
    prey.assert_unharmed(said)
    assert code in (1, 2, 4), said
    assert "\x1b" not in said
    assert len(said) < 1_000_000


@pytest.mark.tool("bwrap")
@pytest.mark.tool("iverilog")
@pytest.mark.parametrize("command", [["lint"], ["simulate", "--top", "tb0"]], ids=lambda c: c[0])
def test_a_name_is_a_name_and_nothing_else(command: list[str], prey: Prey) -> None:
    for number, name in enumerate(NAMES):
        (prey.home / name).write_text(SOURCE.replace("tb", f"tb{number}"))
    code, said = prey.run(*command, "--cage", "strict", "--", *NAMES)
    prey.assert_unharmed(said)
    assert code == 0, said
    assert not {entry.name for entry in prey.home.iterdir()} & {"outside", "x"}


def test_a_name_that_tools_stumble_over_is_refused(prey: Prey) -> None:
    for name in AWKWARD:
        with pytest.raises(InputError, match="stumble"):
            SourceFile(name, SOURCE, Language.SYSTEMVERILOG)
    (prey.home / AWKWARD[0]).write_text(SOURCE)
    said = assert_refused(prey, AWKWARD[0])
    assert "rename" in said
    assert "\x1b" not in said
