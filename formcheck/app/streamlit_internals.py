"""What is used of Streamlit beyond its public interface, and why; nothing else may.

A release may move any of it: then memory goes back later, and a test says so.
"""

import contextlib

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["STREAM", "UploadedFile", "drop_disconnected_sessions", "drop_upload"]

STREAM = "/_stcore/stream"
"""The end of the address of a page's own socket: while it is open, so is the page.

Streamlit tells nobody when a page is closed; a browser's files are kept by that.
"""


def drop_disconnected_sessions() -> int:
    """Let go of the sessions that are past their time; return how many.  In the event loop only.

    Streamlit keeps the session of a closed page for ``server.disconnectedSessionTTL`` and then
    until somebody else happens to leave: with an event loop, three open files and whatever the page
    held.
    """
    with contextlib.suppress(AttributeError, TypeError):
        if runtime.exists():
            storage = runtime.get_instance()._session_mgr._session_storage  # type: ignore[attr-defined]
            return len(storage._cache.expire())
    return 0


def drop_upload(upload: UploadedFile) -> None:
    """Free the memory of an upload that was copied.

    Streamlit keeps it, up to 400 MB, for as long as the page shows the same uploader.
    """
    context = get_script_run_ctx()
    remove = getattr(getattr(context, "uploaded_file_mgr", None), "remove_file", None)
    if context is not None and remove is not None:
        remove(session_id=context.session_id, file_id=upload.file_id)
