"""Python in the cage: a small script of ours that drives a tool which is a Python package."""

import sys
from pathlib import Path

from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.toolbox import require_package
from hdlsmith.sandbox.workspace import Workspace


def run_script(
    cage: Cage,
    package: str,
    script: Path,
    arguments: list[str],
    workspace: Workspace,
    *,
    read_only: tuple[Path, ...] = (),
    env: dict[str, str] | None = None,
) -> ToolRun:
    """Run one of our scripts, with this interpreter, where `package` can be imported.

    Args:
        script: a file of ours that imports the package and nothing of hdlsmith.
        read_only: what it may read besides the interpreter, the package and the workspace.
        env: extra variables.

    Raises:
        MissingToolError: the package isn't installed.
        SandboxError: the sandbox failed, not the design.
    """
    site = require_package(package).parent
    return process.run(
        cage,
        package,
        [sys.executable, "-P", "-s", str(script), *arguments],
        workspace.path,
        read_only=(*interpreter(), *outside_usr(site), script, *read_only),
        env={"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1", **(env or {})},
    )


def interpreter() -> tuple[Path, ...]:
    """The folders this Python itself lives in, for the cage to show."""
    # A virtual environment's python is a link into the installation that it was made from.
    return outside_usr(Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve())


def outside_usr(*paths: Path) -> tuple[Path, ...]:
    """Those that the cage does not show anyway."""
    return tuple(dict.fromkeys(p for p in paths if not p.is_relative_to("/usr")))
