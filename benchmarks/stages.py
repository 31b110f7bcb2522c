"""Where the time of a frame goes: processor time of each stage, interleaved.

::

    python -m benchmarks.stages [CLIP] [--frames 120] [--rounds 5]

Medians over the rounds, in milliseconds a frame and as shares of bare inference (decode, conversion
to RGB and the untouched model).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from contextlib import closing
from itertools import islice
from pathlib import Path

from formcheck.pose.estimator import PoseEstimator
from formcheck.squat.analysis import Analyzer
from formcheck.video.reading import FrameReader
from tools.build_model import ROOT, untouched_model

BARE = ("decode", "conversion to RGB", "untouched model")


def once(clip: Path, n: int) -> dict[str, float]:
    """Processor seconds of each stage over ``n`` frames."""
    cost: dict[str, float] = {}

    def told(stage: str, begun_s: float) -> None:
        cost[stage] = time.process_time() - begun_s

    begun_s = time.process_time()
    frames = list(islice(FrameReader(clip), n))
    told("decode", begun_s)
    begun_s = time.process_time()
    for frame in frames:
        _ = frame.image
    told("conversion to RGB", begun_s)
    models = {"untouched model": untouched_model(), "pruned model": None}
    for stage, model in models.items():
        with closing(PoseEstimator(model)) as estimator:
            poses = [estimator.estimate(frames[0])]
            begun_s = time.process_time()
            poses += [estimator.estimate(frame) for frame in frames[1:]]
            told(stage, begun_s)
    begun_s = time.process_time()
    analyzer = Analyzer()
    for pose in poses:
        analyzer.update(pose)
    analyzer.finish()
    told("repair, smoothing, repetitions, verdicts", begun_s)
    return cost


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sample = ROOT / "sample_videos" / "front_valgus_both.mp4"
    parser.add_argument("clip", nargs="?", type=Path, default=sample)
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rounds: dict[str, list[float]] = defaultdict(list)
    for _ in range(options.rounds):
        cost = once(options.clip, options.frames)
        for stage, cost_s in cost.items():
            rounds[stage].append(1000 * cost_s / options.frames)
            rounds[f"share {stage}"].append(cost_s / sum(cost[part] for part in BARE))
    print("| stage | ms a frame | share of bare inference |\n|---|---|---|")
    for stage in cost:
        cost_ms, share = (statistics.median(rounds[key]) for key in (stage, f"share {stage}"))
        print(f"| {stage} | {cost_ms:.1f} | {share:.2f} |")


if __name__ == "__main__":
    main()
