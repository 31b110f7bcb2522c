"""Runs a command under a system-call trace and tells who it tried to talk to."""

from __future__ import annotations

import ipaddress
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from waiting import wait_until

DNS_PORTS = (53, 853, 5353, 5355)
# The kernel itself, or another program on this machine.
_LOCAL_FAMILIES = {"AF_UNIX", "AF_LOCAL", "AF_NETLINK", "AF_UNSPEC"}
_RESOLVER_SOCKETS = ("io.systemd.Resolve", "mdns", "avahi")
_CALL = re.compile(
    r"\b(?P<call>connect|sendto|sendmsg|sendmmsg|bind)\((?P<arguments>.*)$", re.DOTALL
)
_FAMILY = re.compile(r"sa_family=(?P<family>\w+)")
_PORT = re.compile(r"sin6?_port=htons\((?P<port>\d+)\)")
_ADDRESS = re.compile(
    r'inet_addr\("(?P<v4>[^"]+)"\)|inet_pton\(AF_INET6, "(?P<v6>[^"]+)"'
)  # fmt: skip
_NAME_CACHE = re.compile(r'"[^"]*hosts\\0"')
"""What glibc asks its name cache for; users and groups are asked for there as well."""


def needs_strace() -> str:
    """The path of strace; the test is skipped where it is absent or may not trace."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    tried = subprocess.run([strace, "-f", "-o", "/dev/null", "true"], capture_output=True)
    if tried.returncode:
        pytest.skip("strace may not trace processes here")
    return strace


def traced(strace: str, log: Path) -> list[str]:
    """What to put before a command: it stays our own child, the tracer watches from aside."""
    calls = "--trace=%network,execve"
    return [strace, "-D", "-f", "-q", "--seccomp-bpf", "-s", "256", calls, "-o", str(log)]


def read_log(log: Path, pid: int) -> list[str]:
    """The lines of a finished trace: waits until the tracer has seen the first process end."""
    end = re.compile(rf"^{pid} +\+\+\+ (exited|killed)", re.MULTILINE)

    def whole() -> str:
        text = log.read_text("utf-8", "replace") if log.exists() else ""
        return text if end.search(text) else ""

    return wait_until(whole, "the end of the trace").splitlines()


def reasons(lines: Iterable[str]) -> list[str]:
    """The lines that break the promise, each after the reason."""
    found = []
    for line in lines:
        reason = _reason(line)
        if reason is not None:
            found.append(f"{reason}: {line.strip()}")
    return found


def _reason(line: str) -> str | None:
    """Why a line breaks the promise; None if it does not."""
    call = _CALL.search(line)
    if call is None:
        return None
    text = call["arguments"]
    if call["call"].startswith("send") and _NAME_CACHE.search(text):
        return "name look-up"
    families = _FAMILY.findall(text)
    if "AF_UNIX" in families and any(name in text for name in _RESOLVER_SOCKETS):
        return "name look-up"
    if not families:
        # On a connected socket no address is told: the connect was.
        return None
    foreign = [f for f in families if f not in _LOCAL_FAMILIES | {"AF_INET", "AF_INET6"}]
    if foreign:
        return f"unknown kind of network {foreign[0]}"
    if call["call"] != "bind" and any(int(port) in DNS_PORTS for port in _PORT.findall(text)):
        return "name look-up"
    n_internet = sum(f in ("AF_INET", "AF_INET6") for f in families)
    addresses = [m["v4"] or m["v6"] for m in _ADDRESS.finditer(text)]
    if len(addresses) < n_internet:
        return "an address that cannot be read"
    for address in addresses:
        if not _is_own(address):
            kind = "open to others" if call["call"] == "bind" else "connection"
            return f"{kind} {address}"
    return None


def _is_own(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback
