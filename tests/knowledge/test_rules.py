"""The small rule language: three-valued logic, and clear refusals."""

import pytest

from formcheck.knowledge import Answers, KnowledgeError, parse_answers
from formcheck.knowledge.rules import parse_rule

YES = {"answer": "has_fever", "is": True}
NO = {"answer": "has_fever", "is": False}
OPEN = {"answer": "has_chills", "is": True}
FEVER = Answers(has_fever=True)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (YES, True),
        (NO, False),
        (OPEN, None),
        ({"all": [YES, YES]}, True),
        ({"all": [YES, NO]}, False),
        ({"all": [YES, OPEN]}, None),
        ({"all": [NO, OPEN]}, False),
        ({"any": [NO, YES]}, True),
        ({"any": [NO, NO]}, False),
        ({"any": [NO, OPEN]}, None),
        ({"any": [OPEN, YES]}, True),
        ({"all": [{"any": [NO, YES]}, YES]}, True),
        (OPEN | {"or_unknown": True}, True),
        ({"answer": "has_chills", "unknown": True}, True),
        ({"answer": "has_fever", "unknown": True}, False),
    ],
)
def test_three_valued_logic(rule, expected):
    assert parse_rule(rule, "test").evaluate(FEVER) is expected


@pytest.mark.parametrize(
    ("operator", "at_limit", "below", "above"),
    [
        ("above", False, False, True),
        ("at_least", True, False, True),
        ("below", False, True, False),
        ("at_most", True, True, False),
    ],
)
def test_number_operators(operator, at_limit, below, above):
    rule = parse_rule({"answer": "age_years", operator: 18}, "test")
    got = [rule.evaluate(Answers(age_years=age)) for age in (18, 17, 19)]
    assert got == [at_limit, below, above]
    assert rule.evaluate(Answers()) is None


def test_an_empty_set_is_unknown_and_a_zero_is_not():
    rule = parse_rule({"answer": "locations", "has": ["calf", "buttock"]}, "test")
    assert rule.evaluate(Answers()) is None
    assert rule.evaluate(parse_answers({"locations": ["inner_side"]})) is False
    assert rule.evaluate(parse_answers({"locations": ["inner_side", "calf"]})) is True
    hours = parse_rule({"answer": "pain_h", "below": 1}, "test")
    assert hours.evaluate(Answers(since_onset_h=0)) is True


def test_pain_and_training_hours_stand_in_for_each_other():
    both = Answers(since_onset_h=10, since_training_h=30)
    assert (both.pain_h, both.training_h) == (10, 30)
    assert Answers(since_onset_h=10).training_h == 10
    assert parse_answers({"since_training_h": 30, "characters": ["sharp"]}).pain_h == 30
    assert parse_answers({"since_training_h": 30, "locations": ["calf"]}).pain_h == 30
    assert Answers(since_training_h=30).pain_h is None
    assert Answers().pain_h is None
    assert Answers().training_h is None


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({}, "a table names"),
        ("has_fever", "a table names"),
        ({"all": []}, "at least one rule"),
        ({"any": [YES], "answer": "has_fever"}, "stands alone"),
        ({"answer": "has_fever"}, "one operator"),
        ({"answer": "has_fever", "is": True, "has": True}, "one operator"),
        ({"is": True}, "one answer"),
        ({"answer": "shoe_size", "above": 40}, "no answer 'shoe_size'"),
        ({"answer": "has_fever", "above": 1}, "does not fit"),
        ({"answer": "has_fever", "has": True}, "does not fit"),
        ({"answer": "locations", "is": "calf"}, "does not fit"),
        ({"answer": "age_years", "is": 18}, "does not fit"),
        ({"answer": "age_years", "above": "18"}, r"above\[0\]: Expected `float`"),
        ({"answer": "age_years", "above": True}, r"above\[0\]: Expected `float`"),
        ({"answer": "age_years", "above": [18]}, r"above\[0\]: Expected `float`"),
        ({"all": [YES, {"any": [3]}]}, r"\.all\[1\]\.any\[0\]: a table names"),
        ({"answer": "swelling", "is": "huge"}, r"is\[0\]: .* 'huge'; known: none, some, severe"),
        ({"answer": "swelling", "is": True}, "Expected `str`"),
        ({"answer": "has_fever", "is": "yes"}, "Expected `bool`"),
        ({"answer": "swelling", "is": []}, "at least one value"),
        ({"answer": "swelling", "unknown": False}, "unknown = true"),
    ],
)
def test_wrong_rules_are_refused_with_their_place(rule, message):
    with pytest.raises(KnowledgeError, match=f"flags.toml.*{message}"):
        parse_rule(rule, "flags.toml")
