"""The example of docs/api.md, run as it stands."""

import re

import av
import pytest

pytestmark = pytest.mark.model


def beginning_of(clip, target, seconds):
    """The first seconds of a clip, not encoded again."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as out:
        stream = source.streams.video[0]
        copy = out.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None and packet.pts * stream.time_base < seconds:
                packet.stream = copy
                out.mux(packet)


def test_the_example_runs(root, tmp_path, monkeypatch, capsys):
    words = (root / "docs" / "api.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", words, re.DOTALL)
    sample = root / "sample_videos" / "front_valgus_both.mp4"
    for name in ("anna_front.mov", "clips/ben.mp4", "more/cleo.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        beginning_of(sample, tmp_path / name, 3.7)
    (tmp_path / "more" / "broken.mp4").write_bytes(b"no video")
    monkeypatch.chdir(tmp_path)
    found = {}
    exec(compile(code, "docs/api.md", "exec"), found)
    said = capsys.readouterr().out
    assert re.search(r"1 front fault \d+\.\d ± \d+\.\d", said)
    assert "broken.mp4" in said
    assert re.search(r"^\S* ?1$", said, re.MULTILINE)  # whose clip, and one repetition
    assert found["clip"].result.summary.n_reps == 1
    assert (tmp_path / "anna_front.track.npz").is_file()
    assert (tmp_path / "strict" / "index.html").is_file()
