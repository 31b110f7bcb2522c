"""Names the server goes by: what may be typed, and what a request must say to be one of them."""

from __future__ import annotations

import pytest

from formcheck.app.visit.origins import HostNames, read_origin
from formcheck.errors import SettingsError


@pytest.mark.parametrize(
    ("typed", "origin", "host"),
    [
        ("https://gym.local", "https://gym.local", "gym.local"),
        (" HTTPS://Gym.Local:443/ ", "https://gym.local", "gym.local"),
        ("https://gym.local:8443", "https://gym.local:8443", "gym.local:8443"),
        ("http://gym.local:80", "http://gym.local", "gym.local"),
        ("http://192.168.1.20:8080", "http://192.168.1.20:8080", "192.168.1.20:8080"),
        ("https://[FD00:0:0::1]:8443", "https://[fd00::1]:8443", "[fd00::1]:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_an_address_is_written_as_browsers_do(typed: str, origin: str, host: str) -> None:
    assert (str(read_origin(typed)), read_origin(typed).host) == (origin, host)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("gym.local", "begin with https"),
        ("", "begin with https"),
        ("wss://gym.local", "begin with https"),
        ("https://", "in full"),
        ("https://*.gym.local", "in full"),
        ("https://gym_.-x.local", "in full"),
        ("https://gym local", "in full"),
        ("https://gym.local.", "dot"),
        ("https://me:secret@gym.local", "no user"),
        ("https://@gym.local", "no user"),
        ("https://gym.local/formcheck", "name of its own"),
        ("https://gym.local?x", "name of its own"),
        ("https://gym.local#", "name of its own"),
        ("https://gym.local:0", "port 0"),
        ("https://gym.local:99999", "ort"),
        ("https://gym.local:x", "ort"),
        ("https://127.1", "4 octets"),
        ("https://[fd00::g]", ""),
        ("https://[fe80::1%25eth0]", ""),
        (f"https://{'a' * 300}.local", ""),
    ],
)
def test_anything_else_is_refused_with_the_remedy(typed: str, why: str) -> None:
    with pytest.raises(SettingsError, match="as the browser shows it") as raised:
        read_origin(typed)
    assert why in str(raised.value)


def test_names_that_requests_cannot_tell_apart_are_refused() -> None:
    names = HostNames()
    names.tell([read_origin("https://gym.local"), read_origin("https://gym.local:443")], ())
    with pytest.raises(SettingsError, match="look alike"):
        names.tell([read_origin("https://gym.local"), read_origin("http://gym.local")], ())


def test_a_name_that_is_ours_anyway_stays_so_on_other_ports() -> None:
    names = HostNames()
    own = ["localhost", "192.168.1.20"]
    names.tell([read_origin("https://192.168.1.20"), read_origin("https://gym.local")], own)
    allowed = [*own, "gym.local"]
    asked = {
        host: str(names.asked(host, allowed, "http"))
        for host in ("192.168.1.20", "192.168.1.20:8501", "gym.local", "gym.local:8501")
    }
    assert asked == {
        "192.168.1.20": "https://192.168.1.20", "192.168.1.20:8501": "http://192.168.1.20:8501",
        "gym.local": "https://gym.local", "gym.local:8501": "None",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("origin", "is_secret"),
    [
        ("https://gym.local", True),
        ("http://localhost:8080", True),
        ("http://formcheck.localhost", True),
        ("http://127.0.0.2", True),
        ("http://[::1]:8501", True),
        ("http://gym.local", False),
        ("http://localhost.evil.example", False),
    ],
)
def test_who_could_read_along(origin: str, is_secret: bool) -> None:
    assert read_origin(origin).is_secret is is_secret
