"""Yosys, by way of pyosys in a caged child."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from hdlsmith.design import Design
from hdlsmith.errors import InputError
from hdlsmith.languages import LANGUAGES, VERILOG_FAMILY, Language
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.python_child import run_script
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.toolbox import require_package
from hdlsmith.sandbox.workspace import Workspace

_CHILD = Path(__file__).with_name("yosys_child.py")
_PASSES = "passes.json"

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
        (workspace.path / _PASSES).write_text(json.dumps(passes))
        return run_script(self.cage, "pyosys", _CHILD, [_PASSES], workspace)

    def version(self) -> str:
        """For reports: `Yosys 0.70`."""
        return _version()


@cache
def _version() -> str:
    return f"Yosys {version('pyosys')}"


def read_passes(design: Design, *, formal: bool = False) -> list[Pass]:
    """The passes that read a design's sources.

    Args:
        formal: keep assertions, and define FORMAL as is the custom.

    Raises:
        InputError: a source in another language than Verilog or SystemVerilog.
    """
    for file in design.sources:
        if file.language and file.language not in VERILOG_FAMILY:
            raise InputError(
                f"{file.path} is {LANGUAGES[file.language].title}, which Yosys can't read here",
                remedy="name Verilog or SystemVerilog files (.v, .sv)",
            )
    folders = [f"-I./{folder}" for folder in design.header_folders]
    flags = ["-formal"] if formal else []
    return [
        ["read_verilog", *_dialect(file.language), *flags, *folders, f"./{file.path}"]
        for file in design.sources
    ]


def _dialect(language: Language | None) -> list[str]:
    return ["-sv"] if language is Language.SYSTEMVERILOG else []
