"""The settings of `hdlsmith check`: what a repository says of its own designs and tests."""

from typing import Literal

from pydantic import Field

from hdlsmith.section import Section

_NAME = r"^[A-Za-z_][\w$]*$"
CheckSimulator = Literal["auto", "icarus", "verilator", "ghdl", "both"]
"""A closed set: the file that it is read from may be as foreign as the design."""


class CheckTest(Section):
    """One test of `hdlsmith check` that no convention finds."""

    name: str = Field(min_length=1)
    """What reports call it."""
    top: str = Field(pattern=_NAME)
    """The testbench module; with `cocotb`, the module under test."""
    sources: tuple[str, ...] = ()
    """Paths or patterns of its HDL files; left out, they are found from the top."""
    cocotb: tuple[str, ...] = ()
    """Paths of cocotb test modules."""
    simulator: CheckSimulator | None = None
    """Overrides `check.simulator`."""
    timeout_s: int | None = Field(default=None, gt=0, le=86_400)
    """Overrides `check.timeout_s`."""


class CheckProof(Section):
    """A module whose assertions `hdlsmith check` proves."""

    name: str = Field(min_length=1)
    """What reports call it."""
    top: str = Field(pattern=_NAME)
    """The module."""
    sources: tuple[str, ...] = ()
    """Paths or patterns of its files; left out, they are found from the top."""
    depth: int = Field(default=50, gt=0, le=10_000)
    """Steps searched for a counterexample."""
    timeout_s: int | None = Field(default=None, gt=0, le=86_400)
    """Overrides `check.timeout_s`."""


class CheckSettings(Section):
    """What `hdlsmith check` checks. Paths are relative to the repository's root."""

    timeout_s: int = Field(default=60, gt=0, le=86_400)
    """CPU seconds a test may burn; never more than `sandbox.cpu_s`."""
    simulator: CheckSimulator = "auto"
    """`auto`: Icarus Verilog for Verilog and SystemVerilog, GHDL for VHDL."""
    include: tuple[str, ...] = ()
    """Folders where an `include` is searched, after the asking file's own and the root."""
    exclude: tuple[str, ...] = ()
    """Patterns of files and folders to pass over; `*` also stands for `/`."""
    test: tuple[CheckTest, ...] = ()
    """Tests beside those found by convention, as `[[check.test]]` tables."""
    proof: tuple[CheckProof, ...] = ()
    """Proofs of assertions, as `[[check.proof]]` tables."""
