"""What is installed, and what the cage holds: every line is the answer of something that ran."""

import json
import re
import socket
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from hdlsmith.errors import SandboxError
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import WORK, Cage
from hdlsmith.sandbox.linters.verible import find_verible
from hdlsmith.sandbox.linters.verilator import find_verilator
from hdlsmith.sandbox.python_child import interpreter
from hdlsmith.sandbox.results import Stopped, ToolRun
from hdlsmith.sandbox.toolbox import (
    PACKAGES,
    TOOLS,
    ToolInfo,
    extra_mounts,
    find_tool,
    package_folder,
)
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings

_CHILD = Path(__file__).with_name("doctor_child.py")
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")
_SYSTEM = ("/", "/usr", "/usr/bin", "/dev/shm", "/etc", "/var/tmp", "/home")  # noqa: S108


@dataclass(frozen=True)
class Tool:
    """One program or Python package.

    Attributes:
        version: "" where it is missing; "unknown" where it is there and doesn't tell.
        path: where it is, or None.
        install: the line that installs it.
    """

    name: str
    purpose: str
    version: str
    path: Path | None
    install: str
    essential: bool = False


@dataclass(frozen=True)
class Protection:
    """One thing the cage shall keep from happening, and what an attempt met."""

    name: str
    held: bool
    seen: str


