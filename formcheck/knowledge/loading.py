"""Reading the packaged knowledge base and checking it as a whole."""

from functools import cache
from typing import Any, get_args, get_type_hints

from formcheck.knowledge.base import KnowledgeBase
from formcheck.knowledge.checks import check_links
from formcheck.knowledge.model import FaultEntry
from formcheck.knowledge.reader import build, build_all, data_folder, read_toml

_PLACES = {"notes": ("general", "note")}
"""File and array of tables of the fields that do not give them their names."""


@cache
def load_knowledge() -> KnowledgeBase:
    """Load and check the packaged knowledge base (read once, then kept).

    ``red_flags`` are the tables ``red_flag`` in ``red_flags.toml``, and so on; ``warm_up.toml`` and
    ``load.toml`` are one entry each, as is every file in ``faults/``.

    Raises:
        KnowledgeError: If a data file is missing, malformed or inconsistent.
    """
    folder = data_folder()
    kinds = get_type_hints(KnowledgeBase)
    del kinds["faults"]
    fields: dict[str, Any] = {}
    for name, kind in kinds.items():
        stem, key = _PLACES.get(name, (name, name.removesuffix("s")))
        file = folder / f"{stem}.toml"
        if args := get_args(kind):
            fields[name] = build_all(args[0], read_toml(file).get(key), f"{file.name} {key}")
        else:
            fields[name] = build(kind, read_toml(file), file.name)
    files = (file for file in (folder / "faults").iterdir() if file.name.endswith(".toml"))
    fields["faults"] = tuple(
        build(FaultEntry, read_toml(file), file.name)
        for file in sorted(files, key=lambda file: file.name)
    )
    base = KnowledgeBase(**fields)
    check_links(base)
    return base
