"""From settings to models: an endpoint, the local server, or a recording, for each seat."""

from pathlib import Path

from hdlsmith.agent.models import ChatModel, Completion, OnToken, Request, Sampling
from hdlsmith.agent.seats import Models, Seat
from hdlsmith.errors import ModelMissingError
from hdlsmith.model_settings import OneModel
from hdlsmith.settings import Settings

LOCAL = "local"
REPLAY_PREFIX = "replay:"

TWO_WAYS = (
    "set HDLSMITH_MODEL__BASE_URL, HDLSMITH_MODEL__NAME and HDLSMITH_MODEL__API_KEY to an "
    "OpenAI-compatible endpoint, or run `hdlsmith model pull` once and use --model local"
)


class _Absent:
    """Stands where no model is configured: whoever asks it gets the error."""

    name = "no model"

    def __init__(self, error: ModelMissingError) -> None:
        self._error = error

    def complete(self, _request: Request, _on_token: OnToken | None = None) -> Completion:
        raise self._error


def choose_models(
    settings: Settings, seed: int | None = None, *, may_be_absent: bool = False
) -> Models:
    """The models that the settings name, each wrapped in a recorder where they ask for one.

    `local` starts the local server if none is running.

    Args:
        may_be_absent: a missing model is an error only when it is asked.

    Raises:
        ModelMissingError: none is configured; names both ways to get one.
        MissingToolError: the local server's runtime is not installed.
        InputError: a recording can't be read.
    """
    model = settings.model

    def seat(name: str, own: OneModel, attempts: int = 1) -> Seat:
        whole = model.completed(own)
        answers: ChatModel
        try:
            answers = _model(whole, settings)
        except ModelMissingError as error:
            if not may_be_absent:
                raise
            answers = _Absent(error)
        return Seat(
            name,
            answers,
            Sampling(whole.temperature, whole.max_tokens, seed),
            attempts,
            answer_usd=whole.max_tokens * whole.usd_per_million_output / 1e6,
        )

    tiers = [seat(f"tier {n}", tier, tier.attempts) for n, tier in enumerate(model.tiers, 1)]
    return Models(
        tuple(tiers) or (seat("tier 1", OneModel()),),
        {role: seat(role, own) for role, own in model.roles.items()},
    )


def _model(model: OneModel, settings: Settings) -> ChatModel:
    bare = _bare(model, settings)
    if model.record:
        from hdlsmith.agent.replay_model import RecordingModel

        return RecordingModel(bare, model.record)
    return bare


def _bare(model: OneModel, settings: Settings) -> ChatModel:
    if model.name.startswith(REPLAY_PREFIX):
        from hdlsmith.agent.replay_model import ReplayModel

        return ReplayModel(Path(model.name.removeprefix(REPLAY_PREFIX)))
    from hdlsmith.agent.openai_model import OpenAIModel

    if model.name == LOCAL:
        from hdlsmith.agent.local_server import ensure_server

        server = ensure_server(settings)
        endpoint = {"base_url": server.base_url, "name": server.model, "api_key": None}
        return OpenAIModel.from_settings(model.model_copy(update=endpoint))
    if not model.base_url:
        raise ModelMissingError("no language model is configured", remedy=TWO_WAYS)
    if not model.name:
        raise ModelMissingError(
            f"no model is named for {model.base_url}",
            remedy="set HDLSMITH_MODEL__NAME, or give --model",
        )
    return OpenAIModel.from_settings(model)
