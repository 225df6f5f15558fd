"""What cocotb needs of each simulator: a built design, and the command that runs it."""

import os
import secrets
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hdlsmith.design import Design, Diagnostic, SourceFile
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import parse_ghdl, parse_icarus, parse_verilator
from hdlsmith.sandbox.process import limit_behind
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.simulation.ghdl import Ghdl, run_argv
from hdlsmith.sandbox.simulation.icarus import DUMP_FORMATS, Icarus, compile_argv, with_dump
from hdlsmith.sandbox.simulation.simulators import WAVES
from hdlsmith.sandbox.simulation.verilator_build import MODEL, ModelSpec, build_model
from hdlsmith.sandbox.simulation.verilator_kit import Kit
from hdlsmith.sandbox.toolbox import extra_mounts, require_package
from hdlsmith.sandbox.workspace import Workspace, check_space, read_bounded
from hdlsmith.settings import Settings

JOB = "job"
"""What the folder of a simulation is named, with its number after it."""

COVERAGE = "coverage.dat"
"""Where a Verilator model leaves what it counted."""

_LOG, _STATUS = "hdlsmith_compile.log", "hdlsmith_compile.status"
_TIMESCALE = SourceFile("hdlsmith_timescale.f", "+timescale+1ns/1ps\n", None)
"""As cocotb's own makefiles: without it a clock of 10 ns is no whole number of steps."""

_TRUSTING = {"COCOTB_TRUST_INERTIAL_WRITES": "1"}
_ONE_THREAD = """
static const bool hdlsmith_one_thread = (Verilated::threadContextp()->threads(1), true);
"""
"""Each simulation is a fork of the model, where no thread but one goes on."""


@dataclass(frozen=True)
class Request:
    """What is to be built, and with what.

    Attributes:
        designs: each is built by itself, and can reach nothing of the others.
        workspace: makes a folder that outlives the simulations.
        waves: suffix of the waveform that is wanted, or "".
        coverage: whether lines and toggles are to be counted.
    """

    designs: tuple[Design, ...]
    workspace: Callable[[], Workspace]
    settings: Settings
    cage: Cage
    waves: str = ""
    coverage: bool = False


