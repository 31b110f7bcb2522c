"""Who is asking: hosts and cookies."""

from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from formcheck.app.visit.spaces import COOKIE, is_id, new_id


def browser_of(scope: Scope) -> str | None:
    """The browser a request or connection comes from, by its cookie."""
    value = HTTPConnection(scope).cookies.get(COOKIE)
    return value if value is not None and is_id(value) else None


def name_browser(headers: MutableHeaders, is_secure: bool) -> None:
    """Give a new browser its cookie, which scripts cannot read and other sites cannot send."""
    named = Response()
    named.set_cookie(COOKIE, new_id(), secure=is_secure, httponly=True, samesite="strict")
    headers.append("set-cookie", named.headers["set-cookie"])


def host_allowed(host: str | None) -> bool:
    """Whether a Host header is one of ours: keeps other sites' names from meaning us."""
    allowed = [str(name).lower() for name in st.get_option("server.allowedHosts") or ()]
    if not allowed:
        return True
    try:
        name = urlsplit(f"//{host or ''}").hostname
    except ValueError:
        return False
    return name is not None and name.rstrip(".") in allowed
