"""Compare the verdicts on a folder of clips with what people say about them.

The label file is a CSV with a header.  ``file`` names a clip in the folder; everything else is
optional and may be left empty::

    file,rep,n_reps,valgus,forward,view
    anna.mp4,,5,no,unknown,front
    ben.mp4,1,3,yes,,front
    ben.mp4,2,3,no,,front

A row with a ``rep`` (1, 2, ...) labels that repetition, a row without labels the clip: it counts as
flagged if any of its repetitions is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import TypeVar

from formcheck.errors import FormcheckError, InputError, ModelError
from formcheck.report.tables_in import path_of, table_in
from formcheck.squat.analysis import Analysis
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Verdict
from formcheck.squat.view import ViewName

FAULT_OF_COLUMN = {fault.label: fault.name for fault in FAULTS}
COLUMNS = ("file", "rep", "n_reps", *FAULT_OF_COLUMN, "view")
UNIT_COLUMNS = ("file", "rep", "fault", "label", "verdict")
T = TypeVar("T")
_ANSWERS = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True, slots=True)
class Label:
    """One row of the label file; None where nothing is said."""

    file: str
    rep: int | None
    n_reps: int | None
    faults: dict[str, bool | None]
    view: ViewName | None


@dataclass(frozen=True, slots=True)
class Unit:
    """One labelled repetition (or clip, ``rep`` None) and the verdict on it."""

    file: str
    rep: int | None
    fault: str
    label: bool
    verdict: Verdict


@dataclass(slots=True)
class Comparison:
    """All labels of a folder beside the verdicts."""

    units: list[Unit] = field(default_factory=list)
    rep_counts: list[tuple[str, int, int]] = field(default_factory=list)
    """File, labelled and found repetitions."""
    views: list[tuple[str, str, str]] = field(default_factory=list)
    """File, labelled view and the view most repetitions were seen from."""
    failed: list[tuple[str, str]] = field(default_factory=list)
    """The clips that could not be judged, and why."""
    unmatched: list[str] = field(default_factory=list)
    """The clips whose repetition labels were left out, as another number was found."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts and rates of one fault over labelled units.

    ``counts[label][verdict]``.  A sensitivity or specificity is (rate, low, high) with its 95 %
    Wilson interval, NaN without such units; only assessable units enter, borderline counts as not
    flagged.
    """

    counts: dict[bool, dict[Verdict, int]]
    sensitivity: tuple[float, float, float]
    specificity: tuple[float, float, float]


_Z_95 = 1.959964
"""Quantile of the normal distribution: 95 % lie within."""


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a share by Wilson's score; NaN for n = 0."""
    if n == 0:
        return float("nan"), float("nan")
    p, z = successes / n, _Z_95
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def share(successes: int, n: int) -> tuple[float, float, float]:
    """Rate with its Wilson interval; NaN for n = 0."""
    rate = successes / n if n else float("nan")
    return (rate, *wilson_interval(successes, n))


def read_labels(path: Path) -> list[Label]:
    """Read a label file; raises InputError, with the line, if it cannot be used."""
    table = table_in(path)
    if "file" not in table.columns:
        raise InputError(f"{path}: the first line must name a column 'file'.")
    unknown = sorted(set(table.columns) - set(COLUMNS))
    if unknown:
        raise InputError(
            f"{path}: no such column: {', '.join(unknown)}. Known: {', '.join(COLUMNS)}."
        )
    for line, row in table.rows:
        if len(row) > len(table.columns):
            raise InputError(f"{path}, line {line}: more fields than columns.")
    labels = [_label(path, line, cells) for line, cells in table.records()]
    if not labels:
        raise InputError(f"{path}: holds no labels.")
    _check_agreement(path, labels)
    return labels


