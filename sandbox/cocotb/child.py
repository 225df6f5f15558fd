"""What `session.py` puts into the simulator: runs cocotb tests and tells how they ended.

Placed in the cage as `sitecustomize.py`, because the simulator's embedded Python imports that
when it starts: for Icarus before it reads the design, with cocotb loaded only once for many of
them. From there `serve` forks one simulation a job, one after the other. A job gets a fresh
folder, inputs that it can't write, and a time limit; nothing it started lives on when the next
one begins. `serve` never runs a line of the testbench or the design, and signs what it prints
with a key that no job has.

A job reports over a socket, which a design can't open by way of /proc as it could a file or a
pipe. cocotb's own results.xml is neither written nor read.
"""

import atexit
import base64
import contextlib
import ctypes
import gc
import hashlib
import hmac
import importlib
import importlib.util
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import time
import traceback
import types
from pathlib import Path
from typing import Any

_PLAN = Path("hdlsmith_plan.json")
_SET_DUMPABLE, _SET_CHILD_SUBREAPER = 4, 36  # prctl(2)
_LIMITS = {128 + signal.SIGXCPU: "cpu", 128 + signal.SIGXFSZ: "file_size"}
_REPORT_BYTES = 1 << 22
_MESSAGE_CHARS = 4000

_watched: list[str] = []
"""Modules that a testbench may use and not change."""

_before: dict[str, tuple[int, ...]] = {}
"""What their functions and classes are before a testbench is loaded."""

_job: dict[str, Any] = {}
"""In a job: the modules that hold its tests, their folder, and the socket it reports over."""


def serve(plan_file: Path) -> None:
    """Run the jobs of a plan. Returns in a forked job alone, for the simulator to go on."""
    plan = json.loads(plan_file.read_text())
    plan_file.unlink()  # it holds the key; nothing foreign has run yet
    libc = ctypes.CDLL(None)
    libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)  # nobody reads or writes our memory by way of /proc
    libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    key = bytes.fromhex(plan.pop("key"))
    _import_cocotb(plan)
    _children()  # where the kernel can't tell, better here than after the first job
    _tell(key, {"ready": True})
    for number, job in enumerate(plan["jobs"]):
        folder = f"{plan['folder']}{number}"
        if not (record := _run_job(plan, job, folder)):
            return
        _tell(key, record)
        if len(plan["jobs"]) > 1:  # what one has written must not fill the disk of the next
            shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _tell(key: bytes, record: dict[str, Any]) -> None:
    text = json.dumps(record)
    print(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), text, flush=True)


