"""Statements of the knowledge base as HTML: text, strength, doubts, sources."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from formcheck.knowledge import KnowledgeBase, Strength
from formcheck.knowledge.model import Statement

STRENGTH_WORDS = {
    Strength.A: "evidence A: several trials",
    Strength.B: "evidence B: one trial or consistent cohorts",
    Strength.C: "evidence C: small studies",
    Strength.D: "evidence D: opinion or our choice",
    Strength.X: "evidence X: contradicted",
}


def statement_html(statement: Statement, knowledge: KnowledgeBase) -> str:
    """One statement with everything that belongs to it."""
    sources = "; ".join(escape(r.title) for r in knowledge.references_for(statement))
    doubts = "".join(
        f'<div class="fc-counter"><strong>Against: </strong>{statement_html(c, knowledge)}</div>'
        for c in statement.counter_evidence
    )
    return (
        f'<div class="fc-st">{escape(statement.text)} '
        f'<span class="fc-tag">{STRENGTH_WORDS[statement.strength]}</span>'
        f'<div class="fc-src">Source: {sources}</div>{doubts}</div>'
    )


def statements_html(statements: Iterable[Statement], knowledge: KnowledgeBase) -> str:
    """Several statements, one below the other."""
    return "".join(statement_html(s, knowledge) for s in statements)
