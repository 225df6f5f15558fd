"""`hdlsmith check`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from hdlsmith.display import one_line
from hdlsmith.sandbox.commands.options import CageChoice

if TYPE_CHECKING:
    from hdlsmith.sandbox.check.report import Report, UnitResult

FORMATS = {
    "text": "hdlsmith.sandbox.check.text_format:as_text",
    "json": "hdlsmith.sandbox.check.json_format:as_json",
    "sarif": "hdlsmith.sandbox.check.sarif_format:as_sarif",
    "junit": "hdlsmith.sandbox.check.junit_format:as_junit",
    "github": "hdlsmith.sandbox.check.github_format:as_github",
}

Paths = Annotated[list[Path] | None, typer.Argument(metavar="[PATHS]...", show_default=False)]
Format = Annotated[
    Literal["text", "json", "sarif", "junit", "github"],
    typer.Option("--format", help="What is printed on stdout."),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="REF",
        show_default=False,
        help="Check only what reads a file that differs from this git commit.",
    ),
]
Trust = Annotated[
    bool,
    typer.Option(
        "--trust-config",
        help="Obey all of the repository's hdlsmith.toml, not its [check] and [lint] alone.",
    ),
]


def check(
    paths: Paths = None,
    report_format: Format = "text",
    changed_since: Since = None,
    trust_config: Trust = False,
    cage: CageChoice = None,
) -> None:
    """Lint, compile and simulate what a repository holds: the CI job.

    Designs are linted, testbenches (tb_*.sv, *_tb.v, *_tb.vhd, files in tb/, test/, sim/) and
    cocotb tests (test_MODULE.py) are run; [[check.test]] and [[check.proof]] tables of
    hdlsmith.toml add others. What did not change since the last time is not run again. PATHS limit
    the check to what lies there.

    \b
    Example:   hdlsmith check --format github --changed-since origin/main
    Exit code: 0 all passed, 1 an error, a failed test or proof, 2 unusable input,
               3 something needed is missing, 4 nothing failed, but a test showed no evidence,
               or a proof is open
    """
    from hdlsmith.errors import InputError
    from hdlsmith.registry import resolve
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.check.plan import make_plan
    from hdlsmith.sandbox.check.report import Report
    from hdlsmith.sandbox.check.run import run_units
    from hdlsmith.sandbox.check.selection import only_below, only_changed
    from hdlsmith.sandbox.check.tree import find_root, read_tree
    from hdlsmith.settings import CONFIG_NAME, ignored_keys, load_settings

    chosen = [path.resolve() for path in paths or [Path.cwd()]]
    if missing := [path for path in chosen if not path.exists()]:
        raise InputError(f"{missing[0]} does not exist")
    root = find_root(chosen[0])
    flags = {"sandbox": {"cage": cage}}
    settings = load_settings(flags, repository=root, trusted=trust_config)
    if not trust_config and (ignored := ignored_keys(root)):
        said = f"note: {CONFIG_NAME} of the repository sets {', '.join(ignored)}: not obeyed here"
        typer.echo(f"{one_line(said)} (--trust-config)", err=True)
    if settings.state_dir.resolve().is_relative_to(root):
        raise InputError(
            f"results must not lie in the checked repository ({settings.state_dir})",
            remedy="point HDLSMITH_STATE_DIR at a folder outside",
        )
    plan = make_plan(read_tree(root, settings.check.exclude), settings.check)
    plan = only_below(plan, chosen, root)
    if changed_since:
        plan = only_changed(plan, changed_since, root)
    isolation = make_cage(settings.sandbox)
    with _progress(len(plan.units)) as advance:
        results = run_units(plan.units, settings, isolation, advance)
    report = Report(results, plan.unusable, plan.left_out, isolation.kind)
    render = cast("Callable[[Report], str]", resolve(report_format, FORMATS, "format"))
    typer.echo(render(report))
    raise typer.Exit(report.exit_code)


@contextmanager
def _progress(total: int) -> "Iterator[Callable[[UnitResult], None]]":
    """A bar on stderr while units run; nothing where no terminal is watching."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("checking"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[last]}"),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as bar:
        task = bar.add_task("", total=total, last="")
        yield lambda result: bar.update(task, advance=1, last=escape(one_line(str(result))))
