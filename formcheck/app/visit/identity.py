"""Who a browser is: an identifier that only this server, since it started, can have given out."""

import base64
import hmac
import re
import secrets

import streamlit as st

from formcheck.app.visit.origins import HOST_NAMES

_SECRET = secrets.token_bytes(32)
_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_HALF = 16
"""Bytes of the random part, and of what proves that it is ours."""


def cookie_name(host: str = "") -> str:
    """The cookie a browser is known by when it asks for a host.

    It carries the port: browsers keep one jar for all ports of a host, and two servers must not
    overwrite each other's.  Under a name that was told it is the port that the browser sees: two
    servers may listen on the same one, each in a container of its own.
    """
    told = HOST_NAMES.find(host)
    return f"formcheck_{told.port if told else st.get_option('server.port')}"


def new_id() -> str:
    """Return an identifier nobody can guess or make."""
    nonce = secrets.token_bytes(_HALF)
    return base64.urlsafe_b64encode(nonce + _proof(nonce)).decode().rstrip("=")


def is_id(text: object) -> bool:
    """Whether a text came from :func:`new_id` of this very process."""
    if not isinstance(text, str) or _ID.fullmatch(text) is None:
        return False
    raw = base64.urlsafe_b64decode(f"{text}=")
    is_plain = base64.urlsafe_b64encode(raw).decode().rstrip("=") == text
    return is_plain and hmac.compare_digest(raw[_HALF:], _proof(raw[:_HALF]))


def _proof(nonce: bytes) -> bytes:
    return hmac.digest(_SECRET, nonce, "sha256")[:_HALF]
