"""The words of a fault the camera judges: the table ``[words]`` of its knowledge file."""

from collections.abc import Mapping
from typing import Any

import msgspec

from formcheck.knowledge.reader import build, data_folder, read_toml
from formcheck.knowledge.vocabulary import Entry


class Limit(Entry, frozen=True, kw_only=True):
    """A setting a person may change: its field, words, unit and where its default comes from.

    ``is_scaled`` limits move together when somebody asks for stricter or more relaxed verdicts.
    """

    field: str
    label: str
    unit: str
    source: str
    is_scaled: bool = True


class Switch(Entry, frozen=True, kw_only=True):
    """A setting that is on or off, with its words and what it is good for."""

    field: str
    label: str
    help: str


class Sign(Entry, frozen=True, kw_only=True):
    """Something seen beside the value that makes it count for more.

    ``words`` complete "...", and: as in "the heel comes up"; ``cue`` is the id of the cue to give
    before all others.
    """

    words: str
    cue: str | None = None


class FaultWords(Entry, frozen=True, kw_only=True):
    """What people read of a fault.

    Args:
        title, short, plain: As a heading, over a picture, and in the middle of a sentence.
        hint: What the live page shows while a repetition with it is under way.
        unit_words: The unit of its value.
        how_to_film: Where the phone should stand, in a sentence or two.
        measured: What is measured and from where it is a fault; ``{field:g}`` stands for a setting.
        beyond, short_of: What a value over zero and one below it are, as in "24 % past the toes".
        why_limit_varies: Why repetitions of a set may have different limits; empty if none do.
        plot_title: Over its curves.
        curves: Traces to be plotted, and what each is called beside the plot.
        limits, switches: What a person may set.
        signs: By their codes in ``Finding.signs``.
    """

    title: str
    short: str
    plain: str
    hint: str
    unit_words: str
    how_to_film: str
    measured: str
    plot_title: str
    beyond: str = ""
    short_of: str = ""
    why_limit_varies: str = ""
    curves: Mapping[str, str]
    limits: tuple[Limit, ...] = ()
    switches: tuple[Switch, ...] = ()
    signs: Mapping[str, Sign] = msgspec.field(default_factory=dict)


def fault_words(name: str) -> dict[str, Any]:
    """The words of one fault by their names in :class:`FaultWords`, from its file alone.

    Raises:
        KnowledgeError: If the file is missing or its words are not as they should be.
    """
    file = data_folder() / "faults" / f"{name}.toml"
    words = build(FaultWords, read_toml(file).get("words"), f"{file.name} words")
    return msgspec.structs.asdict(words)
