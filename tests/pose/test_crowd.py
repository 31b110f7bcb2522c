"""Several people in the picture: how many, who was judged, and choosing one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from anyfile import Film, How, write

import formcheck.pose.crowd
from formcheck.clip import check_clip
from formcheck.errors import InputError, SettingsError
from formcheck.pose.crowd import crowd_note, everybody, find_person
from formcheck.pose.people import Place
from formcheck.pose.track import LEFT_LEG, RIGHT_LEG, FloatArray, Landmark
from formcheck.video.filmed import AS_STORED, Filmed
from formcheck.video.reading import FrameReader


def body(x: float, height: float = 100.0) -> FloatArray:
    """Somebody who stands at x."""
    points = np.full((33, 2), np.nan)
    levels = {Landmark.LEFT_SHOULDER: 0.2, Landmark.RIGHT_SHOULDER: 0.2}
    for leg in (LEFT_LEG, RIGHT_LEG):
        levels |= dict(zip(leg, (0.5, 0.75, 0.97, 1.0, 1.0), strict=True))
    for landmark, level in levels.items():
        points[landmark] = x, 10 + level * height
    return points


def test_people_are_counted_by_where_they_stand() -> None:
    me = Place.of(body(300))
    looks = [(me, [body(300), body(100)]), (me, [body(102), body(303), body(500)])]
    left, right = everybody(looks)
    assert (left.is_followed, right.is_followed) == (False, True)
    assert left.box[0] < right.box[0]
    note = crowd_note((left, right))
    assert note is not None
    assert note.startswith("2 people")
    assert "number 2 from the left was judged" in note
    assert "--person" in note
    assert crowd_note(everybody([(me, [body(300)])])) is None
    assert everybody([]) == ()


def test_a_person_is_left_right_largest_or_a_number() -> None:
    for who in ("left", "right", "largest", "1", "12"):
        assert Filmed(person=who).said() == {"person": who}
    for who in ("", "0", "-1", "me", "1.5"):
        with pytest.raises(SettingsError, match="left, right, largest"):
            Filmed(person=who)


class Three:
    """Finds a small body, a tall one and a middling one, from the left, in a half-size copy."""

    def __init__(self, model: object) -> None:
        pass

    def find(self, image: object) -> list[FloatArray]:
        return [body(50, 60), body(150, 100), body(250, 80)]

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("who", "number"), [("left", 1), ("largest", 2), ("right", 3), ("1", 1), ("3", 3)]
)
def test_somebody_is_found_by_place_or_size(
    monkeypatch: pytest.MonkeyPatch, who: str, number: int
) -> None:
    monkeypatch.setattr(formcheck.pose.crowd, "PeopleFinder", Three)
    monkeypatch.setattr(formcheck.pose.crowd, "FrameReader", lambda *_, **__: range(4))
    monkeypatch.setattr(formcheck.pose.crowd, "reduced", lambda _: (None, 0.5))
    (left, top, right, bottom), note = find_person(Path("a.mp4"), AS_STORED, None, who)
    middle_x = (100, 300, 500)[number - 1]
    assert left < middle_x < right
    assert bottom - top > 2 * (60, 100, 80)[number - 1] * 0.8  # shoulders to soles, and room
    assert note == f"Of 3 people in the picture number {number} from the left was chosen."


def test_nobody_or_too_few_to_choose_from_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formcheck.pose.crowd, "PeopleFinder", Three)
    monkeypatch.setattr(formcheck.pose.crowd, "FrameReader", lambda *_, **__: range(4))
    monkeypatch.setattr(formcheck.pose.crowd, "reduced", lambda _: (None, 0.5))
    with pytest.raises(InputError, match=r"a\.mp4: person 4 was asked for, and 3 are seen"):
        find_person(Path("a.mp4"), AS_STORED, None, "4")
    monkeypatch.setattr(Three, "find", lambda *_: [])
    with pytest.raises(InputError, match="nobody is seen"):
        find_person(Path("a.mp4"), AS_STORED, None, "left")


@pytest.mark.model
def test_the_chosen_one_is_judged(root: Path, tmp_path: Path) -> None:
    """Two samples side by side, as in a picture of two lifters: one caves in, one does not."""
    caving, good = (
        [f for f in FrameReader(root / f"sample_videos/{name}.mp4", max_side_px=640)
         if f.time_s < 3.6]
        for name in ("front_valgus_left", "front_good")
    )  # fmt: skip
    beside = [np.hstack([a.image, b.image]) for a, b in zip(caving, good, strict=True)]
    path = write(tmp_path / "two.mp4", Film(tuple(f.time_s for f in caving), tuple(beside)), How())
    boxes = {who: find_person(path, AS_STORED, None, who)[0] for who in ("left", "right", "2")}
    assert boxes["left"][2] < boxes["right"][2]
    assert boxes["right"] == boxes["2"]
    with pytest.raises(InputError, match="2 are seen"):
        find_person(path, AS_STORED, None, "3")
    result = check_clip(path, filmed=Filmed(person="left")).result
    assert [rep.findings[0].verdict for rep in result.reps] == ["fault"]
    assert [one.is_followed for one in result.people] == [True, False]
    assert "number 1 from the left was chosen" in result.notes[0]
    assert result.filmed == {"person": "left"}
