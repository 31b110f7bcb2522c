"""Poses and tracks: what is kept, what is refused, and files meant to hurt."""

import io
import json
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from stickfigure import Sampling, changed, film, squat, stand

from formcheck.errors import InputError
from formcheck.pose.track import Pose, PoseTrack


@pytest.fixture(scope="module")
def track():
    return film([stand(0.3), squat(90)], sampling=Sampling(30, absent_share=0.1, seed=3))


def test_a_track_comes_back_as_it_was(track, tmp_path):
    path = tmp_path / "a.npz"
    track.save(path)
    back = PoseTrack.load(path)
    for name in ("times_s", "points_px", "visibility", "world_m"):
        assert np.array_equal(getattr(back, name), getattr(track, name), equal_nan=True)
        assert getattr(back, name).dtype == getattr(track, name).dtype
    assert (back.width_px, back.height_px, back.meta) == (720, 1280, track.meta)


def test_the_same_track_is_the_same_bytes(track):
    again = PoseTrack.from_poses(list(track), track.width_px, track.height_px, track.meta)
    assert again.to_bytes() == track.to_bytes()


def test_a_long_clip_takes_no_more_memory_than_its_numbers(track):
    """Poses come one by one; the blocks they wait in go as the arrays are made of them."""

    def poses():
        for i in range(6000):
            pose = track[i % len(track)]
            yield replace(pose, time_s=i / 30)

    tracemalloc.start()
    try:
        long = PoseTrack.from_poses(poses(), 720, 1280)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    arrays = long.points_px, long.visibility, long.world_m, long.times_s
    assert peak_bytes < 1.6 * sum(array.nbytes for array in arrays)
    assert np.array_equal(long.points_px[-1], track.points_px[5999 % len(track)], equal_nan=True)


def test_an_empty_track_can_be_kept(tmp_path):
    empty = PoseTrack.from_poses([], 640, 480)
    empty.save(tmp_path / "e.npz")
    back = PoseTrack.load(tmp_path / "e.npz")
    assert len(back) == 0


def test_odd_names_and_meta_survive(track, tmp_path):
    path = tmp_path / "squat 深蹲 №1.npz"
    changed(track).save(path)
    odd = PoseTrack.from_poses(list(track), 7, 9, {"notes": ["ü ✓ \"'"], "n": 1.5, "none": None})
    odd.save(path)
    assert PoseTrack.load(path).meta == odd.meta


def test_nan_does_not_get_into_meta(track):
    with pytest.raises(ValueError, match="JSON"):
        PoseTrack.from_poses(list(track), 7, 9, {"x": float("nan")}).to_bytes()


@pytest.mark.parametrize(
    "wrong",
    [
        {"times_s": np.array([0.0, 0.0, 0.1])},
        {"times_s": np.array([0.0, 0.2, 0.1])},
        {"times_s": np.array([0.0, np.nan, 0.1])},
        {"times_s": np.array([0.0, 0.1])},
        {"points_px": np.zeros((3, 17, 2))},
        {"visibility": np.zeros((2, 33))},
        {"world_m": np.zeros((3, 33, 2))},
        {"width_px": 0},
        {"height_px": -5},
    ],
    ids=lambda w: next(iter(w)),
)
def test_a_track_that_makes_no_sense_is_refused(wrong):
    good = PoseTrack.from_poses([Pose.absent(t) for t in (0.0, 0.1, 0.2)], 640, 480)
    with pytest.raises(ValueError):
        changed(good, **wrong)


def test_an_absent_person_is_nan_and_never_zero():
    pose = Pose.absent(1.5)
    assert not pose.is_present
    assert np.isnan(pose.points_px).all()
    assert np.isnan(pose.world_m).all()
    assert (pose.visibility == 0).all()


# -- files meant to hurt ---------------------------------------------------------


def members(track):
    with zipfile.ZipFile(io.BytesIO(track.to_bytes())) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return out.getvalue()


def npy(array, **how):
    out = io.BytesIO()
    np.save(out, array, **how)
    return out.getvalue()


def header(**values):
    text = {"format": 1, "width_px": 720, "height_px": 1280, "meta": {}} | values
    return npy(np.frombuffer(json.dumps(text).encode(), np.uint8))


