"""Everything a person can take along: video, report, JSON, CSV, track."""

import datetime
from collections.abc import Callable, Sequence

import streamlit as st

from formcheck.app.pages.drawing import draw_video
from formcheck.app.parts.templates import show_html
from formcheck.app.visit.gate import person
from formcheck.app.visit.shots import Shot
from formcheck.app.visit.spaces import Space
from formcheck.files import Suffix, short_stem
from formcheck.report.html import ReportClip, html_report
from formcheck.report.rows import REP_COLUMNS, rep_rows, to_csv
from formcheck.squat.settings import Settings
from formcheck.training.plan import make_training_plan

BLUR = "blur-face"
"""Key of the switch: the result is judged and drawn with it."""


def show_take_away(
    mine: Space, found: Sequence[Shot], settings: Settings, is_allowed: bool
) -> None:
    """Draw the downloads."""
    filmed = [shot for shot in found if not shot.clip.is_poses_alone]
    if filmed:
        st.toggle(
            "Blur the face in the video, the pictures and the report", key=BLUR,
            help="Covers the face of the measured person with a coarse mosaic. Others in the "
            "picture are not covered: watch the video before you pass it on.",
        )  # fmt: skip
        if any(shot.pictures_look is None for shot in filmed):
            st.info("The pictures are being drawn again; until then the report has none.")
    stem = "+".join(short_stem(s.clip.name) for s in found)
    results = [s.result for s in found]

    # Made when somebody wants it: the page is drawn far more often than anything is taken along.
    def report() -> bytes:
        return html_report(
            [ReportClip(s.clip.name, s.result, s.analysis.reps, s.pictures()) for s in found],
            settings=settings.changed(),
            made_on=datetime.date.today().isoformat(),
            is_advice_allowed=is_allowed,
            plan=make_training_plan(person().known(datetime.date.today())),
        ).encode()

    def table() -> bytes:
        return to_csv(REP_COLUMNS, [row for result in results for row in rep_rows(result)])

    downloads: list[tuple[str, Callable[[], bytes], str, str, str]] = [
        ("Report (HTML, prints on one or two pages)", report, f"{stem}.html", "text/html",
         "download-report"),
        ("Table (CSV)", table, f"{stem}.csv", "text/csv", "download-csv"),
    ]  # fmt: skip
    for i, shot in enumerate(found, 1):
        name = short_stem(shot.clip.name)
        of = f" {i}" if len(found) > 1 else ""
        downloads += [
            (f"Result{of} (JSON)", shot.result.to_json, f"{name}{Suffix.RESULT}",
             "application/json", f"download-json-{i}"),
            (f"Poses{of} (track, to load again)", shot.track.to_bytes, f"{name}{Suffix.TRACK}",
             "application/octet-stream", f"download-track-{i}"),
        ]  # fmt: skip
    with st.container(horizontal=True):
        for label, data, name, kind, key in downloads:
            st.download_button(label, data, name, kind, key=key, on_click="ignore")
    _videos(mine, [shot for shot in found if shot.is_drawable])
    st.caption(
        "The poses hold no picture. Load them here another time to see curves and verdicts again, "
        "with a stick figure in place of the picture."
    )


def _videos(mine: Space, found: Sequence[Shot]) -> None:
    """The annotated videos: made when somebody wants them."""
    made = [
        (address, f"{short_stem(shot.clip.name)}{Suffix.VIDEO}")
        for shot in found
        if (address := shot.video_address(mine, shot.wanted)) is not None
    ]
    if made:
        show_html("videos.html", videos=made)
    for i, shot in enumerate(found, 1):
        if shot.clip.video(shot.wanted) is None:
            of = f" {i}" if len(found) > 1 else ""
            is_asked = shot.wanted in shot.clip.videos
            if is_asked or st.button(f"Make the annotated video{of} (MP4)", key=f"make-video-{i}"):
                draw_video(shot, f"Drawing the video{of}")
