"""Taking clips in: the uploader, an upload or a sample made a clip, and why one was refused."""

from pathlib import Path
from typing import Any, BinaryIO, cast

import streamlit as st

from formcheck.app.jobs.limits import TRACK_TYPE
from formcheck.app.pages.progress import plain
from formcheck.app.parts.samples import Sample
from formcheck.app.streamlit_internals import UploadedFile, drop_upload
from formcheck.app.visit.clips import Clip, Look
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.errors import InputError
from formcheck.video.kinds import VIDEO_KINDS


def clip_uploader(label: str, key: str, **options: Any) -> Any:
    """Draw a field for videos and tracks; return what was put into it."""
    return st.file_uploader(
        label, type=[*VIDEO_KINDS, TRACK_TYPE], key=key,
        max_upload_size=SPACES.limits.max_upload_mb, **options,
    )  # fmt: skip


def take_in(
    mine: Space,
    given: UploadedFile | Sample,
    look: Look,
    error_key: str,
    *,
    is_mirrored: bool = False,
) -> Clip | None:
    """Copy an upload or a sample to the disk and have it analysed.

    ``is_mirrored`` says that an upload is a mirror image.  The memory of an upload is given back.
    Why a clip was refused stands in the session's state.
    """
    st.session_state.pop(error_key, None)
    try:
        if isinstance(given, Sample):
            with given.path.open("rb") as file:
                name = f"{given.title}{given.path.suffix}"
                return SPACES.add_clip(mine, name, file, look)
        name, upload = Path(given.name).name, cast(BinaryIO, given)
        return SPACES.add_clip(mine, name, upload, look, is_mirrored=is_mirrored)
    except InputError as error:
        st.session_state[error_key] = str(error)
        return None
    finally:
        if not isinstance(given, Sample):
            drop_upload(given)


def show_refusal(error_key: str) -> None:
    """Say why the last clip was refused, or came to nothing."""
    if error_key in st.session_state:
        st.error(f"**That did not work.** {plain(st.session_state[error_key])}")
