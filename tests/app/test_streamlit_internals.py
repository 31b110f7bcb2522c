"""What Streamlit may change without notice: a release that does must not go unnoticed."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.runtime import Runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_routes, starlette_websocket

from formcheck.app.streamlit_internals import MEDIA, STREAM, UPLOAD, drop_disconnected_sessions


def test_sessions_of_closed_pages_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = MemorySessionStorage(ttl_seconds=0)
    storage.save(SessionInfo(client=None, session=SimpleNamespace(id="left")))  # type: ignore[arg-type]
    manager = SimpleNamespace(_session_storage=storage)
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(_session_mgr=manager))
    assert drop_disconnected_sessions() == 1
    assert drop_disconnected_sessions() == 0


def test_streamlit_keeps_sessions_where_they_are_looked_for() -> None:
    assert "self._session_mgr =" in inspect.getsource(Runtime.__init__)
    assert "self._session_storage =" in inspect.getsource(WebsocketSessionManager.__init__)


def test_a_server_without_pages_has_none_to_let_go() -> None:
    assert drop_disconnected_sessions() == 0


def test_an_upload_is_dropped() -> None:
    def page() -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        from formcheck.app.streamlit_internals import drop_upload

        upload = st.file_uploader("clip")
        if upload is not None:
            context = get_script_run_ctx()
            assert context is not None
            held = [context.session_id, [upload.file_id]]
            n_before = len(context.uploaded_file_mgr.get_files(*held))
            drop_upload(upload)
            st.text(f"{n_before} {len(context.uploaded_file_mgr.get_files(*held))}")

    test = AppTest.from_function(page).run()
    test.file_uploader[0].set_value(("a.mp4", b"video", "video/mp4")).run()
    assert not test.exception
    assert test.text[0].value == "1 0"


def test_a_page_is_open_while_this_socket_is() -> None:
    (route,) = starlette_websocket.create_websocket_routes(None, None)  # type: ignore[arg-type]
    assert route.path.endswith(STREAM)


def test_private_parts_are_used_in_one_file_only(root: Path) -> None:
    """Everything else imports ``streamlit`` itself; starting the server is the command's."""
    allowed = {"app/streamlit_internals.py", "cli/app.py"}
    for path in sorted((root / "formcheck").rglob("*.py")):
        name = path.relative_to(root / "formcheck").as_posix()
        if name in allowed:
            continue
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("streamlit."), name
                assert node.module != "streamlit", name
            elif isinstance(node, ast.Import):
                assert not any(a.name.startswith("streamlit.") for a in node.names), name
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                is_private = node.attr.startswith("_") or node.attr in ("runtime", "web")
                assert not (node.value.id == "st" and is_private), f"{name}: st.{node.attr}"
        assert "_stcore" not in source, name


def test_files_and_their_browsers_are_where_they_are_looked_for() -> None:
    """What is wrapped or looked into when a file is bound to the browser it was made for."""
    media = MediaFileManager(MemoryMediaFileStorage("/media"))
    for name in ("add", "add_deferred", "execute_deferred"):
        assert callable(getattr(media, name))
    assert media._file_metadata == media._deferred_callables == {}
    uploads = MemoryUploadedFileManager("/up")
    assert uploads.file_storage == {}
    with media._lock, uploads._lock:
        pass
    (promised,) = uploads.get_upload_urls("page", ["a.mp4"])
    assert promised.upload_url == f"/up/page/{promised.file_id}"
    assert callable(WebsocketSessionManager.get_session_info)
    route, *_ = starlette_routes.create_upload_routes(None, uploads, None)  # type: ignore[arg-type]
    assert f"{route.path}".startswith(UPLOAD)
    route, *_ = starlette_routes.create_media_routes(media._storage, None)  # type: ignore[arg-type]
    assert f"{route.path}".startswith(MEDIA)
