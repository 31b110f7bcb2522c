"""Who is asking: hosts, cookies, and whether others share this server."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from formcheck.app.visit.spaces import COOKIE, is_id, new_id


def browser_of(scope: MutableMapping[str, Any]) -> str | None:
    """The browser a request comes from, by its cookie."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header(scope, b"cookie") or "")
    except CookieError:
        return None
    value = jar[COOKIE].value if COOKIE in jar else ""
    return value if is_id(value) else None


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


def raw_header(scope: MutableMapping[str, Any], name: bytes) -> bytes | None:
    """The first header of a name, as it came; None if there is none."""
    for key, value in scope.get("headers", []):
        if key.lower() == name:
            return bytes(value)
    return None


def header(scope: MutableMapping[str, Any], name: bytes) -> str | None:
    """The first header of a name as text; None if there is none."""
    value = raw_header(scope, name)
    return None if value is None else value.decode("latin-1")


def cookie(is_secure: bool) -> bytes:
    """A cookie header that names a new browser."""
    secure = "; Secure" if is_secure else ""
    return f"{COOKIE}={new_id()}; Path=/; HttpOnly; SameSite=Strict{secure}".encode()


def is_shared() -> bool:
    """Whether several people use this server over a local network."""
    return os.environ.get("FORMCHECK_LAN") == "1"
