"""The mutation check itself: which wrong versions it makes, and which places it leaves alone."""

from __future__ import annotations

import ast
import sys
from types import ModuleType

import pytest

from benchmarks.mutants import mutants
from benchmarks.mutate import put_in

SOURCE = '''
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    limit: float = 9.0


def f(x: int = 3) -> int:
    """Nothing 1 > 2."""
    if x > 4 and not x == 50:
        return max(-x, 1)
    return x + 1e-9
'''


def test_every_kind_of_change_is_made_once() -> None:
    found = [ast.unparse(m.tree) for m in mutants(SOURCE)]
    assert len(found) == len(set(found))
    for wanted in (
        "if x <= 4 and (not x == 50)", "if x > 4 or not x == 50", "not not x == 50",
        "if x > 4 and (not x != 50)", "if True:", "if False:", "min(-x, 1)", "max(+x, 1)",
        "x > 5", "x > 3", "x == 75", "x == 25", "max(-x, 2)", "max(-x, 0)",
    ):  # fmt: skip
        assert sum(wanted in text for text in found) == 1, wanted


def test_settings_words_annotations_and_guards_are_left_alone() -> None:
    for mutant in mutants(SOURCE):
        text = ast.unparse(mutant.tree)
        assert "limit: float = 9.0" in text
        assert "x: int=3" in text
        assert "Nothing 1 > 2." in text
        assert "return x + 1e-09" in text


@pytest.mark.parametrize("line", ["a < b", "a + b", "a and b", "-a", "min(a, b)", "3 if a else b"])
def test_each_is_reported_with_its_line(line: str) -> None:
    (first, *_) = mutants(f"x = 1 if c else d\ny = {line}\n")
    assert first.line == 1
    assert any(m.line == 2 and "->" in m.change for m in mutants(f"\ny = {line}\n"))


CONSTANTS = """
from dataclasses import dataclass
import numpy as np

@dataclass
class Record:
    number: float

NUMBER, RECORD, ARRAY, BY_NAME = 2.0, Record(3.0), np.array([5.0]), {"a": 7.0}

def f():
    return NUMBER, RECORD.number, ARRAY[0], BY_NAME["a"]
"""


def test_a_mutant_replaces_numbers_records_arrays_and_tables_of_a_loaded_module(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = set()
    for mutant in mutants(CONSTANTS):
        if mutant.line == 9:
            module = ModuleType("rules")
            module.__file__ = "rules.py"
            monkeypatch.setitem(sys.modules, "rules", module)
            exec(CONSTANTS, vars(module))
            f = module.f
            put_in(module, mutant)
            read.add(f())
    assert {(3, 3, 5, 7), (2, 4.5, 5, 7), (2, 3, 7.5, 7), (2, 3, 5, 10.5)} < read
    assert (2, 3, 5, 7) not in read
