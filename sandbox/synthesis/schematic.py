"""The schematic of a design's top as SVG: Yosys reads it, netlistsvg draws it."""

import re
from dataclasses import dataclass
from pathlib import Path

from hdlsmith.design import Design, SourceFile, errors_in
from hdlsmith.errors import InputError
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.synthesis.netlist import Netlist
from hdlsmith.sandbox.toolbox import extra_mounts, require_tool
from hdlsmith.sandbox.workspace import Workspace, copy_out, read_bounded
from hdlsmith.sandbox.yosys import Pass, Yosys, read_passes
from hdlsmith.sandbox.yosys_log import parse_messages
from hdlsmith.settings import Settings

_DRAWN = "drawn.json"
_SVG = "drawn.svg"
_MOST_BYTES = 16 << 20
_SMALLER = "draw a smaller part: --top"
_FAULT = re.compile(r"^\w*Error: .+$", re.MULTILINE)


@dataclass(frozen=True)
class Netlistsvg:
    """The program, the node that runs it, and the cage they run in."""

    program: Path
    node: Path
    cage: Cage

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "Netlistsvg":
        """
        Raises:
            MissingToolError: netlistsvg or node isn't there.
        """
        program = require_tool("netlistsvg", settings)
        return cls(program.resolve(), require_tool("node", settings).resolve(), cage)

    @property
    def mounts(self) -> tuple[Path, ...]:
        """What the two need besides /usr; npm may have put what netlistsvg needs beside it."""
        modules = [folder for folder in self.program.parents if folder.name == "node_modules"]
        own = (modules[-1],) if modules else extra_mounts(self.program)
        return (*extra_mounts(self.node), *(path for path in own if not _in_usr(path)))

    def draw(self, design: Design, yosys: Yosys, svg: Path) -> None:
        """Draw the top of a design, instances as boxes where Yosys' front end can keep them.

        Raises:
            InputError: the design can't be read, or is too large to be drawn.
            SandboxError: the sandbox failed, not the design.
            OSError: the SVG can't be written.
        """
        assert design.top
        with Workspace(self.cage.uid) as workspace:
            workspace.write(design.files)
            run = yosys.run(workspace, schematic_passes(design, design.top, keep_hierarchy=True))
            if not run.ok:  # it can't keep instances with unusual names
                run = yosys.run(workspace, schematic_passes(design, design.top))
            if not run.ok:
                why = next((d.message for d in errors_in(parse_messages(run.output))), "it gave up")
                raise InputError(f"{design.top} can't be drawn: {why}")
            try:
                left = read_bounded(workspace.path / _DRAWN, _MOST_BYTES)
                netlist = Netlist.parse(left, design.top)
            except ValueError as error:
                raise InputError(
                    f"{design.top} is too large to be drawn", remedy=_SMALLER
                ) from error
            workspace.write([SourceFile(_DRAWN, netlist.drawable(design.top), None)])
            drawn = process.run(
                self.cage,
                "netlistsvg",
                [str(self.node), str(self.program), _DRAWN, "-o", _SVG],
                workspace.path,
                read_only=self.mounts,
            )
            if not drawn.ok or not copy_out(workspace.path / _SVG, svg):
                fault = _FAULT.search(drawn.output)
                why = drawn.stopped_by or (fault[0] if fault else f"exit code {drawn.exit_code}")
                raise InputError(f"netlistsvg can't draw {design.top}: {why}", remedy=_SMALLER)


def schematic_passes(design: Design, top: str, *, keep_hierarchy: bool = False) -> list[Pass]:
    """The passes that leave a readable netlist of the top: operators, not gates."""
    return [
        *read_passes(design, keep_hierarchy=keep_hierarchy),
        ["hierarchy", "-check", "-top", top],
        ["proc"],
        ["delete", "t:$print"],
        ["opt_expr"],
        ["opt_clean"],
        ["write_json", _DRAWN],
    ]


def _in_usr(path: Path) -> bool:
    return path.is_relative_to("/usr")
