"""Which files differ from a git commit."""

import shlex
import subprocess
from pathlib import Path

from hdlsmith.errors import InputError, MissingToolError

# The repository's own settings must not start a program, nor a look at it write to it.
_GIT = (
    "git",
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
)
_DIFF = (
    "diff",
    "--name-status",
    "-z",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--relative",
)


def changed_since(ref: str, root: Path) -> tuple[frozenset[str], bool]:
    """Files below `root` whose content differs from commit `ref`; untracked ones are new.

    Returns:
        their paths, and whether any of the commit's files is gone.

    Raises:
        InputError: no such commit here (a shallow clone may lack it), or no git repository.
        MissingToolError: git is not installed.
    """
    if ref.startswith("-"):
        raise InputError(f"{ref!r} is no git revision")
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if not commit:
        raise InputError(
            f"git knows no commit {ref!r} in {root}",
            remedy="fetch it: `git fetch origin BRANCH`, or clone with the full history",
        )
    fields = _git(root, *_DIFF, commit.strip(), "--").split("\0")[:-1]
    states, paths = fields[::2], fields[1::2]
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")[:-1]
    return frozenset((*paths, *new)), "D" in states


def _git(root: Path, *arguments: str) -> str:
    """What git prints; "" where it fails in silence.

    Raises:
        InputError: it says why it fails: no repository, or not this user's.
        MissingToolError: it is not installed.
    """
    try:
        done = subprocess.run([*_GIT, *arguments], cwd=root, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise MissingToolError(
            "git is needed for --changed-since", remedy="apt-get install git"
        ) from error
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode and said:
        raise InputError(f"git: {said.splitlines()[0]}", remedy=_remedy(said, root))
    return "" if done.returncode else done.stdout.decode("utf-8", "surrogateescape")


def _remedy(said: str, root: Path) -> str:
    if "dubious ownership" in said:  # in a container, say: checked out by somebody else
        return f"git config --global --add safe.directory {shlex.quote(str(root))}"
    if "not a git repository" in said:
        return "leave out --changed-since, or run it in a git checkout"
    return ""
