"""Verilator models, built in the cage and kept by content.

Verilator translates, and one run of g++ compiles all it wrote as a single unit and links it to
the runtime of `verilator_kit`: no make, no perl, two processes that count.

A hostile design can't poison what is kept. Builds see the runtime read-only and nothing else of
the cache. A model is put away by this process, after its build has ended, under a name that is
the hash of everything that went in; a run gets a copy.
"""

import shlex
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from hdlsmith.design import Design, SourceFile, digest_of
from hdlsmith.errors import SandboxError
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.sandbox.cage import CageKind
from hdlsmith.sandbox.kept import keep, touch
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.simulation.simulators import refuse_other_languages
from hdlsmith.sandbox.simulation.verilator_kit import Kit
from hdlsmith.sandbox.workspace import Workspace, copy_out

MODEL = "hdlsmith_model"
"""The program that a build leaves in its workspace."""

MAIN = Path(__file__).with_name("verilator_main.cpp").read_text()
"""The simulation loop of a plain testbench; its one argument is the waveform to write."""

_TRANSLATED = "hdlsmith_translated"
_UNIT = "hdlsmith_unit.cpp"
_MAIN = "hdlsmith_main.cpp"
_RUNTIME = "hdlsmith_runtime"
_LOG = "build.log"
_MODELS_BYTES = 512 << 20


@dataclass(frozen=True)
class ModelSpec:
    """What a model is made of; equal specifications share one.

    Attributes:
        main: C++ text of the main program: it includes `Vtop.h`, and finds VM_TRACE, VM_TRACE_FST,
            VM_TRACE_VCD and VM_COVERAGE defined as Verilator's own makefiles do.
        waves: the kind of waveform that it can write, as a suffix: `.vcd`, `.fst` or none.
        vpi: whether VPI reaches every signal, to read and to write.
        coverage: whether it counts lines and toggles.
        timescale: unit and precision of modules that name none; Icarus' own default is 1 s.
        link: more words for the linker.
    """

    design: Design
    main: str = MAIN
    waves: str = ""
    vpi: bool = False
    coverage: bool = False
    timescale: str = "1s/1s"
    link: tuple[str, ...] = ()


def build_model(kit: Kit, spec: ModelSpec, workspace: Workspace, *mounts: Path) -> ToolRun:
    """Put the program `MODEL` into a workspace: one that was kept, or else a new one.

    Args:
        mounts: folders that the linker must see.

    Returns:
        what Verilator and g++ said; `wall_s` is 0 for a model that was kept. There is no program
        where the run is not `ok`.

    Raises:
        InputError: a source in another language than Verilog or SystemVerilog.
        MissingToolError: FST is asked for, and what writing it takes isn't installed.
        SandboxError: the sandbox failed, not the design.
    """
    try:
        return _build(kit, spec, workspace.path / MODEL, mounts)
    except OSError as error:
        raise SandboxError(
            f"cannot write a Verilator model: {error.strerror}",
            remedy="free some space, or point TMPDIR and data_dir at folders with room",
        ) from error


def _build(kit: Kit, spec: ModelSpec, model: Path, mounts: tuple[Path, ...]) -> ToolRun:
    argv = verilate_argv(spec)
    kept = kit.cache / "models" / _key(kit, spec, argv)
    if (said := _fetch(kept, model)) is not None:
        return ToolRun("verilator", ("verilator", *argv), 0, said, 0.0, kit.cage.kind.value)
    runtime = kit.runtime(fst=spec.waves == ".fst")
    isolated = kit.cage.kind is CageKind.BUBBLEWRAP
    with Workspace(kit.cage.uid) as bench:
        if not isolated:  # a cage that mounts nothing: its user may not reach our own folders
            runtime = Path(shutil.copytree(runtime, bench.path / _RUNTIME))
        bench.write((*spec.design.files, SourceFile(_MAIN, _macros(spec) + spec.main, None)))
        run = kit.run(bench, _build_argv(kit, spec, argv, runtime), runtime, *mounts)
        run = replace(run, argv=("verilator", *argv))
        if not run.ok or not copy_out(bench.path / MODEL, model):
            return replace(run, exit_code=run.exit_code or 1)
    model.chmod(0o755)
    # Without isolation an `include` reaches files that the name would not tell of.
    if isolated:
        with suppress(OSError):  # a full disk there costs time, and nothing else
            keep(kept, {MODEL: model, _LOG: run.output}, _MODELS_BYTES)
    return run


def _fetch(kept: Path, model: Path) -> str | None:
    """Copy the program that was kept, and tell what its build said; None if there is none."""
    try:
        shutil.copy(kept / MODEL, model)
        said = (kept / _LOG).read_text("utf-8")
    except FileNotFoundError:
        return None
    touch(kept)
    return said


def verilate_argv(spec: ModelSpec) -> list[str]:
    """The arguments that translate a design to C++.

    Raises:
        InputError: a source in another language than Verilog or SystemVerilog.
    """
    design = spec.design
    refuse_other_languages(design, "Verilator", *VERILOG_FAMILY)
    argv = ["--cc", "--timing", "--assert", "-Wno-fatal", "--quiet", "--converge-limit", "10000"]
    argv += ["--no-stop-fail", "--timescale", spec.timescale]
    argv += ["--prefix", "Vtop", "--Mdir", _TRANSLATED]
    argv += ["--top-module", design.top] if design.top else []
    argv += ["--vpi", "--public-flat-rw"] if spec.vpi else []
    argv += ["--coverage-line", "--coverage-toggle", "--coverage-user"] if spec.coverage else []
    argv += [f"--trace-{spec.waves[1:]}", "--trace-structs"] if spec.waves else []
    argv += [f"-I./{folder}" for folder in design.header_folders]
    argv += [f"-G{name}={value}" for name, value in design.parameters]
    return [*argv, *(f"./{file.path}" for file in design.sources)]


def _build_argv(kit: Kit, spec: ModelSpec, argv: list[str], runtime: Path) -> list[str]:
    compile_ = kit.compile_argv(
        runtime, _UNIT, MODEL, waves=spec.waves, vpi=spec.vpi, coverage=spec.coverage
    )
    # Fixed text over words that the shell only passes on; Verilator names its files itself.
    script = (
        f'"$@" && for unit in {_TRANSLATED}/*.cpp {_MAIN}; do echo "#include \\"$unit\\""; done'
        f" >{_UNIT} && exec {shlex.join([*compile_, f'-I{_TRANSLATED}', *spec.link])}"
    )
    return ["sh", "-c", script, "sh", str(kit.verilator), *argv]


def _macros(spec: ModelSpec) -> str:
    values = {
        "VM_TRACE": bool(spec.waves),
        "VM_TRACE_VCD": spec.waves == ".vcd",
        "VM_TRACE_FST": spec.waves == ".fst",
        "VM_COVERAGE": spec.coverage,
    }
    return "".join(f"#define {name} {int(value)}\n" for name, value in values.items())


def _key(kit: Kit, spec: ModelSpec, argv: list[str]) -> str:
    texts = (part for file in spec.design.files for part in (file.path, file.text))
    return digest_of(kit.digest, spec.main, repr((argv, spec.link)), *texts)
