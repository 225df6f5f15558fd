"""This layer's commands, mounted on the root command."""

import typer

from hdlsmith.sandbox.commands.check import check
from hdlsmith.sandbox.commands.doctor import doctor
from hdlsmith.sandbox.commands.equiv import equiv
from hdlsmith.sandbox.commands.lint import lint
from hdlsmith.sandbox.commands.prove import prove
from hdlsmith.sandbox.commands.simulate import simulate
from hdlsmith.sandbox.commands.synth import synth
from hdlsmith.sandbox.commands.waves import waves


def mount(app: typer.Typer) -> None:
    """Add this layer's commands to the root command."""
    app.command("check")(check)
    app.command("doctor")(doctor)
    app.command("equiv")(equiv)
    app.command("lint")(lint)
    app.command("prove")(prove)
    app.command("simulate")(simulate)
    app.command("synth")(synth)
    app.command("waves")(waves)
