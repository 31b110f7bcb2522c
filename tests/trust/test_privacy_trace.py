"""The check itself: what it lets pass, what it catches, and that it can fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tracing import needs_strace, read_log, reasons, traced
from waiting import PATIENCE_S

INNOCENT = [
    '12 connect(3, {sa_family=AF_INET, sin_port=htons(8501), sin_addr=inet_addr("127.0.0.1")}, 16)'
    " = 0",
    '12 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.8.9.1")}, 16'
    " <unfinished ...>",
    "12 connect(3, {sa_family=AF_INET6, sin6_port=htons(8501), sin6_flowinfo=htonl(0), "
    'inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
    "12 sendto(4, {sa_family=AF_INET6, sin6_port=htons(8501), sin6_flowinfo=htonl(0), "
    'inet_pton(AF_INET6, "::ffff:127.0.0.1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
    '12 connect(3, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT',
    '12 sendto(3, "\\2\\0\\0\\0\\v\\0\\0\\0\\7\\0\\0\\0passwd\\0", 19, MSG_NOSIGNAL, NULL, 0) = 19',
    '12 sendto(3, [{nlmsg_len=20}], 20, 0, {sa_family=AF_NETLINK, nl_pid=0}, 12) = 20',
    '12 sendto(5, "HTTP/1.1 200 OK", 15, 0, NULL, 0) = 15',
    '12 bind(3, {sa_family=AF_INET, sin_port=htons(8501), sin_addr=inet_addr("127.0.0.1")}, 16)'
    " = 0",
    '12 execve("/usr/bin/python3", ["python3", "-c", "connect(1.2.3.4)"], 0x7ffe) = 0',
    "12 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 3",
    "12 +++ exited with 0 +++",
]  # fmt: skip
GUILTY = {
    '12 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("1.2.3.4")}, 16)'
    " = -1 ENETUNREACH (Network is unreachable)": "connection 1.2.3.4",
    '12 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("10.0.0.7")}, 16'
    " <unfinished ...>": "connection 10.0.0.7",
    '12 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16)'
    " = 0": "name look-up",
    "12 connect(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
    'inet_pton(AF_INET6, "2a00:1450::8a", &sin6_addr), sin6_scope_id=0}, 28) = 0':
        "connection 2a00:1450::8a",
    "12 sendmmsg(3, [{msg_hdr={msg_name={sa_family=AF_INET, sin_port=htons(53), "
    'sin_addr=inet_addr("192.168.1.1")}, msg_namelen=16}}], 1, MSG_NOSIGNAL) = 1': "name look-up",
    '12 sendto(3, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(9), '
    'sin_addr=inet_addr("255.255.255.255")}, 16) = 1': "connection 255.255.255.255",
    '12 sendto(3, "\\2\\0\\0\\0\\r\\0\\0\\0\\6\\0\\0\\0hosts\\0", 18, MSG_NOSIGNAL, NULL, 0) = 18':
        "name look-up",
    '12 connect(3, {sa_family=AF_UNIX, sun_path="/run/systemd/resolve/io.systemd.Resolve"}, 42)'
    " = 0": "name look-up",
    '12 bind(3, {sa_family=AF_INET, sin_port=htons(8501), sin_addr=inet_addr("0.0.0.0")}, 16) = 0':
        "open to others 0.0.0.0",
    "12 connect(3, {sa_family=AF_VSOCK, svm_cid=2, svm_port=80}, 16) = 0":
        "unknown kind of network AF_VSOCK",
    "12 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=...}, 16) = 0":
        "an address that cannot be read",
}  # fmt: skip


@pytest.mark.parametrize("line", INNOCENT)
def test_what_stays_on_the_machine_passes(line: str) -> None:
    assert reasons([line]) == []


@pytest.mark.parametrize("line", GUILTY)
def test_what_leaves_the_machine_is_named(line: str) -> None:
    (found,) = reasons(["12 socket(AF_INET, SOCK_STREAM, 0) = 3", line])
    assert found.startswith(GUILTY[line])


def observe(code: str, log: Path) -> list[str]:
    """What a line of Python is told off for."""
    strace = needs_strace()
    with subprocess.Popen([*traced(strace, log), sys.executable, "-c", code]) as process:
        process.wait(PATIENCE_S)
    return reasons(read_log(log, process.pid))


# 192.0.2.0/24 is set aside for examples: no such host exists and none is reached.
CALLS = {
    "connection 192.0.2.1": "import socket as s; c = s.socket(); c.settimeout(0.05)\n"
    "try: c.connect(('192.0.2.1', 9))\nexcept OSError: pass",
    "connection 192.0.2.2": "import socket as s; c = s.socket(type=s.SOCK_DGRAM)\n"
    "try: c.sendto(b'x', ('192.0.2.2', 9))\nexcept OSError: pass",
    "name look-up": "import socket as s; c = s.socket(type=s.SOCK_DGRAM)\n"
    "c.connect(('127.0.0.1', 53))",
    "connection 192.0.2.3": "import subprocess, sys\n"
    "code = 'import socket as s; s.socket(type=s.SOCK_DGRAM).connect((\"192.0.2.3\", 9))'\n"
    "subprocess.run([sys.executable, '-c', code])",
}


@pytest.mark.parametrize("wanted", CALLS)
def test_a_program_that_calls_out_is_caught(wanted: str, tmp_path: Path) -> None:
    found = observe(CALLS[wanted], tmp_path / "trace.log")
    assert [reason for reason in found if reason.startswith(wanted)]


def test_a_program_that_does_not_is_not(tmp_path: Path) -> None:
    code = (
        "import socket as s; a = s.socket(); a.bind(('127.0.0.1', 0)); a.listen()\n"
        "s.create_connection(a.getsockname()).sendall(b'x')"
    )
    assert observe(code, tmp_path / "trace.log") == []
