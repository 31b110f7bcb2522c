"""One set of a long recording: an hour of repetitions at once would be an endless page."""

from dataclasses import replace

import streamlit as st

from formcheck.knowledge.words import counted
from formcheck.report.record import clock_time
from formcheck.report.scorecard import Scorecard
from formcheck.squat.grouping import in_sets


def one_set(card: Scorecard, picked: int | None, nonce: int) -> Scorecard:
    """Let a set be chosen and return the scorecard of its repetitions; the same if there is one.

    That of the repetition that was ``picked`` is shown first; ``nonce`` differs after every pick.
    """
    row_of = {id(row.rep): row for row in card.reps}
    sets = [[row_of[id(rep)] for rep in reps] for reps in in_sets([row.rep for row in card.reps])]
    if len(sets) < 2:
        return card
    titles = []
    for i, rows in enumerate(sets):
        rest_s = rows[0].rep.start_s - sets[i - 1][-1].rep.end_s if i else None
        rest = "" if rest_s is None else f", after {clock_time(rest_s)} of rest"
        titles.append(
            f"Set {i + 1} of {len(sets)} at {clock_time(rows[0].rep.start_s)}: "
            f"{counted(len(rows), 'repetition')}{rest}"
        )
    first = next((i for i, rows in enumerate(sets) if picked in [r.number for r in rows]), 0)
    chosen = st.selectbox(
        "Set", range(len(sets)), index=first, key=f"set-{nonce}", format_func=lambda i: titles[i]
    )
    return replace(card, reps=tuple(sets[chosen]))
