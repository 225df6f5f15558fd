"""What hostile inputs are let loose on: a secret, files outside, listeners, and our processes."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
WITHIN_S = 30
TIGHT = {
    "CPU_S": "1",
    "WALL_FACTOR": "4",
    "MEMORY_MB": "1024",
    "FILE_MB": "4",
    "DISK_MB": "16",
    "OUTPUT_KB": "256",
    "PROCESSES": "32",
}


# Orphans come to this process; what is left of them a second after hdlsmith has ended is written
# to a file, and ended.
ADOPT_ORPHANS = """
import ctypes, os, pathlib, signal, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
code = subprocess.call(sys.argv[2:])
ours = pathlib.Path(f"/proc/self/task/{os.getpid()}/children")
deadline = time.monotonic() + 1
while (left := ours.read_text().split()) and time.monotonic() < deadline:
    for pid in left:
        os.waitpid(int(pid), os.WNOHANG)
    time.sleep(0.02)
with open(sys.argv[1], "w") as strays:
    for pid in left:
        print(pathlib.Path(f"/proc/{pid}/cmdline").read_text(), file=strays)
        os.kill(int(pid), signal.SIGKILL)
sys.exit(code if code >= 0 else 128 - code)
"""


class Prey:
    """What is attacked: a secret, a file and a folder outside, listeners, and the processes."""

    def __init__(self, data: Path | None = None) -> None:
        """
        Args:
            data: where hdlsmith keeps what it has compiled; by default a fresh folder.
        """
        self.secret = secrets.token_hex(16)
        self.folder = Path(tempfile.mkdtemp(prefix="prey-"))
        self.home, self.outside, self.tmp = (self.folder / n for n in ("home", "outside", "tmp"))
        for folder in (self.folder, self.home, self.outside, self.tmp):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o777)  # nothing but the cage protects it
        for name in (".secret", "secret.hex"):
            self._make(self.home / name, self.secret + "\n")
        self.data = data or self.home / "data"
        self.victim = self._make(self.outside / "victim", "unharmed")
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(self.folder / "socket"))
        self.unix.listen()
        (self.folder / "socket").chmod(0o777)
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0hdlsmith-hostile-{self.port}")
        self.abstract.listen()
        self.listeners = (self.tcp, self.udp, self.unix, self.abstract)
        for listener in self.listeners:
            listener.setblocking(False)

    @staticmethod
    def _make(path: Path, text: str) -> Path:
        path.write_text(text)
        path.chmod(0o666)
        return path

    def told(self, text: str) -> str:
        """The input with its placeholders filled in."""
        known = {
            "SECRET_FILE": self.home / "secret.hex",
            "HOME": self.home,
            "OUTSIDE": self.victim,
            "OUTSIDE_FOLDER": self.outside,
            "SOCKET": self.folder / "socket",
            "PORT": self.port,
            "PID": os.getpid(),
            "PYTHON": sys.base_prefix,
            "PRINT_SECRET": self.secret,
        }
        return re.sub(r"@([A-Z_]+)@", lambda match: str(known[match[1]]), text)

    def run(self, *arguments: str, start: list[str] | None = None) -> tuple[int, str]:
        """`hdlsmith ARGUMENTS` with the secret in its environment: exit code and all it said.

        Args:
            start: what starts Python, by default this one; see `as_an_ordinary_user`.
        """
        adopt = [sys.executable, "-I", "-S", "-c", ADOPT_ORPHANS, str(self.folder / "strays")]
        ours = {k: v for k, v in os.environ.items() if not k.startswith("HDLSMITH_")}
        done = subprocess.run(
            [*adopt, *(start or [sys.executable]), "-m", "hdlsmith", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=self.home,
            env={
                **ours,
                "HOME": str(self.home),
                "TMPDIR": str(self.tmp),
                "HDLSMITH_DATA_DIR": str(self.data),
                "PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}",
                "SECRET_TOKEN": self.secret,
                **{f"HDLSMITH_SANDBOX__{k}": v for k, v in TIGHT.items()},
            },
            timeout=6 * WITHIN_S,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8", "surrogateescape")

    def assert_unharmed(self, said: str) -> None:
        """Nothing leaked, nothing was changed, nothing was reached, nothing is left."""
        assert "Traceback (most recent call last)" not in said.split('{"')[0], said
        assert self.secret not in said
        assert not [p for p in self.home.glob("out.*") if self.secret.encode() in p.read_bytes()]
        assert self.victim.read_text() == "unharmed"
        assert [p.name for p in self.outside.iterdir()] == ["victim"]
        assert not self._reached()
        assert not (self.folder / "strays").read_text()
        assert not [p.name for p in self.tmp.iterdir()]

    def _reached(self) -> list[int]:
        reached = []
        for number, listener in enumerate(self.listeners):
            try:
                listener.recv(1) if listener is self.udp else listener.accept()[0].close()
                reached.append(number)
            except BlockingIOError:
                pass
        return reached

    def close(self) -> None:
        for listener in self.listeners:
            listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def as_an_ordinary_user() -> list[str] | None:
    """What starts a Python that can import hdlsmith and is not root; None where there is none."""
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--"]
    become = nobody if os.geteuid() == 0 else []
    for python in (sys.executable, f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"):
        imports = "import hdlsmith.cli, pydantic, pyslang"
        # Started once more by itself: `setpriv` still has root's rights when it starts the first.
        again = f"import os, sys; os.execv(sys.executable, [sys.executable, '-c', {imports!r}])"
        done = subprocess.run(
            [*become, python, "-c", again],
            env={"PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            cwd="/",
            check=False,
        )
        if done.returncode == 0:
            return [*become, python]
    return None
