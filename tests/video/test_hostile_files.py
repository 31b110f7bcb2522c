"""Files that are no videos, or hardly: a clear message, or what can be had of them."""

import os

import av
import cv2
import numpy as np
import pytest
from videofiles import corners, write_sound, write_video

from formcheck.errors import InputError
from formcheck.video.reading import FrameReader, probe


def read(path):
    return list(FrameReader(path))


def refused(path, words=None):
    """Both ways in refuse the file, and name it."""
    with pytest.raises(InputError, match=words) as seen:
        probe(path)
    assert path.name in str(seen.value)
    with pytest.raises(InputError):
        read(path)
    return str(seen.value)


def test_a_missing_file(tmp_path):
    refused(tmp_path / "nowhere.mp4", "Check the path")


def test_a_folder(tmp_path):
    folder = tmp_path / "folder.mp4"
    folder.mkdir()
    refused(folder, "folder")


def test_zero_bytes(tmp_path):
    path = tmp_path / "zero.mp4"
    path.touch()
    refused(path, "empty")


@pytest.mark.parametrize(
    "data",
    [b"hello, this is not a video\n" * 40, b"\0" * 5000, bytes(range(256)) * 40, b"\x00\x00\x00"],
    ids=["text", "zeros", "bytes", "three bytes"],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".avi", ".ts", ".xyz"])
def test_what_is_no_video(tmp_path, data, suffix):
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data)
    refused(path)


def test_random_bytes(tmp_path):
    path = tmp_path / "random.mp4"
    path.write_bytes(np.random.default_rng(1).bytes(20_000))
    refused(path)


@pytest.mark.parametrize("suffix", [".mp4", ".ffconcat", ".txt"])
def test_a_concat_script_opens_no_other_file(tmp_path, suffix):
    write_video(tmp_path / "secret.mp4")
    path = tmp_path / f"script{suffix}"
    path.write_text("ffconcat version 1.0\nfile 'secret.mp4'\n")
    refused(path)


@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".mov"])
def test_a_playlist_opens_no_other_file(tmp_path, suffix):
    write_video(tmp_path / "secret.ts")
    path = tmp_path / f"list{suffix}"
    path.write_text(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nsecret.ts\n"
        "#EXT-X-ENDLIST\n"
    )
    refused(path)


def test_sound_only(tmp_path):
    refused(write_sound(tmp_path / "song.m4a"), "no moving pictures")


def test_a_cover_picture_is_no_video(tmp_path):
    try:
        path = write_sound(tmp_path / "album.mp4", cover=True)
    except Exception as error:  # an old PyAV cannot write one
        pytest.skip(f"cannot write a cover: {error}")
    with av.open(str(path)) as container:
        if not container.streams.video:
            pytest.skip("the cover was not written")
        if not int(container.streams.video[0].disposition) & 0x400:
            pytest.skip("the cover is not marked as one")
    refused(path, "no moving pictures")


def test_a_picture_named_as_a_video(tmp_path):
    path = tmp_path / "picture.mp4"
    ok, data = cv2.imencode(".png", corners(64, 64))
    assert ok
    path.write_bytes(data.tobytes())
    try:
        frames = read(path)
    except InputError:
        refused(path)
    else:
        assert len(frames) == 1


def test_one_frame(tmp_path):
    path = write_video(tmp_path / "one.mp4", [0.0])
    assert [f.time_s for f in read(path)] == [0.0]
    assert probe(path).width_px == 160


def noise(i):
    return np.random.default_rng(i).integers(0, 255, (120, 160, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi"])
def test_a_truncated_file_yields_what_there_is(tmp_path, suffix):
    codec = "mpeg4" if suffix == ".avi" else "libx264"
    times = [i / 30 for i in range(60)]
    path = write_video(tmp_path / f"cut{suffix}", times, codec=codec, picture=noise)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    frames = read(path)
    assert 3 <= len(frames) < 60
    assert (np.diff([f.time_s for f in frames]) > 0).all()


def test_a_truncated_file_without_its_index_is_refused(tmp_path):
    path = write_video(
        tmp_path / "phone.mp4", [i / 30 for i in range(60)], picture=noise, faststart=False
    )
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    refused(path)


def test_damage_in_the_middle_is_counted_and_survived(tmp_path):
    times = [i / 30 for i in range(60)]
    path = write_video(
        tmp_path / "dent.mp4", times, picture=noise, options={"g": "5", "preset": "ultrafast"}
    )
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = b"\xff" * 4000
    path.write_bytes(bytes(data))
    reader = FrameReader(path)
    got = [f.time_s for f in reader]
    assert len(got) >= 30
    assert (np.diff(got) > 0).all()


def test_a_second_stream_does_not_confuse(tmp_path):
    """Two video streams: the first is read."""
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as container:
        streams = []
        for size in ((160, 120), (64, 64)):
            stream = container.add_stream("libx264", rate=30)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            streams.append((stream, size))
        for i in range(10):
            for stream, size in streams:
                frame = av.VideoFrame.from_ndarray(corners(*size), "rgb24")
                frame.pts = i
                container.mux(stream.encode(frame))
        for stream, _ in streams:
            container.mux(stream.encode(None))
    assert {f.image.shape for f in read(path)} == {(120, 160, 3)}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(tmp_path):
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    refused(path, "not a regular file")


def test_a_path_with_a_nul(tmp_path):
    with pytest.raises(InputError):
        probe("a\0b.mp4")


def test_a_link_to_nowhere(tmp_path):
    path = tmp_path / "link.mp4"
    try:
        path.symlink_to(tmp_path / "gone.mp4")
    except OSError:
        pytest.skip("no links here")
    refused(path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything is readable here")
def test_a_file_that_may_not_be_read(tmp_path):
    path = write_video(tmp_path / "locked.mp4")
    path.chmod(0)
    refused(path)