@dataclass(frozen=True)
class Build:
    """A design as one simulator takes it.

    Attributes:
        run: the compilation.
        diagnostics: what it said.
        simulator: its name and version.
        tool: name of the program that simulates.
        argv: the command that simulates, in a folder that has the links.
        links: name in the simulation's folder -> file that it stands for.
        read_only: what the simulation reads besides.
        env: variables for it.
        waves: the waveform's name in the session's folder.
        shared: Python starts before the design is read, so that one process serves all designs
            with equal commands.
        home: the session's folder, where the simulator reads its design from.
        quick_end: nothing of worth follows the tests' report, so that the process may end there
            and spare itself the taking down of Python.
    """

    run: ToolRun
    diagnostics: tuple[Diagnostic, ...]
    simulator: str
    tool: str
    argv: tuple[str, ...]
    links: Mapping[str, Path]
    read_only: tuple[Path, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    waves: str = ""
    shared: bool = False
    home: Workspace | None = None
    quick_end: bool = False


def build_icarus(request: Request) -> list[Build]:
    """All designs in one cage, which takes longer to start than a small design to compile.

    Raises:
        InputError: a source in another language.
        MissingToolError: Icarus Verilog isn't installed.
    """
    icarus = Icarus.find(request.settings, request.cage)
    # An `include` reaches other folders; it would have to guess their names.
    folders = [secrets.token_hex(16) for _ in request.designs]
    workspace, commands = request.workspace(), []
    for folder, design in zip(folders, request.designs, strict=True):
        whole = with_dump(design, request.waves) if request.waves else design
        files = (*whole.files, _TIMESCALE)
        workspace.write(replace(file, path=f"{folder}/{file.path}") for file in files)
        root = ["-s", WAVES] if request.waves else []
        argv = ["-f", _TIMESCALE.path, *root, *compile_argv(whole)]
        commands.append([str(icarus.iverilog), *argv])
    steps = [
        f"(cd {folder} && {shlex.join(command)} >{_LOG} 2>&1; echo $? >{_STATUS})"
        for folder, command in zip(folders, commands, strict=True)
    ]
    cores = os.cpu_count() or 1
    abreast = (steps[i : i + cores] for i in range(0, len(steps), cores))
    script = "".join(" & ".join(some) + " & wait\n" for some in abreast)
    one, many = request.cage.limits, len(folders)
    limits = replace(
        one,
        wall_s=one.wall_s * many,
        cpu_factor=one.cpu_factor * many,
        disk_bytes=one.disk_bytes * many,
    )
    run = process.run(
        replace(request.cage, limits=limits),
        "iverilog",
        ["sh", "-c", script],
        workspace.path,
        read_only=extra_mounts(icarus.iverilog),
    )
    check_space(workspace.path)
    return [
        _icarus_build(request, icarus, workspace.path / folder, command, design, run)
        for folder, command, design in zip(folders, commands, request.designs, strict=True)
    ]


def _icarus_build(
    request: Request, icarus: Icarus, folder: Path, command: list[str], design: Design, run: ToolRun
) -> Build:
    status = read_bounded(folder / _STATUS, 8).strip()
    # No status: the limits that hold for all of them ended the script before it came here.
    code = int(status) if status.isdecimal() else run.exit_code or 1
    run = replace(
        run,
        argv=tuple(command),
        exit_code=code,
        output=read_bounded(folder / _LOG, request.cage.limits.output_bytes),
        stopped_by=limit_behind(code) if status else run.stopped_by,
    )
    library = _library("icarus")
    return Build(
        run,
        parse_icarus(run.output),
        icarus.version(),
        "vvp",
        (str(icarus.vvp), "-n", "-m", str(library), "sim.vvp", DUMP_FORMATS[request.waves]),
        _links(folder, "sim.vvp", *_data_files(design)),
        read_only=(folder.parent, *extra_mounts(icarus.vvp)),
        waves=f"{JOB}0/{WAVES}{request.waves}",
        shared=True,
        quick_end=not request.waves,
    )


def build_verilator(request: Request) -> list[Build]:
    """
    Raises:
        InputError: a source in another language.
        MissingToolError: Verilator or g++ isn't installed.
    """
    kit = Kit.find(request.settings, request.cage)
    library = _library("verilator")
    main = require_package("cocotb") / "share" / "lib" / "verilator" / "verilator.cpp"
    waves = f"waves{request.waves}"
    trace = ("--trace", "--trace-file", waves) if request.waves else ()
    builds = []
    for design in request.designs:
        workspace = request.workspace()
        spec = ModelSpec(
            design,
            main.read_text() + _ONE_THREAD,
            request.waves,
            vpi=True,
            coverage=request.coverage,
            timescale="1ns/1ps",
            link=(f"-Wl,-rpath,{library.parent}", str(library)),
        )
        run = build_model(kit, spec, workspace, library.parent)
        workspace.write(file for file in design.files if file.language is None)
        builds.append(
            Build(
                run,
                parse_verilator(run.output),
                kit.version(),
                "model",
                (str(workspace.path / MODEL), *trace, f"+verilator+coverage+file+{COVERAGE}"),
                _links(workspace.path, *_data_files(design)),
                read_only=(workspace.path,),
                env=_TRUSTING,
                waves=waves,
            )
        )
    return builds


def build_ghdl(request: Request) -> list[Build]:
    """
    Raises:
        InputError: a source in another language, or no entity named as top.
        MissingToolError: GHDL isn't installed.
    """
    ghdl, builds = Ghdl.find(request.settings, request.cage), []
    for design in request.designs:
        workspace = request.workspace()
        workspace.write(design.files)
        run = ghdl.compile(workspace, design)
        argv = [*run_argv(design, request.waves), f"--vpi={_library('ghdl')}"]
        builds.append(
            Build(
                run,
                parse_ghdl(run.output),
                ghdl.version(),
                "ghdl",
                (str(ghdl.program), *argv),
                _links(workspace.path, *_data_files(design)),
                read_only=(workspace.path, *extra_mounts(ghdl.program)),
                env=_TRUSTING,
                waves=f"{WAVES}{request.waves}",
                home=workspace,
            )
        )
    return builds


BUILDERS: dict[str, Callable[[Request], list[Build]]] = {
    "icarus": build_icarus,
    "verilator": build_verilator,
    "ghdl": build_ghdl,
}


def _library(simulator: str) -> Path:
    return require_package("cocotb") / "libs" / f"libcocotbvpi_{simulator}.so"


def _data_files(design: Design) -> tuple[str, ...]:
    return tuple(file.path for file in design.files if file.language is None)


def _links(folder: Path, *names: str) -> dict[str, Path]:
    return {name: folder / name for name in names}
