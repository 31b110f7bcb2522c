"""The sentences of docs/validation.md that do not change with the numbers."""

from __future__ import annotations

INTRODUCTION = """\
# Validation

How far formcheck's counts, numbers and verdicts can be trusted. First real clips, then rendered
people whose joints are known exactly. Every number on this page and in its
[appendix](appendix/validation.md), with methods, all tables, trials and how to repeat them, is
written by `python benchmarks/validate.py`; none is entered by hand.
"""

REAL = """\
## Real clips

Public footage of real people, labelled by eye before any verdict was read. These are clips that
went wrong at one time or another, and the limits were set with them in sight: they show what is
still wrong, not how often a new clip will be. None of them shows knees that collapse, so nothing
here tells how many real collapses are missed; how well real collapses are *ranked* is in the last
row of the bounds below. A clip counts by its gravest repetition.
"""

RENDERED = """\
## Rendered people

Error on {people} people from whom nothing was learnt ({reps} repetitions; measured minus true).
*Covered*: the share of the stated 95 % intervals that hold the true value, with a Wilson interval.
*Near*: the leg nearer to the camera.
"""

RENDERED_END = """\
Rendered people are not real people: the error on real footage can be larger or simply other. Part
of what the learnt correction of the knees gains, it gains by drawing readings of a few per cent
towards the foot line, where most rendered knees are. Not measured: yaws between 30 and 60 deg,
from behind, feet turned out beyond 32 deg, cameras above 1.4 m, legs hidden by bars and plates,
and models other than the bundled one. [What else it cannot see](limits.md).
"""

APPENDIX = """\
# Validation: methods and all tables

What [Validation](../validation.md) sums up, measured on rendered people whose joints are known
exactly.

Intervals after a share are 95 % Wilson intervals in per cent, counts in front of them:
`95 % (19/20; 76–99)`. Intervals "by person" come from 2,000 bootstrap resamples of whole people.
Errors are measured minus true.
"""

METHODS = """\
## Methods

**People and clips.** 24 parametric bodies (12 women, 12 men; 1.54 to 1.92 m, 48 to 104 kg; six
skin tones) were posed, dressed and rendered doing squats in furnished rooms, then encoded as
H.264 with lens blur, sensor noise and hand-held shake, and put through the pose model like any
other clip (mediapipe {mediapipe}, model {model}…).
[`benchmarks/grid.toml`](../../benchmarks/grid.toml) fixes the design. The front part crosses knees
inside the foot line of 0, 3, 6, 9, 12, 15, 20 and 25 % of shank with left / right / both knees /
both on the ascent only and yaw 0, 10, 20 and 30 deg; the side part crosses knee past toe of -10
to +60 % of foot with heels down / up and yaw 90, 75 and 60 deg; equal counts in every
combination. Depth, tempo, stance, toe-out, trunk lean, hip shift, clothes, barbell, camera
distance, height, lens and roll, frame rate, picture size, compression and light are spread over
the clips.

**Tuning and held-out people.** Limits, corrections and uncertainties were set on the tuning part
only: {tune_clips} clips, {tune_reps} of {tune_planned} planned repetitions, {tune_people} people,
{tune_frames} frames. The figures below are from the held-out part: {held_clips} clips,
{held_reps} of {held_planned} planned repetitions, {held_people} other people, {held_frames}
frames.

**True values**, from the posed skeleton and never from the request. With knee $k$, ankle $a$, toe
tip $t$, heel $h$, unit foot axis $u = (t-h)/|t-h|$ on the floor and $o$ its outward normal:

- knee inside the foot line $= -100\\,(k-a)\\cdot o / |k-a|$ (% of shank)
- knee past toe $= 100\\,(k-t)\\cdot u / |t-h|$ (% of foot)
- knee flexion $= 180° - \\angle(\\mathrm{{hip}},k,a)$ with joint centres in space
- knee moved in: towards the midline from its ankle, or against its own way, as
  [Methods](../methods.md) defines it
- peak: the largest value held for 0.15 s; of the knees near the bottom and on the way up, of the
  others while the hips have sunk by at least 15 % of standing height.
- valgus: the weaker of the two, inside the foot line and moved in.

**Measured values** are the product's own, as a user would get them: knee inside the foot line per
leg and the mean of both, knee past toe of the leg named, knee flexion (97th percentile of the
repetition, side views), yaw of the repetition. Repetitions found and true ones are paired by
overlap in time. A repetition is *flagged* when its verdict is `fault`; a missed or not assessable
one is not flagged. "In the right view" means a true yaw within 20 deg of the front (0, 10, 20) or
of the side (90, 75).

**Statistics.** Bias is the mean error, SD its standard deviation, 95 % limits of agreement are
bias ± 1.96 SD (Bland and Altman). Coverage is the share of stated 95 % intervals that hold the true
value. The area under the ROC curve is the chance that a faulty repetition scores above a faultless
one, the score being the value over its limit. The detection limit is the smallest amount from which
on at least 95 % of the assessable repetitions of every amount are flagged. Wilson intervals take
repetitions as independent; four come from one clip, so they are somewhat too narrow.

**Stored data.** `benchmarks/grid/*.npz` hold the landmarks the product reads (1/32 px), their
visibility and the true joints and measures of every frame. Verdicts that differ between the stored
and the full tracks: {held_packed} held-out, {tune_packed} tuning.
"""

