"""The command line.  Messages go to stderr, data to stdout and files.

Heavy modules are imported inside the commands, so ``--help`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

from formcheck._version import __version__
from formcheck.cli.shared import (
    print_anywhere,
)

ELSEWHERE = {
    "score": (
        "formcheck.cli.score:score",
        "Judge squat videos (or stored .npz tracks), rep by rep.",
    ),
    "app": ("formcheck.cli.app:app", "Check squat videos in the browser, on this machine."),
    "compare": (
        "formcheck.cli.results:compare",
        "Show what changed between two runs or two dates.",
    ),
    "rescore": (
        "formcheck.cli.results:rescore",
        "Judge again from the stored tracks of DIR, without the model.",
    ),
    "live": ("formcheck.cli.live:live", "Coach a set in front of a webcam."),
    "guide": ("formcheck.cli.guide:guide", "Answer questions about a sore knee."),
    "validate": ("formcheck.cli.validate:validate", "Measure formcheck against the truth."),
}
"""Commands that live beside what they start: name to ``module:command`` and a short help."""


class _Commands(click.Group):
    """A group whose other commands are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        present = [name for name, (target, _) in ELSEWHERE.items() if _exists(target)]
        return sorted([*super().list_commands(ctx), *present])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = super().get_command(ctx, cmd_name)
        if command is not None or cmd_name not in ELSEWHERE:
            return command
        target = ELSEWHERE[cmd_name][0]
        if not _exists(target):
            return None
        module, _, name = target.partition(":")
        found = getattr(import_module(module), name)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for name in self.list_commands(ctx):
            own = super().get_command(ctx, name)
            rows.append((name, ELSEWHERE[name][1] if own is None else own.get_short_help_str(90)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _exists(target: str) -> bool:
    try:
        return find_spec(target.partition(":")[0]) is not None
    except ModuleNotFoundError:
        return False


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="formcheck %(version)s")
def main() -> None:
    """Honest, evidence-based squat checks from video.

    formcheck informs; it never diagnoses.  Nothing leaves this machine.
    """
    print_anywhere()