class _Light(types.ModuleType):
    """A package of which cocotb needs a few names; any other name loads it in earnest."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        spec = importlib.util.find_spec(name)
        assert spec
        vars(self).update(
            __spec__=spec,
            __path__=spec.submodule_search_locations,
            __file__=spec.origin,
            __package__=name,
        )
        sys.modules[name] = self

    def __getattr__(self, name: str) -> object:
        self.__class__ = types.ModuleType  # type: ignore[assignment]
        self.__spec__.loader.exec_module(self)  # type: ignore[union-attr]
        return getattr(self, name)


def _stand_in(name: str, **names: object) -> None:
    module = types.ModuleType(name)
    vars(module).update(names)
    sys.modules[name] = module


def _import_cocotb(plan: dict[str, Any]) -> None:
    """Load cocotb, and not what takes longer to load than cocotb itself and is never used."""
    light, named = _Light("asyncio"), importlib.import_module("asyncio.exceptions")
    vars(light).update((name, getattr(named, name)) for name in named.__all__)
    if not plan["uses_pytest"]:
        light, named = _Light("pytest"), importlib.import_module("_pytest.outcomes")
        unused = type("Unused", (), {})
        vars(light).update(raises=named.fail, skip=named.skip, xfail=named.xfail)
        vars(light).update(RaisesExc=unused, RaisesGroup=unused)
    _stand_in("cocotb._version", __version__=plan["cocotb"])
    _stand_in("cocotb._xunit_reporter", XUnitReporter=_Report, Status=str)
    for name in ("cocotb._init", "cocotb.clock", "cocotb.regression", "cocotb.triggers"):
        importlib.import_module(name)
    importlib.import_module("pygpi.entry")
    _watched.extend(name for name in sys.modules if name.split(".")[0] in ("cocotb", "builtins"))
    _before.update(_code_as_it_is())
    gc.freeze()  # so that a job neither copies nor collects what it shares with this process


def _run_job(plan: dict[str, Any], job: dict[str, Any], folder: str) -> dict[str, Any] | None:
    """One simulation in a child; None in that child itself."""
    Path(folder).mkdir()
    said, say = os.pipe()
    listen, report = socket.socketpair()
    started = time.monotonic()
    pid = os.fork()
    if not pid:
        os.dup2(say, 1)
        os.dup2(say, 2)
        os.close(said)
        os.close(say)
        listen.close()
        _enter(plan, job, folder, report)
        return None
    os.close(say)
    report.close()
    deadline = started + plan["wall_s"]
    output, told, stopped = _watch(pid, said, listen.fileno(), deadline, plan["output_bytes"])
    code = _end(pid)
    os.close(said)
    listen.close()
    return {
        "exit_code": code,
        "stopped": stopped or _LIMITS.get(code),
        "wall_s": time.monotonic() - started,
        "output": base64.b64encode(output).decode(),
        "report": told.decode("utf-8", "replace"),
    }


def _enter(plan: dict[str, Any], job: dict[str, Any], folder: str, report: socket.socket) -> None:
    """In the child: become the job."""
    os.chdir(folder)
    for name, target in job["links"].items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
    os.environ["COCOTB_TOPLEVEL"] = job["top"]
    os.environ["PYTHONPATH"] = os.pathsep.join(plan["python_path"])
    # Not the job's own folder, where the design could leave a module for the tests to import.
    sys.path[:] = [*plan["python_path"], *(p for p in sys.path if p not in ("", plan["inputs"]))]
    if job["quick_end"]:
        atexit.register(_end_now)
    _job.update(modules=plan["modules"], tests=plan["python_path"][0], report=report)


def _end_now() -> None:
    """When Python is taken down, which takes longer than a small test: end, if it has reported."""
    if _job["report"].fileno() < 0:
        ctypes.CDLL(None).fflush(None)  # what the design has printed
        os._exit(0)


def _watch(
    pid: int, said: int, told: int, deadline: float, most_bytes: int
) -> tuple[bytes, bytes, str | None]:
    """What the job prints and reports, and the limit that stopped it, until it ends."""
    got = {said: bytearray(), told: bytearray()}
    limits = {said: most_bytes, told: _REPORT_BYTES}
    stopped, ended = None, os.pidfd_open(pid)
    with selectors.DefaultSelector() as selector:
        for descriptor in (*got, ended):
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ)
        alive = True
        while alive and not stopped:
            left = deadline - time.monotonic()
            ready = [key.fd for key, _ in selector.select(max(0.0, left))]
            alive = ended not in ready
            for descriptor in (d for d in got if d in ready or not alive):
                closed = _take(descriptor, got[descriptor], limits[descriptor], whole=not alive)
                if closed and alive:
                    selector.unregister(descriptor)
            if any(len(got[descriptor]) > limits[descriptor] for descriptor in got):
                stopped = "output"
            elif alive and left <= 0:
                stopped = "wall"
    os.close(ended)
    return bytes(got[said][:most_bytes]), bytes(got[told]), stopped


def _take(descriptor: int, got: bytearray, limit: int, *, whole: bool) -> bool:
    """Read what is there; True when the other side has closed."""
    while len(got) <= limit:
        try:
            chunk = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            return False
        if not chunk:
            return True
        got += chunk
        if not whole:
            return False
    return False


def _end(pid: int) -> int:
    """Kill the job and whatever it started; its exit code, 128 + n for signal n."""
    code = 0
    while True:
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            reaped, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return code
        if reaped == pid:
            ended = os.waitstatus_to_exitcode(status)
            code = ended if ended >= 0 else 128 - ended


def _children() -> list[int]:
    """Ours, and those whose parent has ended: they become ours."""
    return list(map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()))


class _Report:
    """Takes the place of cocotb's XML reporter, which calls its methods."""

    def __init__(self, **_: object) -> None:
        self._tests: list[dict[str, Any]] = []

    def normalize_path(self, path: str) -> str:
        return path

    def add_testcase(
        self,
        name: str,
        classname: str,
        status: str,
        time: float = 0.0,
        reason: object = None,
        extra_properties: dict[str, Any] | None = None,
        **_: object,
    ) -> None:
        more = extra_properties or {}
        self._tests.append(
            {
                "name": name,
                "module": classname,
                "status": status,
                "message": _worded(reason) if status in ("failed", "error") else "",
                "path": str(more.get("file")).removeprefix(f"{_job['tests']}/"),
                "line": more.get("line"),
                "wall_s": time,
                "sim_time_ns": more.get("sim_time_duration", 0.0),
            }
        )

    def write(self, _: str) -> None:
        """Called when every test has run: the end of the regression, and the only report."""
        before, now = _before, _code_as_it_is()
        changed = sorted(k for k in now.keys() | before.keys() if now.get(k) != before.get(k))
        _send({"tests": self._tests, "changed": changed})


def _send(report: dict[str, Any]) -> None:
    with _job["report"] as to:
        to.sendall(json.dumps(report).encode())


def _code_as_it_is() -> dict[str, tuple[int, ...]]:
    """What every function and class of the watched modules is."""
    found = {}
    for name in _watched:
        for key, value in vars(sys.modules[name]).items():
            if _is_code(value):
                found[f"{name}.{key}"] = _identity(value)
            # The types of `builtins` themselves can't be changed.
            if isinstance(value, type) and value.__module__ == name != "builtins":
                for member, part in vars(value).items():
                    if _is_code(part):
                        found[f"{name}.{key}.{member}"] = _identity(part)
    return found


def _is_code(value: object) -> bool:
    return callable(value) or isinstance(value, property | staticmethod | classmethod)


def _identity(value: object) -> tuple[int, ...]:
    parts = (value, getattr(value, "__code__", None), getattr(value, "__defaults__", None))
    return tuple(map(id, parts))


def _worded(reason: object) -> str:
    if isinstance(reason, BaseException):
        tests = f"{_job['tests']}/"
        frames = traceback.extract_tb(reason.__traceback__)
        reason = "".join(traceback.format_exception_only(reason)).strip()
        if own := [frame for frame in frames if frame.filename.startswith(tests)]:
            place = f"{own[-1].filename.removeprefix(tests)}:{own[-1].lineno}"
            reason = f"{reason} (at {place}: {own[-1].line})"
    return str(reason or "")[:_MESSAGE_CHARS]


def run_tests() -> None:
    """cocotb's entry point in a job; as cocotb's own, but for where modules and results are."""
    regression = importlib.import_module("cocotb.regression")
    shutdown = importlib.import_module("cocotb._shutdown")
    manager = regression.RegressionManager()
    vars(regression).update(_manager_inst=manager)
    try:
        manager.discover_tests(*_job["modules"])
    except BaseException as error:
        _send({"error": _worded(error)})
        raise
    manager.start_regression()
    shutdown.register(manager._on_sim_end)


if _PLAN.is_file():
    serve(_PLAN)
