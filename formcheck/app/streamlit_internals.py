"""What is used of Streamlit beyond its public interface, and why; nothing else may.

A release may move any of it: then memory goes back later, and a test says so.
"""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit import config, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = [
    "LOST_DIALOG", "LOST_TITLE", "MEDIA", "STREAM", "UPLOAD", "UploadedFile", "claim_files",
    "drop_disconnected_sessions", "drop_orphaned_files", "drop_upload", "ignore_config_files",
    "media_browsers", "upload_sizes",
]  # fmt: skip

STREAM = "/_stcore/stream"
"""The end of the address of a page's own socket: while it is open, so is the page.

Streamlit tells nobody when a page is closed; a browser's files are kept by that.
"""
UPLOAD = "/_stcore/upload_file/"
MEDIA = "/media/"
"""Where Streamlit takes uploads, and where it serves downloads and pictures from."""
LOST_DIALOG, LOST_TITLE = "[data-testid=stDialog] [role=dialog]", "Connection error"
"""The window that opens when the server does not answer, and its heading."""
_media_lock = threading.Lock()
_media_browsers: defaultdict[str, set[str]] = defaultdict(set)
"""Which browsers a file, or one that will be made when it is wanted, was made for."""


def ignore_config_files() -> None:
    """Read no ``.streamlit`` folder: a start folder that came from somebody says nothing here.

    Its settings could name other origins, headers that are believed, or secrets that become
    environment variables.
    """
    config.get_config_files = lambda file_name: []


def claim_files(
    browser_of: Callable[[str, Any], str], issued: Callable[[str, str, str], None]
) -> None:
    """Note from now on whose every file is.

    Args:
        browser_of: Reads a browser's identifier from a page's host and cookies.
        issued: Called with the session, its browser and the identifier of an upload to come.
    """
    server: Any = runtime.get_instance()
    media, uploads = server.media_file_mgr, server.uploaded_file_mgr
    add, defer, make = media.add, media.add_deferred, media.execute_deferred
    addresses = uploads.get_upload_urls

    def own(work: Callable[..., str], name_of: Callable[[str], str]) -> Callable[..., str]:
        def call(*given: Any, **named: Any) -> str:
            made = work(*given, **named)
            with _media_lock:
                _media_browsers[name_of(made)].add(browser_of(*_page()))
            return made

        return call

    def made(held_address: str) -> str:
        address: str = make(held_address)
        with _media_lock:
            _media_browsers[_media_name(address)] |= _media_browsers.get(held_address, set())
        return address

    def promised(session_id: str, file_names: Any) -> Any:
        found = addresses(session_id, file_names)
        info = server._session_mgr.get_active_session_info(session_id)
        page = None if info is None else info.client.client_context
        host = "" if page is None else dict(page.headers).get("host", "")
        for file in found:
            issued(session_id, browser_of(host, page.cookies if page else {}), file.file_id)
        return found

    patches: dict[tuple[Any, str], Any] = {
        (media, "add"): own(add, _media_name),
        (media, "add_deferred"): own(defer, str),
        (media, "execute_deferred"): made,
        (uploads, "get_upload_urls"): promised,
    }
    for (where, name), work in patches.items():
        setattr(where, name, work)


def media_browsers(path: str) -> set[str]:
    """The browsers the file at an address was made for."""
    with _media_lock:
        return set(_media_browsers.get(_media_name(path), ()))


def _page() -> tuple[str, Any]:
    """Host and cookies of the page that is being drawn."""
    return st.context.headers.get("host") or "", st.context.cookies


def _media_name(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def upload_sizes() -> dict[tuple[str, str], int]:
    """Bytes of every upload in memory, by session and file."""
    if not runtime.exists():
        return {}
    server: Any = runtime.get_instance()
    uploads = server.uploaded_file_mgr
    with uploads._lock:
        return {
            (session, file): len(kept.data)
            for session, own in uploads.file_storage.items()
            for file, kept in own.items()
        }


def drop_orphaned_files() -> None:
    """Free uploads that came in when their page was gone, and forget whose gone files were."""
    if not runtime.exists():
        return
    server: Any = runtime.get_instance()
    media = server.media_file_mgr
    for session_id in {session_id for session_id, _ in upload_sizes()}:
        if server._session_mgr.get_session_info(session_id) is None:
            server.uploaded_file_mgr.remove_session_files(session_id)
    with _media_lock, media._lock:
        kept = media._file_metadata.keys() | media._deferred_callables.keys()
        for name in _media_browsers.keys() - kept:
            del _media_browsers[name]


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
