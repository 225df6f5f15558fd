"""Typed failures. A wrong design is an outcome, never one of these."""


class HdlsmithError(Exception):
    """Something the user must hear about: one clear sentence and the way out of it.

    Args:
        message: what went wrong, in one sentence, without a full stop.
        remedy: what the user can do about it.
    """

    exit_code = 2

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class InputError(HdlsmithError):
    """The user's input can't be used: a missing file, a wrong encoding, an unknown key."""


class MissingToolError(HdlsmithError):
    """An external program is not installed."""

    exit_code = 3


class SandboxError(HdlsmithError):
    """The sandbox itself failed (full disk, no isolation); says nothing about the design."""

    exit_code = 3


class UndecidedError(HdlsmithError):
    """The user's yes is needed, and has not come; what was done is kept."""

    exit_code = 4


class ModelMissingError(HdlsmithError):
    """A language model is needed and none is configured."""

    exit_code = 3


class ModelError(HdlsmithError):
    """The model endpoint failed: dead, refusing, or answering nonsense. The sample is unscored."""

    exit_code = 3
