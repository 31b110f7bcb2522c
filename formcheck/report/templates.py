"""Pages from templates: everything is escaped, and a name that is missing is an error."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from formcheck.files import printable
from formcheck.knowledge.words import TOLD, clock, sentence
from formcheck.report import words


def render(package: str, name: str, **values: Any) -> str:
    """Return a page.

    Args:
        package: Where the template lies.
        name: Of its file, such as ``page.html.j2``.
        **values: What it names.  Texts are escaped and freed of what cannot be printed; only what
            is marked as safe in the template or wrapped in ``Markup`` is not.
    """
    return _environment(package).get_template(name).render(values)


@cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=PackageLoader(package, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= _FILTERS
    return environment


_FILTERS = {
    "clock": clock,
    "depth_words": words.depth_words,
    "fault_name": words.fault_name,
    "px": "{:.1f}".format,
    "sentence": sentence,
    "tempo_words": words.tempo_words,
    "trunk_words": words.trunk_words,
    "value_words": words.value_words,
    "verdict": lambda verdict: TOLD[verdict],
    "verdict_badge": lambda finding: Markup(words.finding_badge(finding)),
}


def _shown(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable(value)
    return value
