"""Names and writing that hold on every file system."""

import pytest

from formcheck.errors import OutputError
from formcheck.files import MAX_STEM_BYTES, short_stem, write_atomic


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("set 1.mp4", "set 1"),
        ("a\nb.mp4", "a_b"),
        ('w<h>a:t"?.mp4', "w_h_a_t__"),
        (" . .mp4", "clip"),
        ("con.mp4", "_con"),
        ("Aux.left.mov", "_Aux.left"),
        ("LPT1 .mp4", "_LPT1"),
        ("console.mp4", "console"),
        ("com10.mp4", "com10"),
    ],
)
def test_a_stem_can_be_stored_anywhere(name, stem):
    assert short_stem(name) == stem


def test_a_long_stem_is_cut_between_letters():
    cut = short_stem("ü" * 200 + ".mp4")
    assert set(cut) == {"ü"}
    assert MAX_STEM_BYTES - 2 < len(cut.encode()) <= MAX_STEM_BYTES


def test_a_file_is_replaced_whole_or_left_alone(tmp_path):
    target = tmp_path / "a.json"
    write_atomic(target, b"old")
    write_atomic(target, b"new")
    assert target.read_bytes() == b"new"
    with pytest.raises(OutputError, match=r"gone.*Free some space or choose another --out"):
        write_atomic(tmp_path / "gone" / "a.json", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
