"""Figures of the validation: small SVG files, the same bytes on every run."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.validation import results
from benchmarks.validation.clips import Array
from benchmarks.validation.evidence import Evidence
from benchmarks.validation.judge import Row
from benchmarks.validation.statistics import Rate, agreement, auc, detection_limit, roc

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A light card of its own, so the figures read the same on light and dark pages.
CARD, INK, GRID, SOFT = "#fcfcfa", "#22262a", "#d9dcdf", "#5c6570"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#9a5fa8")
VERDICT_COLOURS = {
    "fault": "#d55e00",
    "borderline": "#f0c05a",
    "ok": "#56a0d3",
    "not_assessable": "#c3c8cd",
    "missed": "#3f454b",
}
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "formcheck",
    "font.family": "sans-serif",
    "font.size": 9,
    "figure.facecolor": CARD,
    "axes.facecolor": CARD,
    "savefig.facecolor": CARD,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": SOFT,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
}
FIGURES = ("detection", "verdicts", "roc", "agreement", "yaw", "depth")


def draw_all(evidence: Evidence, folder: Path, names: Sequence[str] = FIGURES) -> list[Path]:
    """Draw the figures of a part into a folder."""
    import matplotlib

    matplotlib.use("svg")
    paths = []
    folder.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(STYLE):
        for name in names:
            path = folder / f"validation-{name}.svg"
            path.write_bytes(_svg(globals()[f"_{name}"](evidence)))
            paths.append(path)
    return paths


def _svg(figure: Figure) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def _panels(n: int, width: float = 8.0, height: float = 3.0, **more: Any) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(1, n, squeeze=False, **more)[0]


def _legend(axes: Axes, **how: Any) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8, **how)


def _rate_line(
    axes: Axes, points: Sequence[tuple[float, Rate]], colour: str, label: str, dx: float
) -> None:
    if not points:
        return
    x = np.array([amount for amount, _ in points]) + dx
    y = np.array([100 * rate.value for _, rate in points])
    bars = 100 * np.array([rate.interval for _, rate in points]).T
    size = np.abs(np.array([y - bars[0], bars[1] - y]))
    axes.errorbar(
        x, y, yerr=size, color=colour, marker="o", ms=4, lw=1.6, elinewidth=0.9, label=label
    )


def _detection(evidence: Evidence) -> Figure:
    figure, (left, right) = _panels(2)
    faces = results.front(evidence.rows)
    for number, way in enumerate(results.WAYS):
        points = [
            (amount, results.flagged(mine, "valgus"))
            for amount, mine in results.by_amount(faces, way)
        ]
        limit = detection_limit(points)
        label = f"{way}: {'none' if limit is None else f'{limit:.0f} %'}"
        _rate_line(left, points, COLOURS[number], label, 0.25 * (number - 1))
    left.set(title="Knee valgus", xlabel="knee inside the foot line [% of shank]")
    profiles = results.side(evidence.rows)
    margin = results.travel_margin(profiles)
    edges = np.arange(-45, 46, 10.0)
    points = []
    for low in edges[:-1]:
        rows = [r for r, m in zip(profiles, margin, strict=True) if low <= m < low + 10]
        if rows:
            points.append((low + 5, results.flagged(rows, "travel")))
    _rate_line(right, points, COLOURS[3], "", 0.0)
    right.set(title="Forward knee travel", xlabel="true travel minus limit [% of foot]")
    for axes in (left, right):
        axes.set(ylim=(-3, 103), ylabel="repetitions called a fault [%]")
        axes.axhline(95, color=SOFT, lw=0.8, ls="--")
    left.axhline(3, color=SOFT, lw=0.8, ls="--")
    right.axvline(0, color=SOFT, lw=0.8)
    _legend(left, loc="upper left", bbox_to_anchor=(0.0, 0.94))
    return figure


def _verdicts(evidence: Evidence) -> Figure:
    figure, panels = _panels(4, 9.4, 2.9, sharey=True)
    faces = results.front(evidence.rows)
    for axes, way in zip(panels, results.WAYS, strict=False):
        cells = [(f"{a:.0f}", m) for a, m in results.by_amount(faces, way)]
        _stack(axes, cells, "valgus")
        axes.set(title=f"valgus: {way}", xlabel="inside [% of shank]")
    profiles = results.side(evidence.rows)
    amounts = sorted({row["amount_pct"] for row in profiles})
    cells = [(f"{a:.0f}", [r for r in profiles if r["amount_pct"] == a]) for a in amounts]
    _stack(panels[3], cells, "travel")
    panels[3].set(title="forward travel", xlabel="past the toe [% of foot]")
    panels[0].set(ylabel="repetitions [%]", ylim=(0, 100))
    handles, labels = panels[0].get_legend_handles_labels()
    names = [label.replace("_", " ") for label in labels]
    figure.legend(handles, names, loc="outside lower center", ncols=5, fontsize=8)
    return figure


def _stack(axes: Axes, cells: Sequence[tuple[str, list[Row]]], fault: str) -> None:
    base = np.zeros(len(cells))
    for name, colour in VERDICT_COLOURS.items():
        part = np.array(
            [100 * results.shares(rows, fault)[name] / max(1, len(rows)) for _, rows in cells]
        )
        axes.bar([text for text, _ in cells], part, 0.82, base, color=colour, label=name)
        base += part
    axes.grid(visible=False)


def _roc(evidence: Evidence) -> Figure:
    figure, (left, right) = _panels(2, 7.0, 3.2)
    faces = results.front(evidence.rows)
    negative = score(results.without_fault(faces), "valgus")
    for number, amount in enumerate((6.0, 9.0, 12.0, 15.0)):
        positive = score([r for r in faces if r["amount_pct"] == amount], "valgus")
        _roc_line(left, positive, negative, COLOURS[number], f"{amount:.0f} %")
    left.set(title="Valgus against 0 and 3 %")
    profiles = results.side(evidence.rows)
    margin = results.travel_margin(profiles)
    for number, size in enumerate((5.0, 20.0)):
        over = [r for r, m in zip(profiles, margin, strict=True) if m >= size]
        under = [r for r, m in zip(profiles, margin, strict=True) if m <= -size]
        text = f"{size:.0f} points either side"
        _roc_line(right, score(over, "travel"), score(under, "travel"), COLOURS[number], text)
    right.set(title="Travel over against under its limit")
    for axes in (left, right):
        axes.plot([0, 1], [0, 1], color=GRID, lw=1)
        axes.set(xlabel="false alarm rate", ylabel="detection rate", aspect="equal")
        _legend(axes, loc="lower right")
    return figure


def score(rows: Sequence[Row], fault: str) -> Array:
    """Value over limit of each repetition; the lowest possible where none was stated."""
    found = []
    for row in rows:
        value, limit = row.get(f"{fault}_value"), row.get(f"{fault}_threshold")
        found.append(value - limit if value is not None and limit is not None else -1e6)
    return np.array(found, float)


def _roc_line(axes: Axes, positive: Array, negative: Array, colour: str, label: str) -> None:
    if len(positive) and len(negative):
        false, true = roc(positive, negative)
        text = f"{label}: {auc(positive, negative):.2f}"
        axes.plot(false, true, color=colour, lw=1.6, label=text)


def _agreement(evidence: Evidence) -> Figure:
    figure, panels = _panels(4, 10.0, 2.9)
    for axes, (name, (unit, find)) in zip(panels, results.MEASURES.items(), strict=False):
        rows = find(results.front(evidence.rows) + results.side(evidence.rows))
        found = results.errors(rows)
        true = results.errors(rows, "true")
        axes.plot(true + found / 2, found, ".", ms=2.6, color=COLOURS[0], alpha=0.6)
        fit = agreement(found)
        if fit.n:
            axes.axhline(fit.bias, color=COLOURS[1], lw=1.2)
            for limit in (fit.low, fit.high):
                axes.axhline(limit, color=COLOURS[1], lw=1, ls="--")
        axes.axhline(0, color=SOFT, lw=0.7)
        axes.set(title=name.split(",")[0], xlabel=f"mean of both [{unit}]")
    panels[0].set(ylabel="measured - true")
    return figure


def _yaw(evidence: Evidence) -> Figure:
    figure, panels = _panels(2, 7.6, 2.9)
    grids = (
        (panels[0], results.front, ("knee inside foot line, each leg", "yaw")),
        (panels[1], results.side, ("knee past toe", "yaw")),
    )
    for axes, choose, names in grids:
        for number, name in enumerate(names):
            points = yaw_curve(choose(evidence.open_rows, in_view=False), name)
            x = [yaw for yaw, *_ in points]
            label = f"{name.split(',')[0]} [{results.MEASURES[name][0]}]"
            axes.plot(x, [p for _, p, _ in points], "o-", color=COLOURS[number], label=label)
            axes.plot(x, [w for _, _, w in points], ":", color=COLOURS[number], lw=1.4)
        axes.set(xlabel="true yaw [deg]", ylim=(0, None))
        _legend(axes, loc="upper center", bbox_to_anchor=(0.5, 1.2))
    panels[0].set(ylabel="95th percentile of |error| (solid)\nstated 95 % half width (dotted)")
    return figure


def yaw_curve(rows: Sequence[Row], name: str) -> list[tuple[float, float, float]]:
    """True yaw, 95th percentile of the absolute error and mean stated half width."""
    points = []
    for yaw in sorted({abs(row["yaw_true_deg"]) for row in rows}):
        mine = results.MEASURES[name][1]([r for r in rows if abs(r["yaw_true_deg"]) == yaw])
        if mine:
            width = float(np.mean(results.errors(mine, "half_width")))
            points.append((yaw, agreement(results.errors(mine)).p95, width))
    return points


def _depth(evidence: Evidence) -> Figure:
    figure, panels = _panels(3, 8.6, 2.7)
    titles = {
        "inside": ("knee inside foot line", "% of shank"),
        "past_toe": ("knee past toe", "% of foot"),
        "flexion": ("knee flexion (side)", "deg"),
    }
    edges = np.arange(0.15, 0.61, 0.05)
    for axes, (measure, (title, unit)) in zip(panels, titles.items(), strict=True):
        rows = [r for r in evidence.curves if r["measure"] == measure and results.is_in_view(r)]
        middle, bias, low, high = [], [], [], []
        for start in edges:
            part = [r["error"] for r in rows if start <= r["drop_true"] < start + 0.05]
            if len(part) >= 10:
                fit = agreement(np.array(part))
                middle.append(100 * (start + 0.025))
                bias.append(fit.bias)
                low.append(fit.low)
                high.append(fit.high)
        axes.fill_between(middle, low, high, color=COLOURS[0], alpha=0.18, lw=0)
        axes.plot(middle, bias, "o-", ms=3.5, color=COLOURS[0])
        axes.axhline(0, color=SOFT, lw=0.7)
        axes.set(title=title, xlabel="hip drop [% of standing height]", ylabel=f"error [{unit}]")
    return figure
