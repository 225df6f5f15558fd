"""Parse and elaborate a design with pyslang before any tool starts.

The front end runs in one child process that serves request after request: a design can be made
to exhaust any front end's stack, memory or time, and that must end the child, not us.
`slang.py` is what the child runs.
"""

import atexit
import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading

from pydantic import TypeAdapter

from hdlsmith.design import Design, Diagnostic, Severity
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.sandbox.results import Elaboration

_DEADLY = (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGXCPU)


def elaborate(design: Design) -> Elaboration:
    """Parse and elaborate the Verilog and SystemVerilog files of a design.

    Never raises for a broken design: its faults are the diagnostics, and a design that is too
    much for the front end (nested too deeply, growing without end) gets a `gave-up` error.

    Raises:
        SandboxError: the front end itself can't be run.
    """
    return _front_end.ask(design)


def check_named_top(design: Design, elaboration: Elaboration) -> None:
    """
    Raises:
        InputError: the design's top is none of its modules; where none can be seen, nobody knows.
    """
    names = elaboration.modules
    if design.top and names and design.top not in names:
        raise InputError(
            f"no module {design.top!r} in these files", remedy=f"one of: {', '.join(names)}"
        )


class _FrontEnd:
    """The child process, started by the first request; requests of several threads queue up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, design: Design) -> Elaboration:
        with self._lock:
            child = self._child or _start()
            self._child = None  # one that we stop listening to halfway must not serve again
            answer = _exchange(child, design)
            if not answer.endswith(b"\n"):
                return _gave_up(_end(child))
            self._child = child
        record = json.loads(answer)
        if "fault" in record:
            raise SandboxError(f"pyslang failed: {record['fault']}")
        return _ADAPTER.validate_python(record)

    def close(self) -> None:
        if self._child:
            _end(self._child)


def _start() -> subprocess.Popen[bytes]:
    search = os.pathsep.join(path for path in sys.path if path)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "hdlsmith.sandbox.slang"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": search},
            start_new_session=True,  # Ctrl-C is for us alone
        )
    except OSError as error:
        raise SandboxError(f"cannot start the front end: {error.strerror}") from error


def _exchange(child: subprocess.Popen[bytes], design: Design) -> bytes:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        pickle.dump(design, child.stdin)
        child.stdin.flush()
    except BrokenPipeError:
        return b""
    return child.stdout.readline()


def _end(child: subprocess.Popen[bytes]) -> int:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.close()
    with contextlib.suppress(BrokenPipeError):  # it was gone before it had read everything
        child.stdin.close()
    return child.wait()


def _gave_up(exit_code: int) -> Elaboration:
    if -exit_code not in _DEADLY:
        raise SandboxError(
            f"pyslang's process ended with exit code {exit_code}",
            remedy="is pyslang installed? pip install pyslang",
        )
    reason = signal.Signals(-exit_code).name
    message = f"the front end gave up ({reason}): nested too deeply, or growing without end"
    return Elaboration((Diagnostic(Severity.ERROR, "gave-up", message, None, "slang"),))


_ADAPTER = TypeAdapter(Elaboration)
_front_end = _FrontEnd()
atexit.register(_front_end.close)
