"""``formcheck guide``: the symptom guide in a terminal or a pipe.  Nothing is stored or sent."""

import io
import json
import sys
from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any

import click
import msgspec

from formcheck.cli.shared import told_errors
from formcheck.knowledge import KnowledgeError, Tier, load_knowledge, parse_answers, run_guide
from formcheck.knowledge.care import Question, QuestionKind
from formcheck.knowledge.guide_text import guide_to_dict, guide_to_text, wrapped

MAX_ANSWER_BYTES = 1_000_000
_YES, _NO, _UNKNOWN = ("y", "yes"), ("n", "no"), ("", "?", "s", "skip")


@click.command("guide")
@click.option(
    "--answers", "answers_file", type=click.File("rb"), metavar="FILE",
    help="Take the answers from a JSON file (- for standard input) and ask nothing.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def guide_command(answers_file: Any, as_json: bool) -> None:
    r"""Answer questions about a sore knee; get general information, never a diagnosis.

    Signs that should not wait come first.  Every question may be left open with Enter.  Questions
    go to stderr and the result to stdout, so both work in a pipe.  Nothing is stored or sent.

    \b
    A file of answers looks like
      {"locations": ["below_kneecap"], "characters": ["sharp"], "since_onset_h": 24}
    """
    with told_errors():
        given = _ask_all() if answers_file is None else _read_answers(answers_file)
        if answers_file is None and not given:
            click.echo("No question was answered, so there is nothing to say.", err=True)
            return
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
    """Ask question by question; stop as soon as nothing may wait.

    An emergency ends the questions at once, a sign for today at the end of its section: no later
    answer can make either less urgent.
    """
    base = load_knowledge()
    click.echo(wrapped(base.note("general.header").text), err=True)
    click.echo("Nothing is stored or sent. Enter skips a question, q stops.", err=True)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    answers: dict[str, object] = {}
    section = ""
    for question in base.questions:
        if question.section != section:
            if _tier(answers) is Tier.TODAY:
                click.echo("\nThe other questions can wait.", err=True)
                break
            section = question.section
            click.echo(f"\n{section}", err=True)
        try:
            value = _ask(question)
        except EOFError:
            click.echo("\nNo more answers; the rest is left open.", err=True)
            break
        if value is not None:
            answers[question.id] = value
        if _tier(answers) is Tier.EMERGENCY:
            break
    click.echo("", err=True)
    return answers


def _tier(answers: Mapping[str, object]) -> Tier | None:
    return run_guide(parse_answers(answers)).tier


def _ask(question: Question) -> object:
    """Ask until the answer can be used; ``None`` if it is left open.

    Raises EOFError if there is no more input, or the person types q.
    """
    hints = {
        QuestionKind.YES_NO: "y/n",
        QuestionKind.ONE_OF: "one number",
        QuestionKind.MANY_OF: "numbers, such as 1,3",
        QuestionKind.NUMBER: question.unit or "",
    }
    click.echo(wrapped(question.text, "  "), err=True)
    for i, option in enumerate(question.options, start=1):
        click.echo(f"    {i:>2}  {option.label}", err=True)
    while True:
        click.echo(f"  [{hints[question.kind]}] ", err=True, nl=False)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line or line.strip().lower() in ("q", "quit"):
            raise EOFError
        text = line.strip().lower()
        if text in _UNKNOWN:
            return None
        try:
            value = _parse(question, text)
            parse_answers({question.id: value})
        except ValueError as error:
            click.echo(f"  Sorry, {str(error).removeprefix('answers: ')}.", err=True)
        else:
            return value


def _parse(question: Question, text: str) -> object:
    if question.kind is QuestionKind.YES_NO:
        if text in _YES or text in _NO:
            return text in _YES
        raise ValueError("answer y for yes, n for no, or Enter if not sure")
    if question.kind is QuestionKind.NUMBER:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            raise ValueError(f"answer with a number of {question.unit}") from None
    parts = text.replace(",", " ").split()
    n = len(question.options)
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= n for part in parts):
        raise ValueError(f"answer with numbers from 1 to {n}")
    values = [question.options[int(part) - 1].value for part in parts]
    if question.kind is QuestionKind.MANY_OF:
        return values
    if len(values) != 1:
        raise ValueError("answer with one number")
    return values[0]
