"""A model's description of a piece of code, in the words an engineer would search for."""

from hdlsmith.agent.asking import ask
from hdlsmith.agent.deps import ModelDeps
from hdlsmith.agent.state import Task
from hdlsmith.languages import Language
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.roles import Role


def describe(code: str, deps: ModelDeps, language: Language = Language.SYSTEMVERILOG) -> str:
    """One or two sentences.

    Raises:
        ModelError: the endpoint failed.
    """
    prompt = load_prompt("describe").render(code=code)
    return ask(deps, Task(code, language), prompt, role=Role.DESCRIBE).text
