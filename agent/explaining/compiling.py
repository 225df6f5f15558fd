"""Whether the modules of an index compile, as the tools see it."""

from dataclasses import dataclass
from functools import cached_property

from hdlsmith.design import Design, SourceFile, errors_in
from hdlsmith.errors import InputError, MissingToolError
from hdlsmith.languages import LANGUAGES, VERILOG_FAMILY, Language
from hdlsmith.retrieval.anatomy.library import library_of_index
from hdlsmith.retrieval.store.index import StoredNode
from hdlsmith.retrieval.structure.elaborate import NotElaboratedError, elaborate
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.diagnostics import parse_ghdl
from hdlsmith.sandbox.simulation.ghdl import Ghdl
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings


@dataclass(frozen=True)
class Compiled:
    """
    Attributes:
        ok: None where no tool here can tell.
        reason: why it does not, or can't be told; empty if it compiles.
    """

    ok: bool | None
    reason: str = ""


class Compilers:
    """Verilog is elaborated by pyslang, VHDL by GHDL in the cage."""

    def __init__(self, settings: Settings, netlist: Netlist) -> None:
        self._settings = settings
        self._netlist = netlist

    @cached_property
    def _ghdl(self) -> Ghdl:
        return Ghdl.find(self._settings, make_cage(self._settings.sandbox))

    def compile(self, module: StoredNode) -> Compiled:
        """A module with all of the index that it needs.

        Raises:
            SandboxError: the sandbox failed, not the module.
        """
        language = self._netlist.index.languages[module.source]
        if language in VERILOG_FAMILY:
            return self._elaborated(module)
        if language is not Language.VHDL:
            return Compiled(None, f"no compiler of {LANGUAGES[language].title} is at hand")
        try:
            return self._made(module, self._ghdl)
        except MissingToolError as error:
            return Compiled(None, error.message)

    def _elaborated(self, module: StoredNode) -> Compiled:
        try:
            hierarchy = elaborate(self._netlist, module.id)
        except NotElaboratedError as error:
            return Compiled(False, error.message)
        return Compiled(not hierarchy.errors, "".join(hierarchy.errors[:1]))

    def _made(self, module: StoredNode, ghdl: Ghdl) -> Compiled:
        index = self._netlist.index
        library = library_of_index(index, module.name, index.paths(module.source)[0])
        try:
            files = tuple(
                SourceFile(s.path, s.text.decode("utf-8", "replace"), s.language)
                for s in library.sources
            )
            with Workspace(ghdl.cage.uid) as workspace:
                workspace.write(files)
                run = ghdl.compile(workspace, Design(files, module.name))
        except InputError as error:  # a file name that no tool takes
            return Compiled(None, error.message)
        if run.ok:
            return Compiled(True)
        errors = errors_in(parse_ghdl(run.output))
        return Compiled(False, str(errors[0]) if errors else f"ghdl: exit code {run.exit_code}")
