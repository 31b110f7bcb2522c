"""The parts of an error are found again."""

import numpy as np
import pytest

from benchmarks.validation.components import Sample, clip_mean_coverage, components, shared_share


def made(n_people, n_clips, n_reps, body, clip, rep, slope=0.0, uneven=False, seed=3):
    """Errors with standard deviations of their own at each level, and a part of the movement."""
    rng = np.random.default_rng(seed)
    person, clip_name, error, movement = [], [], [], []
    for p in range(n_people):
        of_body = body * rng.normal()
        for c in range(1 + p % n_clips if uneven else n_clips):
            of_clip = clip * rng.normal()
            for _ in range(2 + (p + c) % 4 if uneven else n_reps):
                done = rng.normal(size=4)
                person.append(f"p{p}")
                clip_name.append(f"p{p}c{c}")
                movement.append(done)
                error.append(of_body + of_clip + rep * rng.normal() + slope * done[0])
    error = np.array(error)
    return Sample(
        "made", np.array(person), np.array(clip_name), error, np.full(error.size, 1.96),
        np.array(movement),
    )  # fmt: skip


@pytest.mark.parametrize("uneven", [False, True])
def test_the_parts_are_found_again(uneven):
    found = components(made(1500, 4, 4, body=2.0, clip=3.0, rep=1.0, slope=1.5, uneven=uneven))
    assert found.body == pytest.approx(4.0, rel=0.15)
    assert found.clip == pytest.approx(9.0, rel=0.1)
    assert found.rep == pytest.approx(1.0 + 1.5**2, rel=0.05)
    assert found.alike == pytest.approx(1.0, rel=0.05)


def test_errors_of_repetitions_alone_share_nothing():
    assert shared_share(made(400, 3, 4, 0.0, 0.0, 1.0)) < 0.05


def test_a_table_worked_by_hand():
    # Means of clips 1, 3 | 5, 7; of people 2, 6; repetitions 1 either side of their clip's mean:
    # mean squares 2 within, 4 between clips, 32 between people.
    names = np.repeat(["a1", "a2", "b1", "b2"], 2)
    error = np.array([0.0, 2, 2, 4, 4, 6, 6, 8])
    people = np.repeat(["a", "b"], 4)
    found = components(Sample("", people, names, error, error, np.zeros((8, 4))))
    assert (found.rep, found.clip, found.body) == pytest.approx((2.0, 1.0, 7.0))


def test_a_person_drawn_twice_is_two_people():
    sample = made(3, 2, 2, 1.0, 1.0, 1.0)
    rows = np.flatnonzero(sample.person == "p0")
    drawn = sample.take(np.concatenate([rows, rows]))
    assert len(set(drawn.person)) == 2
    assert len(set(drawn.clip)) == 4


def test_one_clip_a_person_cannot_be_split():
    assert np.isnan(components(made(5, 1, 4, 1.0, 1.0, 1.0)).body)


def test_a_clip_is_held_when_its_mean_error_is_within_its_interval():
    sample = made(50, 1, 4, 0.0, 0.0, 0.0)
    assert clip_mean_coverage(sample).value == 1.0
    off = Sample(
        "", sample.person, sample.clip, sample.error + 2.0, sample.half_width, sample.movement
    )
    assert clip_mean_coverage(off).value == 0.0
