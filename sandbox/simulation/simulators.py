"""What every simulator does, and the table of those there are."""

from pathlib import Path
from typing import Protocol, cast

from hdlsmith.design import Design
from hdlsmith.errors import InputError
from hdlsmith.languages import LANGUAGES, Language
from hdlsmith.registry import resolve
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.results import SimResult
from hdlsmith.sandbox.workspace import copy_out
from hdlsmith.settings import Settings

SIMULATORS = {
    "icarus": "hdlsmith.sandbox.simulation.icarus:Icarus",
    "verilator": "hdlsmith.sandbox.simulation.verilator_sim:VerilatorSimulator",
    "ghdl": "hdlsmith.sandbox.simulation.ghdl:Ghdl",
    "both": "hdlsmith.sandbox.simulation.agreement:Agreement",
}
"""Short name -> class. A class of that kind has `find(settings, cage)`, as below."""

WAVES = "hdlsmith_waves"
"""What a simulation calls the waveform that it writes in its workspace, without the suffix."""


class Simulator(Protocol):
    """A simulator that works here."""

    @property
    def name(self) -> str:
        """The short name."""

    def version(self) -> str:
        """For reports: name and number."""

    def simulate(self, design: Design, waves: Path | None = None) -> SimResult:
        """Compile and run a design whose top is a testbench, and judge its log.

        Args:
            waves: where a waveform of every signal goes, as VCD or FST by its suffix. None is
                written where nothing was simulated.

        Raises:
            InputError: a source in a language that it can't read; another suffix; the waveform
                can't be written there.
            SandboxError: the sandbox failed, not the design.
        """


class _Kind(Protocol):
    def find(self, settings: Settings, cage: Cage) -> Simulator: ...


def find_simulator(name: str, settings: Settings, cage: Cage) -> Simulator:
    """The simulator of that name, tried once a process on something trivial.

    Raises:
        InputError: no such simulator; lists the choices.
        MissingToolError: not installed.
        SandboxError: it does not work in this cage.
    """
    return cast(_Kind, resolve(name, SIMULATORS, "simulator")).find(settings, cage)


def default_simulator(design: Design) -> str:
    """GHDL for a design in VHDL, else Icarus."""
    vhdl = all(file.language is Language.VHDL for file in design.sources)
    return "ghdl" if vhdl else "icarus"


def refuse_other_languages(design: Design, simulator: str, *read: Language) -> None:
    """
    Raises:
        InputError: a source in a language that the simulator does not read.
    """
    for file in design.sources:
        if file.language and file.language not in read:
            title, names = LANGUAGES[file.language].title, [LANGUAGES[it].title for it in read]
            raise InputError(
                f"{file.path} is {title}, which {simulator} can't simulate",
                remedy=f"name {' or '.join(names)} files",
            )


def waves_suffix(waves: Path | None) -> str:
    """`.vcd` or `.fst`; "" where no waveform is wanted.

    Raises:
        InputError: another suffix, or no folder to write to.
    """
    if waves is None:
        return ""
    suffix = waves.suffix.lower()
    if suffix not in (".vcd", ".fst"):
        raise InputError(f"{waves} is neither .vcd nor .fst", remedy="name the waveform so")
    if not waves.parent.is_dir():
        raise InputError(f"{waves.parent} is no folder", remedy="make it, or name another")
    return suffix


def save_waves(written: Path, waves: Path | None) -> None:
    """Copy the waveform that a simulation left to where the user wants it.

    Raises:
        InputError: it can't be written there.
    """
    if waves is None:
        return
    try:
        copy_out(written, waves)
    except OSError as error:
        raise InputError(
            f"cannot write {waves}: {error.strerror}", remedy="choose another place for --waves"
        ) from error
