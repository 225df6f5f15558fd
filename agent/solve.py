"""`solve`: the one entry point that the command line, chat, CI and benchmarks share."""

import re
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import Command

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.graph import Graph, build_graph
from hdlsmith.agent.models import Usage
from hdlsmith.agent.nodes.simulate import testbench_top
from hdlsmith.agent.state import Answer, Event, State, Task
from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError, UndecidedError
from hdlsmith.languages import LANGUAGES, Language
from hdlsmith.sandbox.elaboration import elaborate

_WRITES = (Language.VERILOG, Language.SYSTEMVERILOG)
_STEPS_PER_ATTEMPT = 8
_LACKS_THE_DESIGN = ("UnknownModule", "UnknownInterface")
_NAME = re.compile(r"[A-Za-z_]\w{0,127}", re.ASCII)


def solve(
    task: Task,
    deps: Deps,
    checkpointer: "BaseCheckpointSaver[Any] | None" = None,
    thread: str = "solve",
) -> Answer:
    """Turn a request into a checked design.

    Args:
        checkpointer: where the state is kept between nodes; with one, a call that was killed
            goes on from its last finished node. `deps.approve` needs one.
        thread: which of the checkpointer's runs this is.

    Raises:
        UndecidedError: a yes is needed and nobody answers, or a no left nothing to answer with.
        InputError: the task can't be worked on (language, testbench).
        ModelError: the endpoint failed; the checkpoint keeps what was done.
        SandboxError: the sandbox failed.
    """
    check_task(task)
    graph = build_graph(checkpointer)
    config: RunnableConfig = {
        "configurable": {"thread_id": thread},
        "recursion_limit": 20 + _STEPS_PER_ATTEMPT * deps.budget.attempts,
    }
    known = graph.get_state(config).values if checkpointer else {}
    start: State | None = None if known else {"task": task, "usage": Usage(), "elapsed_s": 0.0}
    final = graph.invoke(start, config, context=deps)
    while stops := final.get("__interrupt__"):
        final = _go_on(graph, config, deps, stops[0].value)
    answer = final["answer"]
    assert isinstance(answer, Answer)
    return answer


def _go_on(graph: Graph, config: RunnableConfig, deps: Deps, question: str) -> dict[str, Any]:
    """From a stop for the user's leave to the next stop, or to the end."""
    assert deps.approve
    said = deps.approve(question)
    if said is None:
        raise UndecidedError(
            "this needs a yes, and nobody answers",
            remedy="give the same command again on a terminal, or pipe `yes` into it: it goes on"
            " from here",
        )
    if said:
        return graph.invoke(Command(resume=question), config, context=deps)
    known = graph.get_state(config).values
    if "answer" in known:  # after the answer, only files are asked about
        deps.watch.event(Event("deliver", "nothing written: you said no"))
        graph.update_state(config, State(), "deliver")
        return graph.invoke(None, config, context=deps)
    if not known.get("attempts"):
        raise UndecidedError("nothing is designed yet, and you allow no more spending")
    stopped: State = {"stopped_by": f"you allow no more than ${known['usage'].usd:.4f}"}
    graph.update_state(config, stopped, "stop")
    return graph.invoke(None, config, context=deps)


def check_task(task: Task) -> None:
    """Find what would make all work on a task useless, before any model is asked.

    Raises:
        InputError: the language can't be checked, the request is empty, the name is none, or the
            testbench can't judge.
    """
    if task.language not in _WRITES:
        raise InputError(
            f"{LANGUAGES[task.language].title} can't be checked yet, so it is not generated",
            remedy=f"--language {' or '.join(_WRITES)}",
        )
    if not task.request.strip():
        raise InputError("the request is empty", remedy="say what the hardware must do")
    if task.top is not None and not _is_module_name(task.top):
        raise InputError(
            f"{task.top!r} is no module name", remedy="letters, digits and _, and no keyword"
        )
    if task.testbench:
        _check_testbench(task)


def _is_module_name(name: str) -> bool:
    module = SourceFile("name.sv", f"module {name}; endmodule\n", Language.SYSTEMVERILOG)
    return _NAME.fullmatch(name) is not None and not elaborate(Design((module,))).errors


def _check_testbench(task: Task) -> None:
    for file in task.testbench:
        if file.language not in _WRITES and file.language is not None:
            raise InputError(f"{file.path}: a testbench must be Verilog or SystemVerilog for now")
    alone = elaborate(Design(task.testbench))
    if task.top in alone.modules:
        raise InputError(f"the testbench defines {task.top} itself", remedy="leave the design out")
    testbench_top(task.testbench)
    broken = [error for error in alone.errors if error.code not in _LACKS_THE_DESIGN]
    if broken:
        raise InputError(f"the testbench is broken: {broken[0]}")