def _label(path: Path, line: int, cells: dict[str, str]) -> Label:
    if not cells["file"]:
        raise InputError(f"{path}, line {line}: 'file' is empty.")

    def read(name: str, meaning: Callable[[str], T], remedy: str) -> T | None:
        text = cells.get(name, "").lower()
        try:
            return meaning(text) if text else None
        except (KeyError, ValueError):
            raise InputError(f"{path}, line {line}: {name} is {text!r}. {remedy}") from None

    view = read("view", ViewName, f"Known: {', '.join(ViewName)}.")
    return Label(
        path_of(cells["file"]),
        read("rep", _whole_from(1), "Write a number from 1."),
        read("n_reps", _whole_from(0), "Write a number from 0."),
        {
            fault: read(column, _ANSWERS.__getitem__, "Write yes, no or unknown.")
            for column, fault in FAULT_OF_COLUMN.items()
        },
        None if view is ViewName.UNKNOWN else view,
    )


def _whole_from(least: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if int(text) < least:
            raise ValueError
        return int(text)

    return whole


def _check_agreement(path: Path, labels: Sequence[Label]) -> None:
    for file in {label.file for label in labels}:
        mine = [label for label in labels if label.file == file]
        if len({label.n_reps for label in mine} - {None}) > 1:
            raise InputError(f"{path}: {file} has two different n_reps.")
        reps = [label.rep for label in mine]
        if len(set(reps)) < len(reps):
            raise InputError(f"{path}: {file} has two rows for the same repetition.")


def compare_with_labels(
    folder: Path,
    labels: Sequence[Label],
    model: Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Comparison:
    """Judge every labelled clip of a folder and put labels and verdicts together.

    ``progress`` is called with the file, its number and how many there are.  Raises ModelError: it
    would fail every clip.
    """
    from formcheck.clip import check_clip  # all that judging needs

    result = Comparison()
    files = list(dict.fromkeys(label.file for label in labels))
    for number, file in enumerate(files, start=1):
        if progress is not None:
            progress(file, number, len(files))
        try:
            analysis = check_clip(folder / file, model=model).analysis
        except ModelError:
            raise
        except FormcheckError as error:
            result.failed.append((file, str(error)))
            continue
        _add_clip(result, analysis, [label for label in labels if label.file == file])
    return result


def _add_clip(result: Comparison, analysis: Analysis, labels: Sequence[Label]) -> None:
    file, reps = labels[0].file, analysis.reps
    n_reps = next((label.n_reps for label in labels if label.n_reps is not None), None)
    if n_reps is not None:
        result.rep_counts.append((file, n_reps, len(reps)))
    view = next((label.view for label in labels if label.view is not None), None)
    if view is not None and reps:
        seen = [str(rep.view.name) for rep in reps]
        result.views.append((file, view, max(sorted(set(seen)), key=seen.count)))
    highest = max((label.rep or 0 for label in labels), default=0)
    is_matched = len(reps) >= highest if n_reps is None else len(reps) == n_reps
    if highest and not is_matched:
        result.unmatched.append(file)
    for label in labels:
        for fault, answer in label.faults.items():
            if answer is None or (label.rep is not None and not is_matched):
                continue
            if label.rep is None:
                verdicts = (rep.finding(fault).verdict for rep in reps)
                worst = max(verdicts, key=lambda v: v.rank, default=Verdict.NOT_ASSESSABLE)
                result.units.append(Unit(file, None, fault, answer, worst))
            elif label.rep <= len(reps):
                verdict = reps[label.rep - 1].finding(fault).verdict
                result.units.append(Unit(file, label.rep, fault, answer, verdict))


def rates(units: Iterable[Unit]) -> Rates:
    """Count verdicts by label and derive sensitivity and specificity."""
    counts = {label: dict.fromkeys(Verdict, 0) for label in (True, False)}
    for unit in units:
        counts[unit.label][unit.verdict] += 1
    assessable = {
        label: sum(n for verdict, n in row.items() if verdict is not Verdict.NOT_ASSESSABLE)
        for label, row in counts.items()
    }
    return Rates(
        counts,
        share(counts[True][Verdict.FAULT], assessable[True]),
        share(assessable[False] - counts[False][Verdict.FAULT], assessable[False]),
    )
