"""The names this server goes by: scheme, name and port, as a browser sees them."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from formcheck.errors import SettingsError

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
"""A ``Host`` header in small letters: nothing before the name, nothing after the port."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a browser says it is: an IPv6 address has its brackets, letters are small."""

    scheme: str
    name: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def host(self) -> str:
        """As the ``Host`` header has it: the port of the scheme itself goes unsaid."""
        is_usual = self.port == _DEFAULT_PORTS[self.scheme]
        return self.name if is_usual else f"{self.name}:{self.port}"

    @property
    def is_secret(self) -> bool:
        """Whether nobody between browser and server can read along."""
        name = self.name.strip("[]")
        if self.scheme == "https" or name == "localhost" or name.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


def read_origin(text: str) -> Origin:
    """Read what a person typed, such as ``https://gym.local:8443``.

    Raises:
        SettingsError: It is more or less than scheme, name and port.
    """
    try:
        parts = urlsplit(text.strip())
        port, name = parts.port, parts.hostname or ""
    except ValueError as error:
        raise _unusable(text, f"{error}") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise _unusable(text, "it must begin with https:// or http://")
    if "@" in parts.netloc:
        raise _unusable(text.rpartition("@")[2], "no user and no password belong before it")
    ends_oddly = text.rstrip()[-1] in "?#"
    if parts.path not in ("", "/") or parts.query or parts.fragment or ends_oddly:
        raise _unusable(text, "nothing may follow name and port; the app needs a name of its own")
    if port == 0:
        raise _unusable(text, "port 0 is none")
    return Origin(parts.scheme, _name(name, text), port or _DEFAULT_PORTS[parts.scheme])


def _name(name: str, text: str) -> str:
    """The name as browsers write it."""
    if ":" in name:
        try:
            return f"[{ipaddress.IPv6Address(name.replace('%', ' '))}]"  # no zone: none is sent
        except ValueError as error:
            raise _unusable(text, f"{error}") from error
    if name.endswith("."):
        raise _unusable(text, "leave out the dot at the end")
    try:
        name = name.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise _unusable(text, "it is no host name") from error
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _unusable(text, "each host is named in full, without * and other signs")
    if labels[-1].isdigit():
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError as error:
            raise _unusable(text, f"{error}") from error
    return name


def _unusable(text: str, why: str) -> SettingsError:
    return SettingsError(
        f"--host-name {text}: {why}. Give the address as the browser shows it, up to the port: "
        "https://gym.local or https://gym.local:8443."
    )


@dataclass(slots=True)
class HostNames:
    """The names whoever started the server gave it, beside those it has by itself."""

    _told: dict[str, Origin] = field(default_factory=dict)
    _not_own: frozenset[str] = frozenset()

    def tell(self, origins: Iterable[Origin], own: Iterable[str]) -> None:
        """Take the place of what was told before; ``own`` are the names known anyway.

        Raises:
            SettingsError: Two of them differ by nothing that a request shows.
        """
        told: dict[str, Origin] = {}
        for origin in origins:
            if told.setdefault(origin.host, origin) != origin:
                raise SettingsError(
                    f"--host-name {told[origin.host]} and {origin}: requests for the two look "
                    "alike. Name the one that the browser shows."
                )
        self._told = told
        self._not_own = frozenset(o.name.strip("[]") for o in told.values()) - frozenset(own)

    def find(self, host: str) -> Origin | None:
        """The origin that was told for a ``Host`` header; letters may be large."""
        return self._told.get(host.lower())

    def asked(self, host: str, own: Iterable[str], own_scheme: str) -> Origin | None:
        """The origin a request is for; None if it is not for us.

        Args:
            host: The ``Host`` header.
            own: Names that are ours on every port, because tunnels and containers change it;
                without any, all are.
            own_scheme: What we speak ourselves.  Under a name that was told, that counts: whoever
                hands requests on to us may speak another.
        """
        told = self.find(host)
        if told is not None:
            return told
        found = _HOST.fullmatch(host.lower())
        if found is None:
            return None
        name, port = found["name"], int(found["port"] or _DEFAULT_PORTS[own_scheme])
        names = frozenset(str(n).lower() for n in own)
        plain = name.strip("[]").rstrip(".")
        if not 0 < port < 1 << 16 or plain in self._not_own or (names and plain not in names):
            return None
        return Origin(own_scheme, name, port)


HOST_NAMES = HostNames()
"""Those of this process."""
