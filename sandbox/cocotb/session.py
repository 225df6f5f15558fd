"""A session: one process in the cage that runs one or many built designs under one testbench."""

import base64
import hashlib
import hmac
import json
import secrets
import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hdlsmith.design import SourceFile
from hdlsmith.errors import MissingToolError, SandboxError
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage, Limits
from hdlsmith.sandbox.cocotb.build import COVERAGE, JOB, Build
from hdlsmith.sandbox.cocotb.coverage import FUNCTIONAL, NO_COVERAGE, Coverage, read_coverage
from hdlsmith.sandbox.python_child import interpreter, outside_usr
from hdlsmith.sandbox.results import Stopped, ToolRun
from hdlsmith.sandbox.simulation.simulators import save_waves
from hdlsmith.sandbox.toolbox import require_package
from hdlsmith.sandbox.workspace import Workspace, read_bounded

_CHILD = Path(__file__).with_name("child.py")
_PLAN = "hdlsmith_plan.json"
_REPORT_BYTES = 1 << 23
_COVERAGE_BYTES = 64 << 20
_SEED = "1"
"""Every run draws the same random numbers, so that it can be repeated."""


@dataclass(frozen=True)
class Told:
    """What came of one simulation.

    Attributes:
        report: what its tests reported, as it came; "" where they reported nothing.
    """

    run: ToolRun
    report: str = ""
    coverage: Coverage = NO_COVERAGE


@dataclass(frozen=True)
class Session:
    """What all simulations of one call share.

    Attributes:
        inputs: the folder with the child and the testbench, which jobs can't write.
        modules: those that hold tests.
    """

    cage: Cage
    inputs: Workspace
    tests: tuple[SourceFile, ...]
    modules: tuple[str, ...]

    def __post_init__(self) -> None:
        self.inputs.write((SourceFile("sitecustomize.py", _CHILD.read_text(), None),))
        self.inputs.write(replace(file, path=f"tests/{file.path}") for file in self.tests)

    def simulate(
        self, builds: dict[int, Build], tops: list[str], waves: Path | None
    ) -> dict[int, Told]:
        """Run what was built: number of the design -> what came of it.

        Raises:
            InputError: the waveform can't be written where it should.
            MissingToolError: cocotb or libpython isn't there.
            SandboxError: the sandbox failed, not the design.
        """
        told: dict[int, Told] = {}
        while pending := [number for number in builds if number not in told]:
            first = builds[pending[0]]
            together = [n for n in pending if builds[n].argv == first.argv]
            # A job that ends the whole session is told of alone; those after it go on in another.
            jobs = {n: (builds[n], tops[n]) for n in (together if first.shared else pending[:1])}
            told |= self._serve(jobs, waves)
        return told

    def _serve(self, jobs: dict[int, tuple[Build, str]], waves: Path | None) -> dict[int, Told]:
        first, key = next(iter(jobs)), secrets.token_bytes(32)
        build, _ = jobs[first]
        site = require_package("cocotb").parent
        mounts = (path for job, _ in jobs.values() for path in job.read_only)
        with nullcontext(build.home) if build.home else Workspace(self.cage.uid) as workspace:
            plan = json.dumps(self._plan(jobs, key, site))
            workspace.write((SourceFile(_PLAN, plan, None),))
            run = process.run(
                replace(self.cage, limits=self._limits(len(jobs))),
                build.tool,
                list(build.argv),
                workspace.path,
                read_only=(
                    *interpreter(),
                    *outside_usr(site, libpython().parent),
                    self.inputs.path,
                    *dict.fromkeys(mounts),
                ),
                env=_environment(site, self.inputs.path) | dict(build.env),
            )
            signed = _signed(run.output, key)
            if not signed and not build.shared and (run.signal or run.stopped_by):
                return {first: Told(run)}  # of the design it had read
            if not signed:
                said = run.output.strip()[-300:] or f"exit code {run.exit_code}"
                raise SandboxError(
                    f"cocotb does not start in {build.tool}: {said}",
                    remedy="raise the limits under `sandbox`, or install cocotb again",
                )
            save_waves(workspace.path / build.waves, waves)
            told = {
                number: _told(run, record, workspace.path / f"{JOB}{place}")
                for place, (number, record) in enumerate(zip(jobs, signed[1:], strict=False))
            }
        return told or {first: Told(replace(run, output=""))}

    def _plan(self, jobs: dict[int, tuple[Build, str]], key: bytes, site: Path) -> dict[str, Any]:
        return {
            "key": key.hex(),
            "wall_s": self.cage.limits.wall_s,
            "output_bytes": self.cage.limits.output_bytes,
            "uses_pytest": any("pytest" in file.text for file in self.tests),
            "cocotb": version("cocotb"),
            "inputs": str(self.inputs.path),
            "python_path": [str(self.inputs.path / "tests"), str(site)],
            "modules": self.modules,
            "folder": JOB,
            "jobs": [
                {
                    "top": top,
                    "links": {name: str(path) for name, path in job.links.items()},
                    "quick_end": job.quick_end,
                }
                for job, top in jobs.values()
            ],
        }

    def _limits(self, jobs: int) -> Limits:
        # The child holds each job to the limits; these leave room for all of them.
        one = self.cage.limits
        return replace(
            one,
            wall_s=jobs * (one.wall_s + 1) + 10,
            cpu_factor=jobs * one.cpu_factor,
            disk_bytes=jobs * one.disk_bytes,
            output_bytes=jobs * (2 * one.output_bytes + _REPORT_BYTES) + _REPORT_BYTES,
        )


def _environment(site: Path, inputs: Path) -> dict[str, str]:
    simulator = next((site / "cocotb").glob("simulator.*.so"))
    return {
        "PYTHONPATH": f"{inputs}:{site}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYGPI_PYTHON_BIN": sys.executable,
        "PYGPI_USERS": "cocotb.logging:_configure,cocotb._init:init_package_from_simulation,"
        "sitecustomize:run_tests",
        "GPI_USERS": f"{libpython()};{simulator},initialize",
        "GPI_LOG_LEVEL": "WARNING",
        "COCOTB_ANSI_OUTPUT": "0",
        "COCOTB_PREVIEW": "xfail_in_results",
        "COCOTB_RANDOM_SEED": _SEED,
    }


@cache
def libpython() -> Path:
    """The shared library of this Python, which the simulator loads.

    Raises:
        MissingToolError: this Python was built without one.
    """
    require_package("cocotb")
    from find_libpython import find_libpython  # comes with cocotb

    if found := find_libpython():
        return Path(found)
    raise MissingToolError(
        f"cocotb needs the shared library of {sys.executable}, which was built without one",
        remedy="apt-get install libpython3-dev, or build this Python with --enable-shared",
    )


def _signed(output: str, key: bytes) -> list[dict[str, Any]]:
    """The records that the child signed, in order; anything else on its output is noise."""
    records = []
    for line in output.split("\n"):
        mac, _, text = line.partition(" ")
        right = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        if hmac.compare_digest(mac.encode(), right.encode()):
            records.append(json.loads(text))
    return records


def _told(session: ToolRun, record: dict[str, Any], folder: Path) -> Told:
    run = replace(
        session,
        exit_code=record["exit_code"],
        output=base64.b64decode(record["output"]).decode("utf-8", "replace"),
        wall_s=record["wall_s"],
        stopped_by=Stopped(record["stopped"]) if record["stopped"] else None,
    )
    left = (read_bounded(folder / name, _COVERAGE_BYTES) for name in (COVERAGE, FUNCTIONAL))
    return Told(run, record["report"], read_coverage(*left))
