"""``formcheck score``: exit codes, files, names, failures kept apart."""

import hashlib
import json

import jsonschema
import pytest
from scoring import clean, rows, score, story_track
from stickfigure import Camera, track_meta

from formcheck.pose.track import PoseTrack
from formcheck.report.result import schema


@pytest.fixture(scope="module")
def good():
    return story_track().to_bytes()


def test_a_track_is_scored_end_to_end(tmp_path, good):
    clip, out = tmp_path / "monday.npz", tmp_path / "out"
    clip.write_bytes(good)
    result = clean(score(clip, "--out", out))
    assert result.exit_code == 0
    names = {p.name for p in out.iterdir()}
    assert names >= {"monday.json", "monday.track.npz", "reps.csv", "clips.csv"}
    assert [n for n in names if n.endswith(".json")] == ["monday.json"]
    assert not any(n.endswith(".mp4") for n in names)
    record = json.loads((out / "monday.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(record)
    assert record["summary"]["n_reps"] == 1
    assert (out / "monday.track.npz").read_bytes() == good
    assert [r["fault"] for r in rows(out / "reps.csv")] == ["knee_valgus", "forward_knee_travel"]
    (clip_row,) = rows(out / "clips.csv")
    assert (clip_row["status"], clip_row["n_reps"]) == ("scored", "1")
    assert "knee valgus" in result.output


def test_scoring_again_gives_the_same_bytes(tmp_path, good):
    clip = tmp_path / "a.npz"
    clip.write_bytes(good)
    for out in ("one", "two"):
        clean(score(clip, "--out", tmp_path / out))
    for name in ("a.json", "a.track.npz", "reps.csv", "clips.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_stored_track_is_scored_from_its_own_folder(tmp_path, good):
    """The track that scoring wrote is scored again, in place and under the same name."""
    clip, out = tmp_path / "a.npz", tmp_path / "out"
    clip.write_bytes(good)
    clean(score(clip, "--out", out))
    before = (out / "a.json").read_bytes()
    result = clean(score(out / "a.track.npz", "--out", out))
    assert result.exit_code == 0
    assert (out / "a.json").read_bytes() == before
    assert (out / "a.track.npz").read_bytes() == good


def test_one_bad_clip_does_not_stop_the_others(tmp_path, good):
    (tmp_path / "good.npz").write_bytes(good)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "broken.npz").write_bytes(good[:200])
    out = tmp_path / "out"
    result = clean(
        score(tmp_path / "empty.mp4", tmp_path / "gone.mov", tmp_path / "broken.npz",
              tmp_path / "good.npz", "--out", out)
    )  # fmt: skip
    assert result.exit_code == 1
    table = {r["file"]: r for r in rows(out / "clips.csv")}
    assert table["empty.mp4"]["status"] == "failed"
    assert "empty" in table["empty.mp4"]["message"]
    assert table["gone.mov"]["status"] == "failed"
    assert table["broken.npz"]["status"] == "failed"
    assert sum(r["status"] == "scored" for r in table.values()) == 1
    assert sorted(p.name for p in out.glob("*.json")) == ["good.json"]
    for name in ("empty.mp4", "gone.mov", "broken.npz"):
        assert name in result.output


def test_only_failures_is_exit_code_1_and_still_a_table(tmp_path):
    result = clean(score(tmp_path / "gone.npz", "--out", tmp_path / "out"))
    assert result.exit_code == 1
    assert len(rows(tmp_path / "out" / "clips.csv")) == 1
    assert rows(tmp_path / "out" / "reps.csv") == []


def test_two_clips_of_one_name_share_nothing(tmp_path):
    out = tmp_path / "out"
    clips = []
    for folder, sha in (("a", "1"), ("b", "2")):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "clip.npz"
        path.write_bytes(story_track(sha, left=28.0 if sha == "2" else 0.0).to_bytes())
        clips.append(path)
    assert clean(score(*clips, "--out", out)).exit_code == 0
    digest = hashlib.sha256(clips[1].read_bytes()).hexdigest()
    other = f"clip-{digest[:8]}.json"
    assert {p.name for p in out.glob("*.json")} == {"clip.json", other}
    first = json.loads((out / "clip.json").read_text("utf-8"))
    second = json.loads((out / other).read_text("utf-8"))
    assert first["summary"]["knee_valgus"]["fault"] == 0
    assert second["summary"]["knee_valgus"]["fault"] == 1
    assert len(rows(out / "clips.csv")) == 2
    assert {r["result"] for r in rows(out / "clips.csv")} == {"clip.json", other}


def test_names_that_differ_in_case_only_do_not_collide(tmp_path):
    clips = []
    for folder, name, sha in (("a", "Clip.npz", "1"), ("b", "clip.npz", "2")):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / name
        path.write_bytes(story_track(sha).to_bytes())
        clips.append(path)
    out = tmp_path / "out"
    assert clean(score(*clips, "--out", out)).exit_code == 0
    names = [p.name.casefold() for p in out.glob("*.json")]
    assert len(names) == len(set(names)) == 2


@pytest.mark.parametrize(
    "name", ["深蹲.npz", "a b 'c'.npz", "=1+1.npz", "x" * 200 + ".npz", "a.b.c.npz", "[1].npz"]
)
def test_odd_names(tmp_path, good, name):
    path = tmp_path / name
    path.write_bytes(good)
    result = clean(score(path, "--out", tmp_path / "out"))
    assert result.exit_code == 0
    assert len(list((tmp_path / "out").glob("*.json"))) == 1


def test_settings_reach_the_verdict_and_the_record(tmp_path):
    path = tmp_path / "a.npz"
    path.write_bytes(story_track(left=28.0).to_bytes())
    lenient = ("--set", "valgus.fault_both_pct=80", "--set", "valgus.fault_leg_pct=80")
    clean(score(path, "--out", tmp_path / "usual"))
    assert clean(score(path, "--out", tmp_path / "set", *lenient)).exit_code == 0
    usual, chosen = (
        json.loads((tmp_path / d / "a.json").read_text("utf-8")) for d in ("usual", "set")
    )
    assert usual["summary"]["knee_valgus"]["fault"] == 1
    assert chosen["summary"]["knee_valgus"]["fault"] == 0
    assert chosen["settings"] == {"valgus.fault_both_pct": 80.0, "valgus.fault_leg_pct": 80.0}


def test_a_switch_is_set_with_a_word(tmp_path, good):
    path = tmp_path / "a.npz"
    path.write_bytes(good)
    result = clean(score(path, "--out", tmp_path / "o", "--set", "travel.comfort_mode=true"))
    assert result.exit_code == 0
    record = json.loads((tmp_path / "o" / "a.json").read_text("utf-8"))
    assert record["settings"] == {"travel.comfort_mode": True}


@pytest.mark.parametrize(
    "args",
    [
        (), ("--out", "o"), ("a.npz",), ("a.npz", "--out", "o", "--nonsense"),
        ("a.npz", "--out", "o", "--set", "nonsense"),
        ("a.npz", "--out", "o", "--set", "valgus.nonsense=3"),
        ("a.npz", "--out", "o", "--set", "valgus.fault_leg_pct=much"),
        ("a.npz", "--out", "o", "--set", "valgus.fault_leg_pct=nan"),
        ("a.npz", "--out", "o", "--set", "valgus.fault_leg_pct=inf"),
        ("a.npz", "--out", "o", "--set", "valgus.fault_leg_pct="),
        ("a.npz", "--out", "o", "--set", "=3"),
    ],
    ids=lambda a: " ".join(a) or "nothing",
)  # fmt: skip
def test_wrong_use_is_exit_code_2_and_does_nothing(tmp_path, good, monkeypatch, args):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.npz").write_bytes(good)
    result = clean(score(*args))
    assert result.exit_code == 2
    assert result.output
    assert not (tmp_path / "o").exists()


def test_a_wrong_setting_names_the_right_ones(tmp_path, good):
    path = tmp_path / "a.npz"
    path.write_bytes(good)
    result = clean(score(path, "--out", tmp_path / "o", "--set", "valgus.fault_leg=9"))
    assert "fault_leg_pct" in result.output


@pytest.mark.parametrize("kind", ["missing", "text"])
def test_a_wrong_model_is_an_error_with_words(tmp_path, good, kind):
    (tmp_path / "a.npz").write_bytes(good)
    model = tmp_path / "mine.task"
    if kind == "text":
        model.write_text("no model")
    result = clean(score(tmp_path / "a.npz", "--out", tmp_path / "o", "--model", model))
    assert result.exit_code in (1, 2)
    assert "mine.task" in result.output


def test_an_out_that_is_a_file(tmp_path, good):
    (tmp_path / "a.npz").write_bytes(good)
    (tmp_path / "o").write_text("here already")
    result = clean(score(tmp_path / "a.npz", "--out", tmp_path / "o"))
    assert result.exit_code in (1, 2)
    assert (tmp_path / "o").read_text() == "here already"


def test_a_track_without_its_source_is_named(tmp_path):
    path = tmp_path / "bare.npz"
    track = story_track()
    PoseTrack.from_poses(list(track), 720, 1280).save(path)
    result = clean(score(path, "--out", tmp_path / "o"))
    assert result.exit_code == 1
    (row,) = rows(tmp_path / "o" / "clips.csv")
    assert row["status"] == "failed"
    assert "bare.npz" in row["message"]


HOSTILE_META = {
    "source a list": {"source": [], "versions": {}, "notes": []},
    "no sha": {"source": {"file": "a"}, "versions": {}, "notes": []},
    "sha a number": {"source": track_meta(1, Camera(), 1)["source"] | {"sha256": 7},
                     "versions": {}, "notes": []},
    "notes a number": track_meta(1, Camera(), 1) | {"notes": 5},
    "file a path": {"source": track_meta(1, Camera(), 1)["source"] | {"file": "../../x"},
                    "versions": {"mediapipe": "1", "model_sha256": "1" * 64}, "notes": []},
    "empty": {},
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE_META)
def test_a_track_with_hostile_meta_data_fails_alone(tmp_path, good, kind):
    """A track file is input like any other: it may lie, it may not break the run."""
    track = story_track()
    evil = PoseTrack.from_poses(list(track), 720, 1280, HOSTILE_META[kind])
    evil.save(tmp_path / "evil.npz")
    (tmp_path / "good.npz").write_bytes(good)
    out = tmp_path / "o"
    result = clean(score(tmp_path / "evil.npz", tmp_path / "good.npz", "--out", out))
    assert result.exit_code in (0, 1)
    assert (out / "good.json").exists()
    validator = jsonschema.Draft202012Validator(schema())
    for path in out.glob("*.json"):
        validator.validate(json.loads(path.read_text("utf-8")))
    assert {p.name for p in tmp_path.iterdir()} == {"evil.npz", "good.npz", "o"}
