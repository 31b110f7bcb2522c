"""``formcheck guide``: the symptom guide in a terminal or a pipe.  Nothing is stored or sent."""

import io
import json
import sys
from codecs import BOM_UTF8
from collections.abc import Mapping
from datetime import date
from typing import Any

import click
import msgspec

from formcheck.cli.shared import told_errors
from formcheck.knowledge import KnowledgeError, load_knowledge, parse_answers, run_guide
from formcheck.knowledge.care import Screen, ScreenKind
from formcheck.knowledge.guide_text import guide_to_dict, guide_to_text, wrapped
from formcheck.knowledge.screens import answers_of, merged, next_screen

MAX_ANSWER_BYTES = 1_000_000
_NONE, _SKIP = ("n", "no", "none", "0"), ("", "?", "s", "skip")


@click.command("guide")
@click.option(
    "--answers", "answers_file", type=click.File("rb"), metavar="FILE",
    help="Take the answers from a JSON file (- for standard input) and ask nothing.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def guide_command(answers_file: Any, as_json: bool) -> None:
    """Answer questions about a sore knee; get general information, never a diagnosis.

    Signs that should not wait come first, and an emergency ends the questions. Every question may
    be left open with Enter, but an open question is not a no: advice waits until the signs are
    answered. Questions go to stderr and the result to stdout, so both work in a pipe. Nothing is
    stored or sent.

    A file of answers looks like {"locations": ["below_kneecap"], "characters": ["sharp"], "onset":
    "days_1_2"}.
    """
    with told_errors():
        given = _ask_all() if answers_file is None else _read_answers(answers_file)
        result = run_guide(parse_answers(given))
    if as_json:
        click.echo(json.dumps(guide_to_dict(result), indent=1, ensure_ascii=False))
    else:
        click.echo(guide_to_text(result))


def _read_answers(file: Any) -> Mapping[str, object]:
    data = file.read(MAX_ANSWER_BYTES + 1)
    if len(data) > MAX_ANSWER_BYTES:
        raise KnowledgeError(f"{file.name}: is too large for answers to the guide")
    try:
        return msgspec.json.decode(data.removeprefix(BOM_UTF8), type=dict[str, object])
    except (ValueError, RecursionError) as error:
        raise KnowledgeError(f"{file.name}: is not a JSON object of answers ({error})") from error


# -- asking --------------------------------------------------------------------


def _ask_all() -> dict[str, object]:
    """Ask screen by screen; stop as soon as nothing that is left could matter."""
    click.echo(wrapped(load_knowledge().note("general.header").text), err=True)
    click.echo("Nothing is stored or sent. Enter skips a question, q stops.", err=True)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    told: dict[str, Mapping[str, object]] = {}
    while (screen := next_screen(told)) is not None:
        try:
            told[screen.id] = _ask(screen)
        except EOFError:
            click.echo("\nNo more answers; the rest is left open.", err=True)
            break
    click.echo("", err=True)
    return merged(told.values())


def _ask(screen: Screen) -> Mapping[str, object]:
    """Ask until the answer can be used; empty if it is left open.

    Raises EOFError if there is no more input, or the person types q.
    """
    click.echo(f"\n{wrapped(screen.title, '  ')}", err=True)
    for i, card in enumerate(screen.cards, start=1):
        click.echo(wrapped(card.label, f"    {i:>2}  ", "        "), err=True)
    if screen.none:
        click.echo(f"     n  {screen.none}", err=True)
    while True:
        click.echo(f"  [{_hint(screen)}] ", err=True, nl=False)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line or line.strip().lower() in ("q", "quit"):
            raise EOFError
        text = line.strip().lower()
        if text in _SKIP:
            return {}
        try:
            value = _parse(screen, text)
            parse_answers(value)
        except ValueError as error:
            click.echo(f"  Sorry, {str(error).removeprefix('answers: ')}.", err=True)
        else:
            return value


def _hint(screen: Screen) -> str:
    if screen.kind is ScreenKind.DATE:
        return "year-month-day"
    hint = "one number" if screen.kind is ScreenKind.ONE else "numbers, such as 1,3"
    return f"{hint}; n for none" if screen.none else hint


def _parse(screen: Screen, text: str) -> Mapping[str, object]:
    if screen.kind is ScreenKind.DATE:
        try:
            return {screen.field: date.fromisoformat(text).isoformat()}
        except ValueError:
            raise ValueError("answer with a day, such as 2026-10-31") from None
    if text in _NONE and screen.none:
        return answers_of(screen, ())
    parts = text.replace(",", " ").split()
    n = len(screen.cards)
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= n for part in parts):
        raise ValueError(f"answer with numbers from 1 to {n}")
    if screen.kind is ScreenKind.ONE and len(parts) != 1:
        raise ValueError("answer with one number")
    return answers_of(screen, {int(part) - 1 for part in parts})
