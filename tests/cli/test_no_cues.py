"""``formcheck score --no-cues``: results without coaching, for somebody with a warning sign."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from answer_sets import settled
from click.testing import CliRunner
from stickfigure import film, squat, stand

from formcheck.batch.rescore import rescore_folder
from formcheck.cli.main import main
from formcheck.knowledge import load_knowledge, parse_answers, run_guide
from formcheck.knowledge.guide_text import guide_to_text


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("track") / "set.npz"
    film([stand(1.2), squat(left_pct=22), stand(1.2)]).save(path)
    return path


def score(track: Path, out: Path, *options: str) -> str:
    done = CliRunner().invoke(
        main, ["score", str(track), "--out", str(out), "--progress", "json", *options]
    )
    assert done.exit_code == 0, done.output
    written = [p for p in sorted(out.iterdir()) if p.suffix in (".json", ".csv", ".html")]
    return done.output + "".join(p.read_text("utf-8") for p in written)


def test_no_cue_is_left_and_they_come_back_without_the_option(track: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = score(track, out)
    assert '"event": "rep"' in told
    assert '"cue": {' in told.partition('"event": "rep"')[2].splitlines()[0]
    assert '"cue": {' in told
    held = score(track, out, "--no-cues")
    for cue in load_knowledge().cues:
        assert cue.text not in held
        assert cue.spoken not in held
    result = json.loads((out / "set.json").read_text("utf-8"))
    assert [rep["cue"] for rep in result["reps"]] == [None]
    assert result["reps"][0]["findings"][0]["verdict"] == "fault"
    # Judging again keeps them out.
    rescore_folder(out)
    assert '"cue": {' not in (out / "set.json").read_text("utf-8")
    assert '"cue": {' in score(track, out)


def test_the_guide_names_the_option_beside_a_sign_only() -> None:
    assert "--no-cues" in guide_to_text(run_guide(parse_answers({"has_pop": True})))
    mention = run_guide(parse_answers(settled(clicking="painless")))
    assert "--no-cues" not in guide_to_text(mention)