FORMULAS = """\
The product's formulas, from its source (x in pixels):
"""

RESULTS = {
    "detection": (
        "Frames in which a person was found, and clips whose repetitions were counted exactly.\n"
    ),
    "landmarks": (
        "Landmark minus true joint, median of each repetition's bottom or of the standing "
        "frames, as mean ± SD over them. *Across* is towards the midline (front) or forward "
        "(side). `foot index` is compared with the toe tip.\n"
    ),
    "errors": (
        "Peak of each repetition. The limits of the view are lifted here, so that the table "
        "also shows what they keep out; yaw is positive towards the side.\n"
    ),
    "figure agreement": (
        "Measured minus true over their mean, in the right view. Solid: bias; dashed: 95 % limits."
    ),
    "figure depth": (
        "Error of every tenth of a second in the right view by depth: bias (line) and 95 % "
        "limits (band)."
    ),
    "coverage": (
        "Share of stated 95 % intervals that hold the true value, in the right view (yaw: all "
        "views).\n"
    ),
    "yaw": (
        "A measure is beyond its reach where the 95th percentile of its absolute error exceeds "
        "the half width it states. View limits are lifted here too.\n"
    ),
    "figure yaw": ("Error (solid) and stated half width (dotted) by true yaw."),
    "valgus": (
        "In the right view. The amount is what was asked for; the true peaks differ from it by "
        "at most {amount_error} points. With one knee in, the other is on the foot line.\n"
    ),
    "figure detection": (
        "Repetitions called a fault; the legend gives the detection limit. Bars: 95 % Wilson "
        "intervals; dashed: 3 % and 95 %."
    ),
    "figure verdicts": ("Verdicts by amount, in the right view."),
    "auc": (
        "Area under the ROC curve against repetitions without valgus, with 95 % intervals by "
        "person:\n"
    ),
    "figure roc": ("ROC curves with the area under them."),
    "side": ("The knee that is named, flagged repetitions of 9 % and more:\n"),
    "conditions": (
        "By condition. *Without valgus*: 3 % at most; *when sure*: 15 % and more. The "
        "error is that of each leg, mean ± SD.\n"
    ),
    "travel": (
        "In the right view, by the true travel minus the limit the repetition was held against "
        "(the limit depends on depth, proportions, heels and lean).\n"
    ),
    "stability": (
        "The same tracks with only the frames of a 15 Hz clock, and with a random tenth of the "
        "frames missing. *Same*: verdict as on the full track, of those assessable there.\n"
    ),
}

