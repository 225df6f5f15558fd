"""This layer's commands, mounted on the root command."""

import typer

from hdlsmith.sandbox.commands.doctor import doctor
from hdlsmith.sandbox.commands.lint import lint
from hdlsmith.sandbox.commands.simulate import simulate
from hdlsmith.sandbox.commands.synth import synth
from hdlsmith.sandbox.commands.waves import waves


def mount(app: typer.Typer) -> None:
    """Add this layer's commands to the root command."""
    app.command("doctor")(doctor)
    app.command("lint")(lint)
    app.command("simulate")(simulate)
    app.command("synth")(synth)
    app.command("waves")(waves)
