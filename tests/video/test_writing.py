"""Annotated videos: the given times, playable everywhere, whole or not at all."""

import av
import numpy as np
import pytest
from videofiles import corner_names, corners

from formcheck.errors import OutputError
from formcheck.video.reading import Frame, FrameReader
from formcheck.video.writing import VideoWriter


def write(path, times, size=(160, 120)):
    with VideoWriter(path, *size) as writer:
        for t in times:
            writer.write(Frame(t, corners(*size)))


def test_times_are_kept(tmp_path):
    times = list(np.cumsum([0, 0.033, 0.05, 0.04, 0.1, 0.034, 0.5, 0.033]))
    write(tmp_path / "a.mp4", times)
    got = [f.time_s for f in FrameReader(tmp_path / "a.mp4", rate_hz=None)]
    assert got == pytest.approx(times, abs=1e-4)


def test_pictures_are_kept(tmp_path):
    write(tmp_path / "a.mp4", [0, 0.04, 0.08])
    for frame in FrameReader(tmp_path / "a.mp4"):
        assert set(corner_names(frame.image).items()) == {(c, c) for c in corner_names(frame.image)}


def test_it_plays_in_a_browser(tmp_path):
    path = tmp_path / "a.mp4"
    write(path, [i / 30 for i in range(10)])
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("size", [(161, 121), (160, 121), (3, 3)])
def test_odd_sizes_lose_a_row_or_column(tmp_path, size):
    write(tmp_path / "a.mp4", [0, 0.1], size)
    (frame, _) = FrameReader(tmp_path / "a.mp4")
    assert frame.image.shape == (size[1] // 2 * 2, size[0] // 2 * 2, 3)


def test_nothing_is_seen_before_it_is_complete(tmp_path):
    path = tmp_path / "a.mp4"
    with VideoWriter(path, 64, 64) as writer:
        writer.write(Frame(0.0, corners(64, 64)))
        assert not path.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_an_error_leaves_nothing_behind(tmp_path):
    def fail():
        with VideoWriter(tmp_path / "a.mp4", 64, 64) as writer:
            writer.write(Frame(0.0, corners(64, 64)))
            raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_the_older_file(tmp_path):
    path = tmp_path / "a.mp4"
    write(path, [0, 0.1])
    before = path.read_bytes()
    with pytest.raises(RuntimeError), VideoWriter(path, 64, 64):
        raise RuntimeError
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_no_folder_to_write_to(tmp_path):
    path = tmp_path / "gone" / "a.mp4"
    with pytest.raises(OutputError, match=r"a\.mp4"), VideoWriter(path, 64, 64):
        pass


def test_equal_or_backward_times_do_not_break_it(tmp_path):
    write(tmp_path / "a.mp4", [0.0, 0.0, 0.1, 0.05, 0.2], (64, 64))
    got = [f.time_s for f in FrameReader(tmp_path / "a.mp4", rate_hz=None)]
    assert len(got) == 5
    assert (np.diff(got) > 0).all()


def test_a_very_long_name(tmp_path):
    path = tmp_path / ("n" * 200 + ".mp4")
    write(path, [0, 0.1], (64, 64))
    assert path.exists()
