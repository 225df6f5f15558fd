"""Short name or dotted path -> object: the one way to plug something in."""

from collections.abc import Mapping
from importlib import import_module

from hdlsmith.errors import InputError


def resolve(name: str, known: Mapping[str, str], kind: str) -> object:
    """Import the object that a short name, or any `package.module:attribute`, stands for.

    Args:
        known: short name -> `package.module:attribute`.
        kind: what is looked up, for the message ("benchmark", "model").

    Raises:
        InputError: neither a known name nor an importable path; lists the choices.
    """
    path = known.get(name, name)
    module_name, _, attribute = path.partition(":")
    if not attribute:
        raise InputError(f"no {kind} called {name!r}", remedy=f"one of: {', '.join(known)}")
    try:
        return getattr(import_module(module_name), attribute)
    except (ImportError, AttributeError, TypeError, ValueError) as error:  # `.a:b`, `:b`
        raise InputError(f"cannot load {kind} {name!r}: {error}") from error
