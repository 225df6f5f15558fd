"""The cage: what a tool that reads foreign code may see and use.

With bubblewrap: no network, its own process space, a read-only system without /etc and /home, an
empty /tmp, one writable folder. Without it, plain limits only, and every result says so.
Computing the command line is a pure function; `process.py` runs it.
"""

import os
import random
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from hdlsmith.errors import SandboxError
from hdlsmith.settings import SandboxSettings

WORK = "/run/hdlsmith"
"""Where the workspace is mounted inside the cage; a tool installed below it would be hidden."""

FIRST_UID, _LAST_UID = 600_000, 1_600_000_000
"""The users that tools run as when hdlsmith is root: above those that anybody is given."""

_MIB = 1 << 20
_TMP_BYTES = 64 * _MIB
_OPEN_FILES = 256


class CageKind(StrEnum):
    BUBBLEWRAP = "bubblewrap"
    LIMITS = "limits"


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes:
        cpu_s: CPU seconds of a process; independent of how busy the machine is.
        cpu_factor: what all its processes together may burn, as a multiple of `cpu_s`.
        wall_s: seconds until it is killed, however little it did.
        memory_bytes: address space of a process, and what all together may hold.
        processes: alive at once, threads included.
        file_bytes: the largest file it may write.
        disk_bytes: what it may write to disks, and leave in its folder.
        output_bytes: captured output.
    """

    cpu_s: int = 60
    cpu_factor: float = 4.0
    wall_s: float = 1200.0
    memory_bytes: int = 2048 * _MIB
    processes: int = 64
    file_bytes: int = 256 * _MIB
    disk_bytes: int = 1024 * _MIB
    output_bytes: int = 4 * _MIB

    @classmethod
    def from_settings(cls, settings: SandboxSettings) -> "Limits":
        return cls(
            cpu_s=settings.cpu_s,
            wall_s=settings.cpu_s * settings.wall_factor,
            memory_bytes=settings.memory_mb * _MIB,
            processes=settings.processes,
            file_bytes=settings.file_mb * _MIB,
            disk_bytes=settings.disk_mb * _MIB,
            output_bytes=settings.output_kb * 1024,
        )


@dataclass(frozen=True)
class Cage:
    """An isolation and its limits.

    Attributes:
        uid: the unprivileged user that tools run as when hdlsmith itself is root (a process
            limit does not bind root); None when it is not, or no such user could run them.
    """

    kind: CageKind
    limits: Limits
    uid: int | None = None

    def argv(
        self, command: list[str], workdir: Path, status_fd: int, read_only: tuple[Path, ...] = ()
    ) -> list[str]:
        """The whole command line that runs `command` in `workdir` inside this cage.

        Args:
            status_fd: where bubblewrap tells, as JSON, that the command ran at all; the plain
                limits leave it alone.
        """
        limited = [*_prlimit(self.limits), *command]
        if self.kind is CageKind.LIMITS:
            no_setuid = ["setpriv", "--no-new-privs", "--"] if self.uid is not None else []
            return [*_drop_to(self.uid), *no_setuid, *limited]
        outer = _bubblewrap(workdir, status_fd, read_only, self.uid)
        return [*outer, *_drop_to(self.uid), *limited]

    def environment(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """The allow-listed environment; nothing of the user's is passed on."""
        home = "/tmp" if self.kind is CageKind.BUBBLEWRAP else "/nonexistent"  # noqa: S108
        path = "/usr/local/bin:/usr/bin:/bin"
        return {"PATH": path, "HOME": home, "LANG": "C.UTF-8", **(extra or {})}