REAL_MOVEMENT = """\
## Real movement, ranking only

804 recordings of real squats by several people (3D landmarks triangulated from several cameras,
not metric, labels by kind of squat) were projected through a virtual camera in front or at the
left side and judged by the product. Only the order of its values is used. Even recordings were
open to tuning, odd ones were not. The recordings are not part of this repository.

"Knees caving" is said of both knees, so the mean of both ranks it; the decisive value, which may be
one knee's, is shown beside it: recordings whose stance is not square to the virtual camera read as
one knee in. That choice was made after both had been seen. *Not judged*: no repetition was counted,
or none was assessable.
"""

LIMITS = """\
## Limits

- **Rendered people are not real people.** The pose model was trained on photographs; skin, cloth
  and light here are simpler than in life, and the error on real footage can be larger or simply
  other. No motion capture of real lifters stands behind this page.
- The knees move as asked: smooth, symmetric in time, planted feet. Wobble, shifting feet, shaking
  under a heavy load and pain-driven movement are thin or absent.
- Thin on: landscape pictures, 60 frames a second, slow repetitions, very tall or heavy people,
  loose trousers together with a barbell. Absent: other people in the picture, mirrors, plates or
  racks that hide the feet, skirts and dresses, braces, missing limbs, children, cameras above 1.4
  m or below 0.4 m, distances beyond 4 m.
- 24 bodies share one topology, so their joint centres sit in the same anatomical place; landmark
  bias of another body model, or of a person, may differ.
- The tuning people and the held-out people are different bodies in the same rooms, clothes and
  cameras: this tests new people, not new surroundings.
- A count of 24 to 48 repetitions a cell leaves wide intervals; read them, not the shares alone.
- The limits themselves are coaching limits. That a verdict is right about the movement does not
  make it a statement about injury.
"""

TRIALS = """\
Changes tried on the tuning part while calibrating, failures too.
"""

REPRODUCE = """\
## How to reproduce

```
pip install -e ".[dev,validate]"
python benchmarks/validate.py --quick            # judge the committed data, rewrite the pages
python benchmarks/validate.py --check            # the same; exit code 1 when a bound is broken
python benchmarks/validate.py --part tuning      # print one part, write nothing
python benchmarks/validate.py --table rows.csv --part tuning
python benchmarks/validate.py --real DIR [DIR ...]   # real clips with an expected.json
python -m benchmarks.learning                    # fit what is learnt, on the tuning part
```

From scratch (`pip install -e ".[render]"`; about two core-hours on a machine without a GPU):

```
python -m tools.render grid --portion 1/1 --out grid        # K/N renders a portion; resumes
python benchmarks/validate.py --collect grid --tracks tracks
python benchmarks/validate.py --render 3         # render three clips again and compare
```

Another model of the family, such as lite or heavy, when you have its bundle (this page is for the
bundled model only; the others were not run):

```
python benchmarks/validate.py --collect grid --tracks tracks-heavy --data data-heavy \\
    --model pose_landmarker_heavy.task
python benchmarks/validate.py --data data-heavy --docs docs-heavy
```

### Your own labelled clips

`formcheck validate DIR --labels labels.csv --out out` judges every clip named in the label file
and prints repetition count errors, verdicts by label, sensitivity and specificity with 95 %
intervals. The label file has a header; only `file` is needed, empty cells and `unknown` say
nothing:

```
file,rep,n_reps,valgus,forward,view
anna.mp4,,5,no,unknown,front
ben.mp4,1,3,yes,,front
ben.mp4,2,3,no,,front
```

A row with a `rep` labels that repetition (left out when another number of repetitions is found),
a row without one labels the clip, which counts as flagged if any repetition is.

**Fitness-AQA** (barbell squats with labels for "knees inward" and "knees forward") is given out
by its authors on request and could not be had here, so no figure for it is given. To run it: put
the labelled squat clips into one folder and write a row a clip from its label files, `valgus` =
*yes* if the clip carries a knees-inward label and *no* otherwise, `forward` likewise from
knees-forward, `view` = unknown, then run the command above. Many of its clips are oblique views;
expect them to be `not_assessable`, and report that share together with the rates. Its labels are
judgements by eye, not measurements: disagreement near the limits is expected.
"""
