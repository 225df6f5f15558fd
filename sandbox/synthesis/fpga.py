"""The FPGA families that `synth --target` knows: one record each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One family, and the part of it that designs are placed on.

    Attributes:
        name: as the user and the programs spell it.
        part: device, package and speed grade, for a human.
        part_argv: the same for nextpnr.
        pins: ports of a design that can be placed, in bits.
        library: Yosys' models of the family's cells, which a design may instantiate.
        clock_pins: names of the clock pins of the family's registers, memories and multipliers;
            no other cell has a pin of such a name.
    """

    name: str
    part: str
    part_argv: tuple[str, ...]
    pins: int
    library: str
    clock_pins: tuple[str, ...]

    @property
    def package(self) -> str:
        """The Python package that holds its nextpnr."""
        return f"yowasp_nextpnr_{self.name}"


TARGETS = {
    target.name: target
    for target in (
        Target(
            "ice40",
            "iCE40 HX8K, package CT256",
            ("--hx8k", "--package", "ct256"),
            206,
            "+/ice40/cells_sim.v",
            ("C", "RCLK", "WCLK", "RCLKN", "WCLKN", "CLK", "CLOCK"),
        ),
        Target(
            "ecp5",
            "ECP5 LFE5U-85F, package CABGA756, speed grade 6",
            ("--85k", "--package", "CABGA756", "--speed", "6"),
            365,
            "+/lattice/cells_sim_ecp5.v",
            ("CLK", "WCK", "CLKA", "CLKB", "CLK0", "CLK1", "CLK2", "CLK3"),
        ),
    )
}
"""By name. A part is the family's largest that nextpnr takes, so that what can fit does."""

RESOURCES = (
    ("flip-flops", r"\$_(DFF|SDFF|ALDFF|DFFSR|FF_)|SB_DFF|TRELLIS_FF$"),
    ("latches", r"\$_(DLATCH|SR_)"),
    ("memories", r"\$mem"),
    ("block RAMs", r"SB_RAM40|DP16KD$|PDPW16KD$"),
    ("distributed RAMs", r"TRELLIS_DPR16X4$"),
    ("LUTs", r"SB_LUT4$|LUT4$"),
    ("LUT multiplexers", r"PFUMX$|L6MUX21$"),
    ("carry cells", r"SB_CARRY$|CCU2C$"),
    ("multipliers", r"SB_MAC16$|MULT(9X9|18X18)|ALU54B$"),
    ("IO cells", r"SB_IO|SB_GB_IO|TRELLIS_IO$|[IO]?BB?$"),
    ("logic gates", r"\$_"),
)
"""What a cell type is, by the first pattern that its name starts with; anything else is `other`."""
