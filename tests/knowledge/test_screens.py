"""The screens of the guide: what ticking cards says, what comes next, how many taps it takes."""

from statistics import median

import pytest
from answer_sets import SETS, TODAY, answers_of_set, settled
from guide_people import PEOPLE

from formcheck.knowledge import load_knowledge, parse_answers, run_guide
from formcheck.knowledge.care import ScreenKind
from formcheck.knowledge.screens import answers_of, in_words, merged, next_screen

KB = load_knowledge()
SCREENS = {screen.id: screen for screen in KB.screens}


def walk(taps):
    """Go through the screens by the labels that are tapped."""
    told, taps = {}, list(taps)
    while (screen := next_screen(told, TODAY)) is not None and taps:
        labels = [card.label for card in screen.cards]
        if taps[0] == screen.none:
            taps.pop(0)
            told[screen.id] = answers_of(screen, ())
            continue
        chosen = {labels.index(taps.pop(0))}
        is_at_once = screen.is_immediate or screen.kind in (ScreenKind.ONE, ScreenKind.PLACE)
        while not is_at_once and (tap := taps.pop(0)) != "Continue":
            chosen.add(labels.index(tap))
        told[screen.id] = answers_of(screen, chosen)
    assert taps == [], "tapped after the end"
    assert next_screen(told, TODAY) is None, "the guide would go on"
    return run_guide(parse_answers(merged(told.values())), TODAY)


@pytest.mark.parametrize("name", PEOPLE)
def test_where_people_end(name):
    taps, headline = PEOPLE[name]
    assert walk(taps).headline == headline


def n_taps(answers):
    """Taps on the way to the result with these answers; a screen without one is skipped."""
    told, n = {}, 0
    while (screen := next_screen(told, TODAY, is_thorough=False)) is not None:
        fields = {name for card in screen.cards for name in card.answers} | {screen.field} - {""}
        chosen = {i for i, card in enumerate(screen.cards) if is_said(card, answers)}
        if not fields & set(answers):
            told[screen.id] = {}
        elif screen.field:
            told[screen.id] = {screen.field: answers[screen.field]}
        else:
            told[screen.id] = answers_of(screen, chosen)
        is_many = screen.kind is ScreenKind.MANY or len(chosen) > 1
        needs_end = bool(screen.field or (is_many and chosen)) and not screen.is_immediate
        n += max(1, len(chosen)) + needs_end
    return n


def is_said(card, answers):
    told = [(answers.get(name), value) for name, value in card.answers.items()]
    return all(set(v) <= set(a or ()) if isinstance(v, list) else a == v for a, v in told)


def test_half_of_all_people_need_ten_taps_at_most():
    assert median(n_taps(answers_of_set(one)) for one in SETS) <= 10
    assert max(n_taps(answers_of_set(one)) for one in SETS) <= 20
    assert median(len(taps) for taps, _ in PEOPLE.values()) <= 10
    assert len(PEOPLE["chest pain"][0]) == 1
    assert len(PEOPLE["plain soreness"][0]) <= 10


def test_what_only_advice_needs_is_not_asked_while_a_sign_holds_it_back():
    def asked(**changes):
        told = {}
        answers = settled(medicine_cautions=["none"], provocations=["stairs"], **changes)
        while (screen := next_screen(told, TODAY)) is not None:
            told[screen.id] = {}
            for card in screen.cards:
                told[screen.id] |= {n: answers[n] for n in card.answers if n in answers}
        return set(told)

    for_advice = {screen.id for screen in KB.screens if screen.is_for_advice}
    assert asked() & for_advice == {"brings_on", "medicine"}
    assert not asked(has_giving_way=True) & for_advice
    assert not asked(has_night_pain=None) & for_advice


def test_all_noes_settle_every_sign():
    told = {}
    for screen in KB.screens:
        if screen.none:
            told |= answers_of(screen, ())
    told |= {"is_after_injury": False, "has_pop": False, "age": "from_18"}
    result = run_guide(parse_answers(told), TODAY)
    assert result.n_answered == result.n_signs
    assert result.open_signs == ()


@pytest.mark.parametrize("screen", [s for s in KB.screens if s.cards], ids=lambda s: s.id)
def test_a_ticked_card_is_a_yes_and_its_neighbours_are_noes(screen):
    for i, card in enumerate(screen.cards):
        said = answers_of(screen, {i})
        parse_answers(said)
        for name, value in card.answers.items():
            assert said[name] == value
        if screen.kind is not ScreenKind.ONE:
            for other in screen.cards:
                for name, value in other.answers.items():
                    if name not in card.answers and isinstance(value, bool):
                        assert said[name] is not value
    if screen.kind is not ScreenKind.ONE:
        both = answers_of(screen, {0, 1})
        for card in screen.cards[:2]:
            for name, value in card.answers.items():
                assert (
                    set(value) <= set(both[name])
                    if isinstance(value, list)
                    else both[name] == value
                )


def test_a_skipped_screen_says_nothing():
    told = {"emergency": {}}
    assert next_screen(told, TODAY).id == "begin"
    assert run_guide(parse_answers(merged(told.values())), TODAY).n_answered == 0


def test_answers_are_told_again_in_the_words_of_the_screens():
    rows = dict(in_words(parse_answers(settled(has_redness=True, background=["diabetes"]))))
    assert rows["How does the knee look and feel?"] == ("Red",)
    assert rows["Do any of these apply to you?"] == ("Diabetes",)
    assert rows["What does the knee do, or not do?"] == ("None of these",)
    assert rows["How old are you?"] == ("18 to 44",)
    empty = dict(in_words(parse_answers({})))
    assert set(empty.values()) == {()}
    assert SCREENS["injury"].title not in empty, "what nobody would have been asked"
