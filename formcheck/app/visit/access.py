"""Who is asking: hosts, origins and cookies."""

from collections.abc import Mapping

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from formcheck.app.visit.identity import cookie_name, is_id, new_id
from formcheck.app.visit.origins import HOST_NAMES, Origin

_OWN_PAGES = ("same-origin", "none")
"""What browsers say of a request by a page of ours, or by the person: a typed address."""


def browser_of(scope: Scope) -> str | None:
    """The browser a request or connection comes from, by its cookie; None if it has none."""
    host = Headers(scope=scope).get("host", "")
    return browser_in(host, HTTPConnection(scope).cookies) or None


def browser_in(host: str, cookies: Mapping[str, str]) -> str:
    """The browser whose cookies for a host these are; empty if they hold no identifier of ours."""
    value = cookies.get(cookie_name(host), "")
    return value if is_id(value) else ""


def name_browser(headers: MutableHeaders, origin: Origin) -> None:
    """Give a new browser its cookie, which scripts cannot read and other sites cannot send."""
    named = Response()
    named.set_cookie(
        cookie_name(origin.host), new_id(), secure=origin.scheme == "https", httponly=True,
        samesite="strict",
    )  # fmt: skip
    headers.append("set-cookie", named.headers["set-cookie"])


def origin_asked(scope: Scope) -> Origin | None:
    """The origin of ours that a request is for; None keeps other sites' names from meaning us.

    It goes by the one ``Host`` header and by how the server was started.  What else a request says
    of the way it took (``X-Forwarded-*``, ``Forwarded``) anybody could have written.
    """
    hosts = Headers(scope=scope).getlist("host")
    if len(hosts) != 1:
        return None
    own_scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return HOST_NAMES.asked(hosts[0], st.get_option("server.allowedHosts") or (), own_scheme)


def is_own_page(scope: Scope, asked: Origin) -> bool:
    """Whether a request comes from a page of this very server, or from the person.

    The origin must be the one that is asked, by scheme, name and port: browsers take all ports of
    a host for one site, and their cookies too.  A socket must name its origin.
    """
    headers = Headers(scope=scope)
    origins = [origin.lower() for origin in headers.getlist("origin")]
    if origins != [str(asked)] and (origins or scope["type"] == "websocket"):
        return False
    return all(site in _OWN_PAGES for site in headers.getlist("sec-fetch-site"))
