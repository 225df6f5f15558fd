"""VerilogEval v2 (https://github.com/NVlabs/verilog-eval), read from the user's checkout.

Prompts and extraction follow what the dataset's own `sv-generate` does, so that a score under
`--style official` is comparable with published ones.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hdlsmith.agent.models import Message
from hdlsmith.benchmarks.problems import Problem, read_text
from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.elaboration import elaborate

TASKS = ("spec-to-rtl", "code-complete-iccad2023")
TOP = "TopModule"
REFERENCE = "RefModule"
MAX_SHOTS = 4

# The fixed words of the official prompts; an official score is a score under exactly these.
_SYSTEM = {
    "spec-to-rtl": "\nYou are a Verilog RTL designer that only writes code using correct Verilog "
    "syntax.\n",
    "code-complete-iccad2023": "\nYou only complete chats with syntax correct Verilog code. End "
    "the Verilog module code completion with 'endmodule'. Do not include module, input and output "
    "definitions.\n",
}
_COMPLETE_PREFIX = (
    "\n// Implement the Verilog module based on the following description. Assume that signals "
    "are positive clock/clk triggered unless otherwise stated.\n"
)
_ENCLOSE = (
    "\nEnclose your code with [BEGIN] and [DONE]. Only output the code snippet\n"
    "and do NOT output anything else.\n"
)


@dataclass(frozen=True)
class VerilogEval:
    """One task of a VerilogEval v2 checkout.

    Args:
        data: the checkout's root (or any folder that holds its `dataset_*` folders).
        task: one of `TASKS`.

    Raises:
        InputError: no such task, or no dataset there.
    """

    data: Path
    task: str = TASKS[0]
    name: str = "verilog-eval"

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise InputError(f"no task {self.task!r}", remedy=f"one of: {', '.join(TASKS)}")
        if not self._folder.is_dir():
            raise InputError(
                f"no {self._folder.name} in {self.data}",
                remedy="git clone https://github.com/NVlabs/verilog-eval, and name it by --data",
            )

    @property
    def _folder(self) -> Path:
        return self.data / f"dataset_{self.task}"

    def problems(self) -> tuple[Problem, ...]:
        return self._problems

    @cached_property
    def _problems(self) -> tuple[Problem, ...]:
        prompts = sorted(self._folder.glob("*_prompt.txt"))
        if not prompts:
            raise InputError(f"no *_prompt.txt in {self._folder}")
        return tuple(self._problem(path) for path in prompts)

    def _problem(self, prompt: Path) -> Problem:
        name = prompt.name.removesuffix("_prompt.txt")
        reference = self._source(f"{name}_ref.sv")
        return Problem(
            id=name,
            prompt=read_text(prompt),
            top=TOP,
            reference=reference,
            golden=re.sub(rf"\b{REFERENCE}\b", TOP, reference.text),
            testbench=self._source(f"{name}_test.sv"),
            interface=elaborate(Design((reference,), REFERENCE)).ports,
        )

    def _source(self, name: str) -> SourceFile:
        return SourceFile(name, read_text(self._folder / name), Language.SYSTEMVERILOG)

    def dataset_hash(self) -> str:
        sha = hashlib.sha256()
        for path in sorted(self._folder.iterdir()):
            if path.is_file():
                sha.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return sha.hexdigest()

    def official_messages(self, problem: Problem, shots: int) -> tuple[Message, ...]:
        question = self._examples(shots)
        if self.task == "spec-to-rtl":
            question += f"\nQuestion:\n{problem.prompt.strip()}\n{_ENCLOSE}\nAnswer:\n"
        else:
            question += _COMPLETE_PREFIX + _commented(problem.prompt)
        return (Message("system", _SYSTEM[self.task]), Message("user", question))

    def _examples(self, shots: int) -> str:
        if shots == 0:
            return ""
        if not 0 < shots <= MAX_SHOTS:
            raise InputError(f"there are 0 to {MAX_SHOTS} shots, not {shots}")
        name = f"verilog-example-prefix_{self.task}_{shots}-shot.txt"
        path = self.data / "scripts" / name
        if not path.is_file():
            raise InputError(
                f"the {shots}-shot examples are not in {path.parent}",
                remedy="point --data at a whole checkout, or use --shots 0",
            )
        return read_text(path)

    def extract(self, problem: Problem, completion: str) -> str:
        lines = completion.splitlines()
        if self.task == "spec-to-rtl" and (block := _between_markers(lines)) is not None:
            return "\n" + block
        body, has_module = _fenced_or_first_module(lines)
        if self.task == "spec-to-rtl" or has_module:
            return "\n" + body
        return f"\n{read_text(self._folder / f'{problem.id}_ifc.txt')}\n\n{body}"


def _commented(prompt: str) -> str:
    lines = prompt.splitlines()
    head = next((i for i, line in enumerate(lines) if f"module {TOP}" in line), len(lines))
    commented = [f"// {line}" for line in lines[:head]]
    return "\n".join([*commented, *([""] if head < len(lines) else []), *lines[head:]])


def _between_markers(lines: list[str]) -> str | None:
    """The code between [BEGIN] and [DONE]; None where there is no [BEGIN], "" without [DONE]."""
    start = next((i for i, s in enumerate(lines) if s.lstrip().startswith("[BEGIN]")), None)
    if start is None:
        return None
    code = [lines[start].lstrip().replace("[BEGIN]", "")]
    for line in lines[start + 1 :]:
        if line.rstrip().endswith("[DONE]"):
            return "\n".join([*code, line.rstrip().replace("[DONE]", "")]) + "\n"
        code.append(line)
    return ""


def _fenced_or_first_module(lines: list[str]) -> tuple[str, bool]:
    """The first fenced block, else everything up to the first endmodule.

    Returns:
        the code, and whether it brings its own `module TopModule` before any endmodule.
    """
    fences = sum(line.startswith("```") for line in lines)
    marks = [m for line in lines if (m := re.match(rf"endmodule|module {TOP}", line))]
    has_module = any(m[0] != "endmodule" for m in marks) and marks[0][0] != "endmodule"
    kept: list[str] = []
    seen_fences, in_module, ended = 0, False, False
    for line in lines:
        bare = line.strip()
        in_module = in_module or bare.startswith(f"module {TOP}")
        fence = line.startswith("```")
        in_fence, in_code = seen_fences == 1, not ended and (in_module or not has_module)
        wanted = in_fence if fences >= 2 else in_code
        seen_fences += fence
        ended = ended or (not fence and bare.startswith("endmodule"))
        if wanted and not fence:
            kept.append(line)
    return "\n".join(kept) + "\n", has_module
