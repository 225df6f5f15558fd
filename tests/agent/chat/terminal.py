"""`hdlsmith chat` in a real terminal."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pexpect
import pytest

from tests.sandbox.command import command, environment

PROMPT = r">(?: |\x08\x1b\[2C)"  # prompt_toolkit skips the blank
QUESTION = r"Make this change\? \[y/N\]"


class Terminal:
    """A pseudo terminal of 100 columns with a chat in it."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        program, *arguments = command("chat", *options)
        # pexpect answers no question about the cursor's place.
        env = environment(PROMPT_TOOLKIT_NO_CPR="1", TERM="xterm-256color", **settings)
        self.child: Any = pexpect.spawn(
            program,
            arguments,
            cwd=str(folder),
            env=env,
            dimensions=(40, 100),
            encoding="utf-8",
            timeout=60,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.child.close(force=True)

    def say(self, line: str, *expected: Any) -> None:
        """Type a line at the prompt, and wait for each of these in turn."""
        self.child.expect(PROMPT)
        self.child.send(f"{line}\r")
        self.see(*expected)

    def see(self, *expected: Any) -> None:
        """Wait for each of these patterns in turn."""
        for pattern in expected:
            if self.child.expect([pattern, "no recorded answer"]):
                pytest.fail("prompts have changed: record again (pytest --record-chat)")

    def end(self) -> int | None:
        """Quit at the prompt; returns the exit code."""
        self.say("/quit", pexpect.EOF)
        self.child.close()
        code: int | None = self.child.exitstatus
        return code
