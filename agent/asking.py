"""How every role asks the model: same system prompt first, so that servers reuse its cache."""

from dataclasses import replace
from typing import Any

from hdlsmith.agent.deps import ModelDeps
from hdlsmith.agent.models import Completion, Message, Request
from hdlsmith.agent.state import Call, Event, Task
from hdlsmith.languages import LANGUAGES
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.roles import Role

_WARMER = 0.4
_HOTTEST = 0.8


def ask(
    deps: ModelDeps,
    task: Task,
    prompt: str,
    schema: dict[str, Any] | None = None,
    *,
    role: Role,
    tier: int = 0,
    retry: int = 0,
) -> Completion:
    """One call to the model.

    Args:
        schema: forces a JSON answer.
        role: who asks; decides which model answers.
        tier: how strong a model is wanted, from 0; a role with a model of its own has no tiers.
        retry: how often this role has tried already; each try is warmer, because a model at
            temperature 0 gives the same code back.

    Raises:
        ModelError: the endpoint failed.
    """
    system = load_prompt("system").render(language=LANGUAGES[task.language].title)
    seat = deps.models.seat(role, tier)
    base = seat.sampling.temperature
    temperature = max(base, min(_HOTTEST, base + _WARMER * retry))
    request = Request(
        messages=(Message("system", system), Message("user", prompt)),
        sampling=replace(seat.sampling, temperature=temperature),
        schema=schema,
        repeat=deps.sample * 100 + retry,
    )
    completion = seat.model.complete(request, deps.watch.token)
    deps.calls.append(Call(role, seat.name, seat.model.name, completion.usage))
    by = f" of {seat.model.name}" if deps.models.are_several else ""
    deps.watch.event(
        Event(
            "model",
            f"{completion.usage.output_tokens} tokens{by} in {completion.usage.wall_s:.1f} s",
            {
                "role": role,
                "model": seat.model.name,
                "messages": [[m.role, m.content] for m in request.messages],
                "answer": completion.text,
                "temperature": temperature,
                "cut_off": completion.cut_off,
            },
        )
    )
    return completion