def find_tools(settings: Settings, cage: Cage) -> tuple[Tool, ...]:
    """Every program and package hdlsmith can use; each program tells its version in the cage."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        programs = list(pool.map(lambda info: _program(info, settings, cage), TOOLS.values()))
    packages = [
        Tool(info.module, info.purpose, _installed(info.module), path, info.install)
        for info in PACKAGES.values()
        for path in [package_folder(info.module)]
    ]
    return (*programs, *packages)


def probe(cage: Cage) -> tuple[Protection, ...]:
    """Try to break out of the cage in every way it shall hold.

    Raises:
        SandboxError: nothing at all runs in this cage.
    """
    limits = cage.limits
    endless = (
        ("CPU time", "spin", replace(limits, cpu_s=1), Stopped.CPU),
        ("wall time", "sleep", replace(limits, wall_s=0.5), Stopped.WALL),
        ("output", "flood", replace(limits, output_bytes=1 << 16), Stopped.OUTPUT),
        ("disk", "fill", replace(limits, disk_bytes=1 << 20, wall_s=5), Stopped.DISK),
    )
    with ThreadPoolExecutor(max_workers=len(endless) + 1) as pool:
        looking = pool.submit(_look, cage)
        running = [
            pool.submit(_attempt, replace(cage, limits=tight), name)
            for _, name, tight, _ in endless
        ]
        ended = [
            _stopped(what, run.result(), expected)
            for (what, _, _, expected), run in zip(endless, running, strict=True)
        ]
        return (*looking.result(), *ended)


def _program(info: ToolInfo, settings: Settings, cage: Cage) -> Tool:
    path = _locate(info.name, settings)
    told = _told_version(info, path, cage) if path else ""
    return Tool(info.name, info.purpose, told, path, info.install, info.essential)


def _locate(name: str, settings: Settings) -> Path | None:
    if name == "verilator":
        found = find_verilator(settings.tools)
        return found[0] if found else None
    if name == "verible":
        return find_verible(settings.tools)
    return find_tool(name, settings.tools)


def _told_version(info: ToolInfo, path: Path, cage: Cage) -> str:
    if info.wheel and path.is_relative_to(sysconfig.get_path("data")):
        return _installed(info.wheel)
    if not info.version:
        return "unknown"
    with Workspace(cage.uid) as workspace:
        try:
            run = process.run(
                cage,
                info.name,
                [str(path), *info.version],
                workspace.path,
                read_only=extra_mounts(path),
            )
        except SandboxError as error:
            return f"unknown ({error.message})"
    found = _VERSION.search(run.output)
    return found[0] if found else "unknown"


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _attempt(cage: Cage, name: str, told: dict[str, Any] | None = None) -> ToolRun:
    words = [json.dumps(told)] if told else []
    with Workspace(cage.uid) as workspace:
        return process.run(
            cage,
            "probe",
            [sys.executable, "-I", "-S", str(_CHILD), name, *words],
            workspace.path,
            read_only=(*interpreter(), _CHILD),
        )


def _look(cage: Cage) -> tuple[Protection, ...]:
    limits = cage.limits
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        tempfile.NamedTemporaryFile(prefix="hdlsmith-probe-") as secret,
    ):
        Path(secret.name).chmod(0o644)  # nothing but the cage keeps it from being read
        port = listener.getsockname()[1]
        run = _attempt(
            cage,
            "look",
            {
                "port": port,
                "hidden": [secret.name, *_files_of_yours()],
                "system": list(_SYSTEM),
                "memory_bytes": limits.memory_bytes,
                "file_bytes": limits.file_bytes,
                "processes": limits.processes,
            },
        )
    try:
        met: dict[str, Any] = json.loads(run.output)
    except ValueError:
        raise SandboxError(
            f"the probe did not run in the cage: {run.output.strip()[-300:] or 'no output'}",
            remedy="raise the limits under `sandbox`, or see whether the tools' user may read"
            f" {sys.executable}",
        ) from None
    return _judged(met, cage)


def _files_of_yours() -> list[str]:
    """What stands in /etc and the home folder, but for the way to a Python that lives there."""
    shown = interpreter()
    found = (entry for folder in (Path("/etc"), Path.home()) for entry in sorted(folder.iterdir()))
    return [str(entry) for entry in found if not any(p.is_relative_to(entry) for p in shown)]


def _judged(met: dict[str, Any], cage: Cage) -> tuple[Protection, ...]:
    limits = cage.limits
    allowed = {**cage.environment(), "PWD": WORK}
    leaked = {name for name, _ in met["environment"].items() - allowed.items()}
    same_space = met["pid_space"] == Path("/proc/self/ns/pid").stat().st_ino
    mib = 1 << 20
    return (
        _against(
            "network",
            "a listener on 127.0.0.1 was reached" if met["connected"] else "",
            "a listener on 127.0.0.1 could not be reached",
        ),
        _against(
            "processes of others",
            "every process of this machine is in sight" if same_space else "",
            "a process space of its own",
        ),
        _against(
            "files of yours",
            _told("could read", met["readable"]),
            "nothing of the home folder, /etc and the temporary folder can be opened",
        ),
        _against(
            "read-only system",
            _told("could write", met["writable"]),
            f"{', '.join(_SYSTEM[:4])} and others refused a new file",
        ),
        _against(
            "environment",
            _told("saw", sorted(leaked)),
            f"{', '.join(met['environment'])} and nothing else",
        ),
        _against("open files", _told("inherited", met["open_files"]), "none but stdin and output"),
        _against(
            "rights",
            _rights(met),
            f"user {met['uid']}, no capability, none to be had by a setuid program",
        ),
        _against(
            "memory",
            f"could take {limits.memory_bytes // mib:,} MiB" if met["allocated"] else "",
            f"{limits.memory_bytes // mib:,} MiB were refused",
        ),
        _against(
            "processes",
            f"{met['processes']} alive at once" if met["processes"] > limits.processes else "",
            f"the fork after {met['processes']} was refused",
        ),
        _against(
            "file size",
            "a byte past the limit was written" if met["file_bytes"] > limits.file_bytes else "",
            f"a file ended at {met['file_bytes'] // mib:,} MiB",
        ),
        _against("limits", "a limit could be raised" if met["raised"] else "", "can't be raised"),
    )


def _rights(met: dict[str, Any]) -> str:
    if met["uid"] == 0:
        return "runs as root"
    if met["capabilities"]:
        return f"user {met['uid']} with capabilities {met['capabilities']:#x}"
    return "" if met["no_new_privileges"] else "a setuid program would give rights"


def _stopped(name: str, run: ToolRun, expected: Stopped) -> Protection:
    ended = f"ended by the {run.stopped_by or 'no'} limit after {run.wall_s:.1f} s"
    return Protection(name, run.stopped_by is expected, ended)


def _against(name: str, breach: str, held: str) -> Protection:
    return Protection(name, not breach, breach or held)


def _told(verb: str, things: list[str]) -> str:
    more = f" and {len(things) - 3} more" if len(things) > 3 else ""
    return f"{verb} {', '.join(things[:3])}{more}" if things else ""
