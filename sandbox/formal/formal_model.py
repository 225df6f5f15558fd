"""From a flat design to what a model checker reads, and back to a waveform."""

from pathlib import Path

from hdlsmith.design import SourceFile
from hdlsmith.sandbox.formal.clocking import Clocking
from hdlsmith.sandbox.formal.counterexample import Stimulus, yosys_witness
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.simulation.simulators import save_waves, waves_suffix
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.sandbox.yosys import Pass, Yosys
from hdlsmith.sandbox.yosys_log import parse_messages

_WITNESS = "witness.yw"
_WAVES = "waves"


def step_passes(clocking: Clocking) -> list[Pass]:
    """The passes that turn every register into one that takes a new value at each step.

    A step is a cycle of the only clock; or, where there is more than that, any change of any
    input: registers then look for their edges themselves, and assertions for theirs.
    """
    if clocking.cycle:
        return [["async2sync"], ["dffunmap"], ["formalff", "-clk2ff"]]
    return [["clk2fflogic"], ["dffunmap"]]


def graph_passes(graph: str, names: str) -> list[Pass]:
    """The passes that write a flat module without unknown values as AIGER, and what is what."""
    return [
        ["setattr", "-set", "keep", "1", "t:$assert"],  # or `opt` would make one of equal ones
        ["opt_clean"],
        ["opt", "-nodffe", "-nosdff"],
        ["wreduce"],
        ["peepopt"],
        ["opt_clean"],
        ["alumacc"],
        ["opt", "-nodffe", "-nosdff"],
        ["formalff", "-anyinit2ff"],  # from here on nothing may take a start as a don't-care
        ["techmap"],
        ["simplemap"],
        ["setundef", "-anyseq"],  # what mapping leaves open, such as a bit beyond the last
        ["aigmap"],
        ["opt_clean"],
        ["write_aiger", "-zinit", "-I", "-B", "-L", "-no-startoffset", "-ywmap", names, graph],
    ]


def failure(run: ToolRun) -> str:
    """Why a run of Yosys came to nothing, in a few words."""
    if run.stopped_by:
        return f"it reached its {run.stopped_by} limit"
    errors = (found.message for found in parse_messages(run.output) if found.severity == "error")
    last = (run.output.strip().splitlines() or ["no output"])[-1]
    return next(errors, last)[:300]


def simulate_stimulus(
    yosys: Yosys,
    files: tuple[SourceFile, ...],
    reading: list[Pass],
    stimulus: Stimulus,
    waves: Path | None,
) -> ToolRun:
    """Simulate a stimulus in Yosys, with four-valued logic.

    Args:
        reading: the passes that read the files, with a top.
        waves: where a waveform of every signal goes; VCD or FST by its suffix.

    Raises:
        InputError: the waveform can't be written there.
        SandboxError: the sandbox failed, not the design.
    """
    suffix = waves_suffix(waves)
    name = f"{_WAVES}{suffix}"
    writing = [f"-{suffix[1:]}", name] if suffix else []
    with Workspace(yosys.cage.uid) as workspace:
        workspace.write((*files, SourceFile(_WITNESS, yosys_witness(stimulus), None)))
        run = yosys.run(workspace, [*reading, ["sim", "-q", "-r", _WITNESS, *writing]])
        save_waves(workspace.path / name, waves)
    return run
