"""Who is asking: hosts, origins and cookies."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from formcheck.app.visit.identity import cookie_name, is_id, new_id

_OWN_PAGES = ("same-origin", "none")
"""What browsers say of a request by a page of ours, or by the person: a typed address."""
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def browser_of(scope: Scope) -> str | None:
    """The browser a request or connection comes from, by its cookie; None if it has none."""
    return browser_in(HTTPConnection(scope).cookies) or None


def browser_in(cookies: Mapping[str, str]) -> str:
    """The browser whose cookies these are; empty if they hold no identifier of ours."""
    value = cookies.get(cookie_name(), "")
    return value if is_id(value) else ""


def name_browser(headers: MutableHeaders, is_secure: bool) -> None:
    """Give a new browser its cookie, which scripts cannot read and other sites cannot send."""
    named = Response()
    named.set_cookie(cookie_name(), new_id(), secure=is_secure, httponly=True, samesite="strict")
    headers.append("set-cookie", named.headers["set-cookie"])


def host_allowed(scope: Scope) -> bool:
    """Whether the one Host header is ours: keeps other sites' names from meaning us."""
    hosts = Headers(scope=scope).getlist("host")
    allowed = [str(name).lower() for name in st.get_option("server.allowedHosts") or ()]
    try:
        name = urlsplit(f"//{hosts[0]}").hostname if len(hosts) == 1 else None
    except ValueError:
        return False
    return name is not None and (not allowed or name.rstrip(".") in allowed)


def is_own_page(scope: Scope) -> bool:
    """Whether a request comes from a page of this very server, or from the person.

    The origin must be the host that is asked, by scheme, name and port: browsers take all ports of
    a host for one site, and their cookies too.  A socket must name its origin.
    """
    headers = Headers(scope=scope)
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], str(scope["scheme"]))
    host = headers.get("host", "").lower().removesuffix(_DEFAULT_PORTS.get(scheme, ""))
    origins = [origin.lower() for origin in headers.getlist("origin")]
    if origins != [f"{scheme}://{host}"] and (origins or scope["type"] == "websocket"):
        return False
    return all(site in _OWN_PAGES for site in headers.getlist("sec-fetch-site"))
