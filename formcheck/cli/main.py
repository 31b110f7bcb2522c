"""The command line.  Messages go to stderr, data to stdout and files.

Heavy modules are imported inside the commands, so ``--help`` is quick.
"""

from importlib import import_module
from typing import Any

import click

from formcheck._version import __version__
from formcheck.cli.shared import print_anywhere, whoever_listens

COMMANDS = {
    "app": ("app", "Check squat videos in the browser, on this machine."),
    "compare": ("results", "Show what changed between two runs or two dates."),
    "guide": ("guide", "Answer questions about a sore knee."),
    "live": ("live", "Coach a set in front of a webcam."),
    "rescore": ("results", "Judge again from the stored tracks of DIR, without the model."),
    "score": ("score", "Judge squat videos (or stored .npz tracks), rep by rep."),
    "validate": ("validate", "Measure formcheck against the truth."),
}
"""Name of each command to the module it stands in, as ``NAME_command``, and a short help."""


class _Commands(click.Group):
    """A group whose commands are imported only when they are called."""

    def invoke(self, ctx: click.Context) -> Any:
        with whoever_listens():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"formcheck.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="formcheck %(version)s")
def main() -> None:
    """Honest, evidence-based squat checks from video.

    formcheck informs; it never diagnoses.  Nothing leaves this machine.
    """
    print_anywhere()