def hostile(kind, track):
    good = members(track)
    n = len(track)
    bad_times = track.times_s.copy()
    bad_times[n // 2] = np.nan
    cases = {
        "empty file": b"",
        "text": b"hello\n" * 50,
        "truncated": track.to_bytes()[: len(track.to_bytes()) // 2],
        "cut tail": track.to_bytes()[:-30],
        "empty zip": zipped({}),
        "other zip": zipped({"word/document.xml": b"<x/>"}),
        "missing array": zipped({k: v for k, v in good.items() if k != "points_px.npy"}),
        "missing header": zipped({k: v for k, v in good.items() if k != "header.npy"}),
        "other format": zipped(good | {"header.npy": header(format=99)}),
        "no size": zipped(good | {"header.npy": header(width_px=None)}),
        "negative size": zipped(good | {"header.npy": header(width_px=-3)}),
        "meta a list": zipped(good | {"header.npy": header(meta=[1])}),
        "header not json": zipped(good | {"header.npy": npy(np.zeros(9, np.uint8))}),
        "header a number": zipped(good | {"header.npy": npy(np.frombuffer(b"12", np.uint8))}),
        "pickle": zipped(good | {"times_s.npy": npy(np.array([{}], object), allow_pickle=True)}),
        "integers": zipped(good | {"times_s.npy": npy(np.arange(n))}),
        "complex": zipped(good | {"points_px.npy": npy(np.zeros((n, 33, 2), complex))}),
        "strings": zipped(good | {"times_s.npy": npy(np.array(["a"] * n))}),
        "wrong shape": zipped(good | {"points_px.npy": npy(np.zeros((n, 2)))}),
        "a scalar": zipped(good | {"times_s.npy": npy(np.float64(3.0))}),
        "nan time": zipped(good | {"times_s.npy": npy(bad_times)}),
        "backwards": zipped(good | {"times_s.npy": npy(track.times_s[::-1].copy())}),
        "not npy": zipped(good | {"times_s.npy": b"\x93NUMPY broken"}),
    }
    return cases[kind]


HOSTILE = [
    "empty file", "text", "truncated", "cut tail", "empty zip", "other zip", "missing array",
    "missing header", "other format", "no size", "negative size", "meta a list",
    "header not json", "header a number", "pickle", "integers", "complex", "strings",
    "wrong shape", "a scalar", "nan time", "backwards", "not npy",
]  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_track_is_refused_by_name(kind, track, tmp_path):
    path = tmp_path / "evil clip.npz"
    path.write_bytes(hostile(kind, track))
    with pytest.raises(InputError, match=r"evil clip\.npz"):
        PoseTrack.load(path)


class _Runs:
    """Unpickling it writes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_nothing_inside_a_track_is_run(track, tmp_path):
    path, touched = tmp_path / "evil.npz", tmp_path / "touched"
    array = np.empty(1, object)
    array[0] = _Runs(touched)
    contents = members(track)
    for name in contents:
        path.write_bytes(zipped(contents | {name: npy(array, allow_pickle=True)}))
        with pytest.raises(InputError):
            PoseTrack.load(path)
        assert not touched.exists()


def test_a_small_file_that_claims_to_be_huge_is_refused_before_unpacking(track, tmp_path):
    path = tmp_path / "bomb.npz"
    block = b"\0" * 2**24
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("points_px.npy", "w", force_zip64=True) as member:
            member.write(block)
        info = archive.infolist()[0]
        info.file_size = 2**44  # only the directory claims it
    with pytest.raises(InputError, match=r"bomb\.npz.*claims"):
        PoseTrack.load(path)


def test_an_array_header_that_claims_to_be_huge_is_refused(track, tmp_path):
    path = tmp_path / "claim.npz"
    good = members(track)
    out = io.BytesIO()
    claim = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    np.lib.format.write_array_header_1_0(out, claim)
    path.write_bytes(zipped(good | {"times_s.npy": out.getvalue() + b"\0" * 64}))
    with pytest.raises(InputError, match=r"claim\.npz"):
        PoseTrack.load(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.npz.*no such file"):
        PoseTrack.load(tmp_path / "nowhere.npz")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(InputError, match=r"folder\.npz"):
        PoseTrack.load(tmp_path / "folder.npz")


def test_infinite_and_wild_pixels_do_not_break_the_file(track, tmp_path):
    points = track.points_px.copy()
    points[3] = np.inf
    points[4] = 1e30
    path = tmp_path / "wild.npz"
    changed(track, points_px=points).save(path)
    assert np.isinf(PoseTrack.load(path).points_px[3]).all()
