"""Videos as phones make them: upright, timed by their stamps, whatever the codec."""

import gc
import os

import av
import numpy as np
import pytest
from videofiles import CORNERS, corner_names, corners, set_rotation, write_video

from benchmarks.attack.seeds import usual_priority
from formcheck.video.picture import Converter
from formcheck.video.reading import FrameReader, probe

UPRIGHT = {name: name for name in CORNERS}


def frames_of(path, **how):
    return list(FrameReader(path, **how))


def times_of(path, **how):
    return [f.time_s for f in FrameReader(path, **how)]


def test_a_plain_video(tmp_path):
    path = write_video(tmp_path / "a.mp4")
    info = probe(path)
    assert (info.width_px, info.height_px, info.codec) == (160, 120, "h264")
    assert info.duration_s == pytest.approx(0.5, abs=0.05)
    frames = frames_of(path)
    assert len(frames) == 15
    assert frames[0].time_s == 0.0
    for frame in frames:
        assert frame.image.shape == (120, 160, 3)
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
        assert corner_names(frame.image) == UPRIGHT


TURNED = {
    90: {"top left": "bottom left", "top right": "top left",
         "bottom right": "top right", "bottom left": "bottom right"},
    180: {"top left": "bottom right", "top right": "bottom left",
          "bottom right": "top left", "bottom left": "top right"},
    270: {"top left": "top right", "top right": "bottom right",
          "bottom right": "bottom left", "bottom left": "top left"},
}  # fmt: skip


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_rotation_is_applied(tmp_path, degrees, suffix):
    path = write_video(tmp_path / f"r{suffix}", size=(160, 96))
    set_rotation(path, degrees)
    size = (160, 96) if degrees == 180 else (96, 160)
    info = probe(path)
    assert (info.width_px, info.height_px) == size
    image = frames_of(path)[0].image
    assert image.shape[:2] == size[::-1]
    assert corner_names(image) == TURNED[degrees]


def test_the_size_limit_and_rotation_work_together(tmp_path):
    path = write_video(tmp_path / "r.mp4", size=(320, 160))
    set_rotation(path, 90)
    info = probe(path, max_side_px=100)
    assert (info.width_px, info.height_px) == (50, 100)
    assert frames_of(path, max_side_px=100)[0].image.shape == (100, 50, 3)


def test_variable_frame_times_are_kept(tmp_path):
    times = np.cumsum([0, 0.033, 0.05, 0.04, 0.1, 0.034, 0.5, 0.033, 0.067])
    path = write_video(tmp_path / "v.mp4", times)
    assert times_of(path) == pytest.approx(list(times), abs=0.002)


def test_times_count_from_the_first_frame(tmp_path):
    path = write_video(tmp_path / "late.mkv", [7.0 + i / 30 for i in range(10)])
    got = times_of(path)
    assert got[0] == 0.0
    assert got == pytest.approx([i / 30 for i in range(10)], abs=0.002)


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [(15, 15, 15), (24, 24, 24), (29.97, 29.97, 29.97), (50, 25, 30), (59.94, 29.9, 30.1),
     (60, 29.9, 30.1), (120, 29, 31), (240, 28, 35)],
)  # fmt: skip
def test_fast_footage_is_thinned_to_about_30_hz(tmp_path, rate, low, high):
    n = round(1.5 * rate)
    path = write_video(tmp_path / "f.mp4", [i / rate for i in range(n)], (64, 64))
    times = times_of(path)
    got = (len(times) - 1) / (times[-1] - times[0])
    assert 0.98 * low <= got <= 1.02 * high
    steps = np.diff(times)
    assert steps.max() - steps.min() < 1.1 / rate + 0.002
    assert len(times_of(path, rate_hz=None)) == n


