"""Several people in the picture: who was judged, and how to choose another."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from formcheck.app.visit.shots import Shot
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.errors import InputError


def show_people(mine: Space, found: Sequence[Shot]) -> bool:
    """Draw who was seen in each clip; return whether somebody else is being judged now."""
    return any(_clip(mine, i, shot) for i, shot in enumerate(found) if len(_people(shot)) > 1)


def _people(shot: Shot) -> Sequence[bool]:
    """Whether each of those in the picture, from the left, is the one who was judged."""
    return [one.is_followed for one in shot.result.people]


def _clip(mine: Space, index: int, shot: Shot) -> bool:
    people = _people(shot)
    judged = people.index(True) + 1 if True in people else None
    with st.container(border=True, key=f"people-{index}"):
        whom = "Somebody else" if judged is None else f"Number {judged} from the left"
        st.markdown(
            f"**{len(people)} people, or images of them, are in the picture.** {whom} was judged. "
            "A mirror shows the same person again, with left and right exchanged."
        )
        address = shot.people_address(mine)
        if address is not None:
            alt = f"The {len(people)} people, outlined and numbered from the left"
            st.html(
                Markup('<img class="fc-people" src="{}" alt="{}" style="max-width:100%">').format(
                    address, alt
                )
            )
        if shot.clip.is_poses_alone:
            st.caption("Poses hold one person. Add the video to have another judged.")
            return False
        with st.container(horizontal=True, gap="small"):
            for number in range(1, len(people) + 1):
                if number != judged and st.button(
                    f"Judge number {number}", key=f"judge-{index}-{number}"
                ):
                    return _judge(mine, shot, str(number))
    return False


def _judge(mine: Space, shot: Shot, person: str) -> bool:
    """Have somebody else in a clip judged in its place."""
    old = shot.clip
    try:
        with old.source.open("rb") as file:
            new = SPACES.add_clip(
                mine, old.name, file, shot.wanted, is_mirrored=old.is_mirrored, person=person
            )
    except (InputError, OSError) as error:
        st.error(f"**That did not work.** {error}")
        return False
    mine.check[mine.check.index(old)] = new
    SPACES.drop_clip(mine, old)
    return True
