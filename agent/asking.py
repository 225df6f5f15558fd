"""How every role asks the model: same system prompt first, so that servers reuse its cache."""

from dataclasses import replace
from typing import Any

from hdlsmith.agent.deps import ModelDeps
from hdlsmith.agent.models import Completion, Message, Request
from hdlsmith.agent.state import Event, Task
from hdlsmith.languages import LANGUAGES
from hdlsmith.prompts.templates import load_prompt

_WARMER = 0.4
_HOTTEST = 0.8


def ask(
    deps: ModelDeps,
    task: Task,
    prompt: str,
    schema: dict[str, Any] | None = None,
    retry: int = 0,
) -> Completion:
    """One call to the model.

    Args:
        schema: forces a JSON answer.
        retry: how often this role has tried already; each try is warmer, because a model at
            temperature 0 gives the same code back.

    Raises:
        ModelError: the endpoint failed.
    """
    system = load_prompt("system").render(language=LANGUAGES[task.language].title)
    base = deps.sampling.temperature
    temperature = max(base, min(_HOTTEST, base + _WARMER * retry))
    request = Request(
        messages=(Message("system", system), Message("user", prompt)),
        sampling=replace(deps.sampling, temperature=temperature),
        schema=schema,
        repeat=deps.sample * 100 + retry,
    )
    completion = deps.model.complete(request, deps.watch.token)
    deps.watch.event(
        Event(
            "model",
            f"{completion.usage.output_tokens} tokens in {completion.usage.wall_s:.1f} s",
            {
                "messages": [[m.role, m.content] for m in request.messages],
                "answer": completion.text,
                "temperature": temperature,
                "cut_off": completion.cut_off,
            },
        )
    )
    return completion
