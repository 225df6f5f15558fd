"""From settings to a model: an endpoint, the local server, or a recording."""

from pathlib import Path

from hdlsmith.agent.models import ChatModel
from hdlsmith.errors import ModelMissingError
from hdlsmith.settings import Settings

LOCAL = "local"
REPLAY_PREFIX = "replay:"

TWO_WAYS = (
    "set HDLSMITH_MODEL__BASE_URL, HDLSMITH_MODEL__NAME and HDLSMITH_MODEL__API_KEY to an "
    "OpenAI-compatible endpoint, or run `hdlsmith model pull` once and use --model local"
)


def choose_model(settings: Settings) -> ChatModel:
    """The model that the settings name, wrapped in a recorder where they ask for one.

    `local` starts the local server if none is running.

    Raises:
        ModelMissingError: none is configured; names both ways to get one.
        MissingToolError: the local server's runtime is not installed.
        InputError: a recording can't be read.
    """
    model = _bare(settings)
    if settings.model.record:
        from hdlsmith.agent.replay_model import RecordingModel

        return RecordingModel(model, settings.model.record)
    return model


def _bare(settings: Settings) -> ChatModel:
    name = settings.model.name
    if name.startswith(REPLAY_PREFIX):
        from hdlsmith.agent.replay_model import ReplayModel

        return ReplayModel(Path(name.removeprefix(REPLAY_PREFIX)))
    from hdlsmith.agent.openai_model import OpenAIModel

    if name == LOCAL:
        from hdlsmith.agent.local_server import ensure_server

        server = ensure_server(settings)
        endpoint = {"base_url": server.base_url, "name": server.model, "api_key": None}
        return OpenAIModel.from_settings(settings.model.model_copy(update=endpoint))
    if not settings.model.base_url:
        raise ModelMissingError("no language model is configured", remedy=TWO_WAYS)
    if not name:
        raise ModelMissingError(
            f"no model is named for {settings.model.base_url}",
            remedy="set HDLSMITH_MODEL__NAME, or give --model",
        )
    return OpenAIModel.from_settings(settings.model)