def make_cage(settings: SandboxSettings) -> Cage:
    """The strongest cage that works here, or the one asked for.

    Raises:
        SandboxError: `strict` was asked for, and nothing isolates here.
    """
    limits = Limits.from_settings(settings)
    # Nobody else's uid, so that nobody else's processes count against the limit.
    uid = random.randrange(FIRST_UID, _LAST_UID) if os.geteuid() == 0 else None  # noqa: S311
    if settings.cage != "limits" and bubblewrap_works():
        return Cage(CageKind.BUBBLEWRAP, limits, uid)
    if settings.cage == "strict":
        raise SandboxError(
            "bubblewrap does not work here, and nothing else isolates",
            remedy="apt-get install bubblewrap, allow user namespaces, or set sandbox.cage=auto",
        )
    # Where Python lives in root's own home, no other user could run the tools that need it.
    return Cage(CageKind.LIMITS, limits, uid if _others_reach(Path(sys.executable)) else None)


def _others_reach(program: Path) -> bool:
    real = program.resolve()  # a virtual environment's python is a link to another folder
    way = (real, *real.parents, *program.parents)
    return all(place.stat().st_mode & stat.S_IXOTH for place in way)


@cache
def bubblewrap_works() -> bool:
    """Whether a trivial process runs in the very cage that tools will get."""
    if not shutil.which("bwrap") or not shutil.which("prlimit"):
        return False
    cage = Cage(CageKind.BUBBLEWRAP, Limits(), FIRST_UID if os.geteuid() == 0 else None)
    probe = subprocess.run(
        cage.argv(["true"], Path("/usr"), status_fd=2),
        env=cage.environment(),
        capture_output=True,
        timeout=30,
        check=False,
    )
    return probe.returncode == 0


def _prlimit(limits: Limits) -> list[str]:
    return [
        "prlimit",
        f"--cpu={limits.cpu_s}:{limits.cpu_s + 1}",
        f"--as={limits.memory_bytes}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.file_bytes}",
        f"--nofile={_OPEN_FILES}",
        "--core=0",
        "--",
    ]


@cache
def _system_mounts() -> list[str]:
    mounts = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/", name)
        if path.is_symlink():  # Debian since 12: /bin -> usr/bin
            mounts += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            mounts += ["--ro-bind", str(path), str(path)]
    return mounts


def _bubblewrap(
    workdir: Path, status_fd: int, read_only: tuple[Path, ...], uid: int | None
) -> list[str]:
    spaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    if uid is None:
        spaces += ["--unshare-user"]
    else:
        spaces += ["--cap-drop", "ALL"]
        # What the change of user needs, and bwrap itself to enter a folder of another user's; all
        # are gone after that change.
        for name in ("SETUID", "SETGID", "DAC_OVERRIDE"):
            spaces += ["--cap-add", f"CAP_{name}"]
    binds = [word for path in read_only for word in _bind(path)]
    # A tool that doesn't become another user owns what bwrap made, and could fill the memory.
    closed = ["--remount-ro", "/dev", "--remount-ro", "/"] if uid is None else []
    return [
        "bwrap",
        *spaces,
        "--die-with-parent",
        "--new-session",
        *("--json-status-fd", str(status_fd)),
        *_system_mounts(),
        *("--proc", "/proc"),
        *("--dev", "/dev"),
        *("--perms", "1777", "--size", str(_TMP_BYTES), "--tmpfs", "/tmp"),  # noqa: S108
        *binds,
        # A missing parent would be private to root, and tools that resolve paths walk through it.
        *("--perms", "0755", "--dir", str(Path(WORK).parent)),
        *("--bind", str(workdir), WORK),
        *closed,
        *("--chdir", WORK),
        "--",
    ]


def _bind(path: Path) -> list[str]:
    # bwrap makes missing parents private to root; the unprivileged tool must walk through them.
    parents = [p for p in reversed(path.parents) if p != Path("/")]
    made = [word for parent in parents for word in ("--perms", "0755", "--dir", str(parent))]
    return [*made, "--ro-bind", str(path), str(path)]


def _drop_to(uid: int | None) -> list[str]:
    if uid is None:
        return []
    # `setpriv` does the same in twice the time. bwrap has already forbidden new privileges, so that
    # no capability can come back with a later program.
    return ["unshare", f"--setuid={uid}", f"--setgid={uid}", "--"]