def test_thinned_frames_are_counted_as_decoded(tmp_path):
    path = write_video(tmp_path / "f.mp4", [i / 60 for i in range(60)], (64, 64))
    reader = FrameReader(path)
    used = len(list(reader))
    assert reader.n_decoded == 60
    assert used == 30
    assert reader.n_damaged == 0


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "options"),
    [
        ("a.mov", "libx264", "yuv420p", {}),
        ("a.mkv", "libx264", "yuv420p", {}),
        ("a.avi", "mpeg4", "yuv420p", {}),
        ("a.ts", "libx264", "yuv420p", {}),
        ("a.webm", "libvpx-vp9", "yuv420p", {"cpu-used": "8", "deadline": "realtime"}),
        ("hevc8.mp4", "libx265", "yuv420p", {"x265-params": "log-level=none"}),
        ("hevc10.mov", "libx265", "yuv420p10le", {"x265-params": "log-level=none"}),
        ("av1.mp4", "libsvtav1", "yuv420p", {"preset": "12", "svtav1-params": "lp=1"}),
        ("prores.mov", "prores_ks", "yuv422p10le", {}),
        ("full.mp4", "libx264", "yuv444p", {}),
    ],
)
def test_containers_and_codecs(tmp_path, name, codec, pix_fmt, options):
    times_s = [i / 30 for i in range(10)]
    with usual_priority():
        path = write_video(tmp_path / name, times_s, codec=codec, pix_fmt=pix_fmt, options=options)
    if hasattr(os, "sched_getscheduler"):
        assert os.sched_getscheduler(0) == os.SCHED_OTHER
    frames = frames_of(path)
    assert len(frames) == 10
    assert [f.time_s for f in frames] == pytest.approx([i / 30 for i in range(10)], abs=0.04)
    assert corner_names(frames[5].image) == UPRIGHT
    assert probe(path).width_px == 160


@pytest.mark.parametrize("size", [(161, 121), (99, 33), (2, 2), (16, 400)])
def test_odd_sizes(tmp_path, size):
    path = write_video(tmp_path / "o.mp4", size=size, pix_fmt="yuv444p")
    assert (probe(path).width_px, probe(path).height_px) == size
    assert frames_of(path)[0].image.shape == (size[1], size[0], 3)


def test_an_8k_clip_is_scaled_to_4k(tmp_path):
    still = corners(7680, 4320)
    path = write_video(
        tmp_path / "8k.mov", [0.0, 0.1], (7680, 4320), codec="mjpeg", pix_fmt="yuvj420p",
        picture=lambda i: still,
    )  # fmt: skip
    info = probe(path)
    assert (info.width_px, info.height_px) == (3840, 2160)
    image = next(iter(FrameReader(path))).image
    assert image.shape == (2160, 3840, 3)
    assert corner_names(image) == UPRIGHT


def test_stretched_pixels_become_square(tmp_path):
    path = tmp_path / "sar.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 100, 120, "yuv420p"
        try:
            stream.codec_context.sample_aspect_ratio = 2
        except (AttributeError, TypeError):
            pytest.skip("this PyAV cannot set the pixel shape")
        for i in range(5):
            frame = av.VideoFrame.from_ndarray(corners(100, 120), "rgb24")
            frame.pts = i
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    if probe(path).width_px == 100:
        with av.open(str(path)) as container:
            if container.streams.video[0].sample_aspect_ratio in (None, 0, 1):
                pytest.skip("the pixel shape was not written")
    assert probe(path).width_px == 200
    assert frames_of(path)[0].image.shape == (120, 200, 3)


def test_a_reader_can_be_used_twice(tmp_path):
    path = write_video(tmp_path / "a.mp4")
    reader = FrameReader(path)
    assert [f.time_s for f in reader] == [f.time_s for f in reader]


def test_a_picture_is_made_when_it_is_looked_at_and_only_once(tmp_path, monkeypatch):
    path, made = write_video(tmp_path / "a.mp4"), []
    convert = Converter.rgb

    def counted(*arguments):
        made.append(arguments)
        return convert(*arguments)

    monkeypatch.setattr(Converter, "rgb", counted)
    frames = list(FrameReader(path))
    assert made == []
    assert frames[3].image is frames[3].image  # also when the file is closed
    assert len(made) == 1


def test_reading_may_stop_early(tmp_path):
    path = write_video(tmp_path / "a.mp4")
    for frame in FrameReader(path):
        assert frame.time_s == 0.0
        break
    path.unlink()


@pytest.mark.parametrize(
    "name", ["深蹲 №1.mp4", "it's -i a.mp4", "a%03d.mp4", "file:a.mp4", "=1.mp4"]
)
def test_odd_file_names(tmp_path, name):
    plain = write_video(tmp_path / "plain.mp4")
    odd = tmp_path / name
    plain.rename(odd)
    assert len(frames_of(odd)) == 15


def n_alive():
    return sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects())


def test_pictures_are_freed_as_soon_as_they_are_done(tmp_path):
    path = write_video(tmp_path / "a.mp4")
    set_rotation(path, 90)
    gc.collect()
    before, most = n_alive(), 0
    gc.disable()
    try:
        for frame in FrameReader(path):
            assert frame.luma is not None
            most = max(most, n_alive() - before)
    finally:
        gc.enable()
    assert most <= 5
