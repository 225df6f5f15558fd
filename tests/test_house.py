"""The house itself: packaging, start-up, help, and what the repository may not say."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("agent", "benchmarks", "prompts", "retrieval", "sandbox")
HEAVY = ("langgraph", "langchain_core", "openai", "pydantic", "pyslang", "httpx", "rich.progress")


def commands() -> Iterator[tuple[str, click.Command]]:
    from hdlsmith.cli import app

    def walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        children = getattr(command, "commands", None)
        if children is None:
            yield path, command
            return
        for name, child in children.items():
            yield from walk(f"{path} {name}", child)

    yield from walk("hdlsmith", typer.main.get_command(app))


def test_no_package_is_missing_from_the_wheel() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {"hdlsmith"}
    for layer in LAYERS:
        for init in (ROOT / layer).rglob("__init__.py"):
            found.add(".".join(("hdlsmith", *init.parent.relative_to(ROOT).parts)))
    assert set(listed) == found


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_one_folder_behind_a_link(layer: str) -> None:
    link = ROOT / "hdlsmith" / layer
    assert link.is_symlink()
    assert link.resolve() == ROOT / layer


def test_the_command_line_starts_without_heavy_imports() -> None:
    code = "import sys, hdlsmith.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    assert "hdlsmith.cli" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=lambda v: str(v)[:40])
def test_every_command_has_an_example_and_documented_exit_codes(
    path: str, command: click.Command
) -> None:
    text = f"{command.help} {command.epilog}"
    assert "Example" in text
    assert path in text
    assert "xit code" in text


def test_files_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for layer in ("hdlsmith", *LAYERS)
        for path in (ROOT / layer).rglob("*.py")
        if not path.is_symlink() and (count := len(path.read_text().splitlines())) > 350
    }
    assert not long


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_the_docs_hold_no_placeholder_and_link_to_what_exists(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"@[A-Z]+@", text)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert "://" in target or (path.parent / target).exists(), target
