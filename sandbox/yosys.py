"""Yosys, by way of pyosys in a caged child."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import LANGUAGES, VERILOG_FAMILY, Language
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.python_child import run_script
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.toolbox import require_package
from hdlsmith.sandbox.workspace import Workspace

_CHILD = Path(__file__).with_name("yosys_child.py")
_PASSES = "passes.json"
_PATTERN = re.compile(r"[*?$\[]|\.\.\.")  # what front ends expand in a file name

Pass = list[str]
"""One Yosys pass and its arguments: `["synth", "-top", "fifo"]`."""


@dataclass(frozen=True)
class Yosys:
    """Yosys and the cage it runs in."""

    cage: Cage

    @classmethod
    def find(cls, cage: Cage) -> "Yosys":
        """
        Raises:
            MissingToolError: pyosys isn't installed.
        """
        require_package("pyosys")
        return cls(cage)

    def run(self, workspace: Workspace, passes: list[Pass]) -> ToolRun:
        """Run the passes in order; files that they write are left in the workspace.

        Returns:
            the process; Yosys' log is its output, `ERROR: …` and exit code 1 where a pass failed.

        Raises:
            SandboxError: the sandbox failed, not the design.
        """
        workspace.write([SourceFile(_PASSES, json.dumps(passes), None)])
        # ABC's files are as large as the design; the cage's own /tmp is small.
        env = {"TMPDIR": "."}
        return run_script(self.cage, "pyosys", _CHILD, [_PASSES], workspace, env=env)

    def version(self) -> str:
        """For reports: `Yosys 0.70`."""
        return _version()


@cache
def _version() -> str:
    return f"Yosys {version('pyosys')}"


def read_passes(
    design: Design, *, formal: bool = False, keep_hierarchy: bool = False
) -> list[Pass]:
    """The passes that read a design's sources, and give its top its parameters.

    Verilog goes to Yosys' own front end, which knows Verilog's synthesis attributes and forgives
    old habits. A design with SystemVerilog goes to its slang front end as a whole: that one reads
    far more of the language, takes the files in any order, and folds instances into the top.

    Args:
        formal: keep assertions, and define FORMAL as is the custom.
        keep_hierarchy: keep instances as instances, where slang can.

    Raises:
        InputError: a source in another language than Verilog or SystemVerilog, or a name that
            Yosys would take for a pattern.
    """
    for file in design.sources:
        if file.language and file.language not in VERILOG_FAMILY:
            raise InputError(
                f"{file.path} is {LANGUAGES[file.language].title}, which Yosys can't read here",
                remedy="name Verilog or SystemVerilog files (.v, .sv)",
            )
    for path in (*design.header_folders, *(file.path for file in design.sources)):
        if _PATTERN.search(path):
            raise InputError(
                f"Yosys takes {path!r} for a pattern", remedy="a name without * ? [ $ and ..."
            )
    if any(file.language is Language.SYSTEMVERILOG for file in design.sources):
        return [_read_slang(design, formal, keep_hierarchy)]
    folders = [f"-I./{folder}" for folder in design.header_folders]
    flags = ["-formal"] if formal else []
    top = design.top or "*"
    return [
        *(["read_verilog", *flags, *folders, f"./{file.path}"] for file in design.sources),
        *(["chparam", "-set", name, value, top] for name, value in design.parameters),
    ]


def _read_slang(design: Design, formal: bool, keep_hierarchy: bool) -> Pass:
    flags = ["-D", "FORMAL"] if formal else ["--ignore-assertions"]
    if keep_hierarchy:
        flags += ["--best-effort-hierarchy"]
    top = ["--top", design.top] if design.top else []
    values = [word for name, value in design.parameters for word in ("-G", f"{name}={value}")]
    folders = [word for folder in design.header_folders for word in ("-I", f"./{folder}")]
    paths = [f"./{file.path}" for file in design.sources]
    return ["read_slang", "--ignore-timing", *flags, *top, *values, *folders, *paths]
