"""formcheck validate: label files, their errors, and the comparison."""

from dataclasses import replace

import pytest
from click.testing import CliRunner
from stickfigure import Camera, film, squat, stand, track_meta

from formcheck.batch.validation import Unit, compare_with_labels, rates, read_labels
from formcheck.cli.validate import summary_lines, validate_command
from formcheck.errors import InputError
from formcheck.squat.faults.finding import Verdict


def write(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two tracks from the front: one with two good reps, one with the second caving."""
    out = tmp_path_factory.mktemp("clips")
    for name, amount in (("good.npz", 0.0), ("caves.npz", 30.0)):
        story = [stand(1.0), squat(105), stand(0.8)]
        story += [squat(105, left_pct=amount, right_pct=amount), stand(1.0)]
        camera = Camera(yaw_deg=0)
        film(story, camera=camera, meta=track_meta(200, camera, 8.0)).save(out / name)
    return out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("clip,valgus\na,yes\n", "'file'"),
        ("file,valgus\n", "holds no labels"),
        ("file,knees\na,yes\n", "no such column: knees"),
        ("file,valgus\na,maybe\n", "line 2: valgus is 'maybe'"),
        ("file,valgus\n,yes\n", "line 2: 'file' is empty"),
        ("file,rep\na,0\n", "line 2: rep is '0'"),
        ("file,n_reps\na,five\n", "line 2: n_reps is 'five'"),
        ("file,n_reps\na,-1\n", "n_reps is '-1'"),
        ("file,view\na,above\n", "view is 'above'"),
        ("file,valgus\na,yes,no\n", "line 2: more fields than columns"),
        ("file,rep,n_reps\na,1,2\na,2,3\n", "two different n_reps"),
        ("file,rep,valgus\na,1,yes\na,1,no\n", "two rows for the same repetition"),
    ],
)
def test_label_file_errors_name_line_and_remedy(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_labels(write(tmp_path, text))


def test_label_files_of_other_programs(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_bytes("\ufeffFile, Valgus ,VIEW\nä.mp4, YES ,front\n".encode())
    (label,) = read_labels(path)
    assert label.file == "ä.mp4"
    assert label.faults == {"knee_valgus": True, "forward_knee_travel": None}
    path.write_bytes(b"file\n\x81\xff\n")
    with pytest.raises(InputError, match="save the table as CSV"):
        read_labels(path)
    with pytest.raises(InputError, match="Check the path"):
        read_labels(tmp_path / "none.csv")


def test_rates_leave_out_what_cannot_be_assessed():
    def units(label, *verdicts):
        return [Unit("f", 1, "knee_valgus", label, Verdict(v)) for v in verdicts]

    found = rates(
        units(True, "fault", "fault", "borderline", "not_assessable")
        + units(False, "ok", "fault", "not_assessable")
    )
    assert found.sensitivity[0] == pytest.approx(2 / 3)
    assert found.specificity[0] == pytest.approx(1 / 2)
    assert found.counts[True][Verdict.NOT_ASSESSABLE] == 1


def judged(folder, tmp_path, text):
    return compare_with_labels(folder, read_labels(write(tmp_path, text)))


def test_labels_of_repetitions_and_of_clips(folder, tmp_path):
    result = judged(
        folder,
        tmp_path,
        "file,rep,n_reps,valgus,view\n"
        "caves.npz,1,2,no,front\ncaves.npz,2,2,yes,front\ncaves.npz,,2,yes,\ngood.npz,,2,no,side\n",
    )
    assert result.rep_counts == [("caves.npz", 2, 2), ("good.npz", 2, 2)]
    assert result.views == [("caves.npz", "front", "front"), ("good.npz", "side", "front")]
    seen = {(u.file, u.rep): u.verdict for u in result.units}
    assert seen["caves.npz", 2] is Verdict.FAULT
    assert seen["caves.npz", None] is Verdict.FAULT
    assert seen["good.npz", None] is not Verdict.FAULT
    text = "\n".join(summary_lines(result))
    assert "repetitions: exact in 2 of 2 clips" in text
    assert "view: as labelled in 1 of 2 clips" in text
    assert "knee_valgus, clips:" in text


def test_repetition_labels_need_the_same_repetitions(folder, tmp_path):
    result = judged(
        folder, tmp_path, "file,rep,n_reps,valgus\ncaves.npz,2,3,yes\nmissing.npz,,1,no\n"
    )
    assert result.units == []
    assert result.unmatched == ["caves.npz"]
    assert result.failed[0][0] == "missing.npz"
    text = "\n".join(summary_lines(result))
    assert "caves.npz: 3 labelled, 2 found" in text
    assert "not judged: missing.npz" in text


def test_command_prints_and_writes(folder, tmp_path):
    story = [stand(1.0), squat(105, left_pct=30, right_pct=30), stand(1.0)]
    camera = Camera()
    meta = track_meta(90, camera, 4.0)
    replace(film(story, camera=camera), meta=meta).save(tmp_path / "one.npz")
    labels = write(tmp_path, "file,n_reps,valgus\none.npz,1,yes\n")
    out = tmp_path / "out"
    done = CliRunner().invoke(
        validate_command, [str(tmp_path), "--labels", str(labels), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "sensitivity 100 %" in done.output
    assert (out / "verdicts.csv").read_text(encoding="utf-8-sig") == (
        "file,rep,fault,label,verdict\none.npz,,knee_valgus,yes,fault\n"
    )
    assert "sensitivity" in (out / "summary.txt").read_text(encoding="utf-8")


def test_command_exit_codes(tmp_path):
    run = CliRunner().invoke
    bad = write(tmp_path, "file,valgus\na,maybe\n")
    assert run(validate_command, [str(tmp_path), "--labels", str(bad)]).exit_code == 2
    missing = write(tmp_path, "file,valgus\nnone.npz,yes\n")
    done = run(validate_command, [str(tmp_path), "--labels", str(missing)])
    assert done.exit_code == 1
    assert "not judged: none.npz" in done.output
