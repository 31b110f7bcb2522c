"""``formcheck app``: start the server with every setting passed by flag.

An installed copy has no ``.streamlit/config.toml`` beside it, so nothing may depend on one; a test
keeps the two in step.
"""

import contextlib
import os
import socket
import ssl
import sys
import tempfile
import threading
import time
import tomllib
import webbrowser
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

import click

from formcheck.app.jobs.limits import LIMITS, SHARED
from formcheck.app.visit.entry import ENTRY
from formcheck.app.visit.origins import HOST_NAMES, Origin, read_origin
from formcheck.cli.shared import told_errors

DEFAULT_PORT = 8501
SERVE = Path(__file__).parents[1] / "app" / "serve.py"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SETTINGS: dict[str, str] = {
    **tomllib.loads(resources.files(__package__).joinpath("streamlit.toml").read_text("utf-8")),
    "server.maxUploadSize": str(LIMITS.max_upload_mb),
}
"""What the server always runs with."""


PORT_OPTION = click.option(
    "--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True,
    help="Port to listen on.",
)  # fmt: skip
TOKEN_OPTION = click.option(
    "--token/--no-token", default=True, show_default=True,
    help="Let browsers in by the printed link only. Without, every user and every program of this "
    "computer can read what the app shows, your history included.",
)  # fmt: skip
BROWSER_OPTION = click.option(
    "--browser/--no-browser", default=True, show_default=True, help="Open a browser window."
)


@click.command("app")
@PORT_OPTION
@click.option(
    "--lan", is_flag=True,
    help="Open the app to the local network, over HTTPS: needs --cert and --key.",
)  # fmt: skip
@click.option(
    "--cert", type=click.Path(path_type=Path), help="Certificate file (PEM), with --lan only."
)
@click.option("--key", type=click.Path(path_type=Path), help="Its private key (PEM).")
@click.option(
    "--max-minutes", type=click.FloatRange(min=0, min_open=True),
    help="Longest clip that is taken.  [default: 3 with --lan, else any]",
)  # fmt: skip
@click.option(
    "--host-name", "host_names", multiple=True, metavar="ADDRESS",
    help="Answer under this address too, as the browser shows it: https://gym.local, with the port "
    "if it shows one.  For a proxy, a container or the name in a certificate; may be repeated.",
)  # fmt: skip
@BROWSER_OPTION
@TOKEN_OPTION
def app_command(
    port: int,
    lan: bool,
    cert: Path | None,
    key: Path | None,
    max_minutes: float | None,
    host_names: tuple[str, ...],
    browser: bool,
    token: bool,
) -> None:
    """Check squat videos in the browser, on this machine.

    Listens on 127.0.0.1 only and asks nothing of any other host.  Prints a link that lets one
    browser in, once; the next link follows when it was used.  With --lan others in the local
    network can use it too, and one link is for all of them; nobody sees what another browser
    uploaded.
    """
    names = _names(host_names, lan)
    certificate = _certificate(lan, cert, key)
    start(
        port,
        browser=browser and not lan,
        is_open=not token,
        certificate=certificate,
        names=names,
        max_minutes=max_minutes,
    )


def start(
    port: int,
    *,
    browser: bool,
    is_open: bool,
    page: str = "",
    certificate: tuple[Path, Path] | None = None,
    names: Sequence[Origin] = (),
    max_minutes: float | None = None,
) -> None:
    """Serve the app until a signal ends it; raises ClickException if the port is taken.

    With ``browser`` the page of this path (empty for the first one) is opened in the browser once
    the server answers.  ``is_open`` lets in whoever finds the address.  A ``certificate`` and its
    key (PEM) open the app to the local network, over HTTPS.  ``names`` are addresses to answer
    under besides, ``max_minutes`` the longest clip that is taken.
    """
    from formcheck.app.visit.spaces import SPACES

    if not _is_free(port, "0.0.0.0" if certificate else "127.0.0.1"):
        raise click.ClickException(f"Port {port} is in use. Choose another with --port.")
    flags = {**SETTINGS, "server.port": str(port), "logger.hideWelcomeMessage": "true"}
    own = list(LOOPBACK)
    if certificate is not None:
        flags["server.address"] = "0.0.0.0"
        flags["server.sslCertFile"], flags["server.sslKeyFile"] = map(str, certificate)
        own += _own_names()
        os.environ["FORMCHECK_LAN"] = "1"
    else:
        os.environ.pop("FORMCHECK_LAN", None)
    with told_errors():
        HOST_NAMES.tell(names, own)
    limits = SHARED if certificate is not None else LIMITS
    SPACES.limits = replace(limits, max_length_s=60 * max_minutes) if max_minutes else limits
    addresses = [*_addresses(certificate is not None, own, port), *map(str, names)]
    ENTRY.is_open, ENTRY.is_shared = is_open, certificate is not None

    def tell(path: str) -> None:
        links = " and ".join(f"{address}{path}" for address in addresses)
        click.echo(f"formcheck: open {links}  (Ctrl+C ends it)", err=True)

    if is_open:
        tell(f"/{page}".rstrip("/"))
    else:
        ENTRY.start(tell, page)
    with contextlib.ExitStack() as stack:
        if browser:
            path = f"/{page}" if is_open else ENTRY.link(page)
            address = stack.enter_context(_only_for_us(f"{addresses[0]}{path}"))
            threading.Thread(target=_open_browser, args=(address, port), daemon=True).start()
        # Streamlit asks for the name once more, without scheme and port.
        _serve(flags, list(dict.fromkeys([*own, *(name.name.strip("[]") for name in names)])))


@contextlib.contextmanager
def _only_for_us(address: str) -> Iterator[str]:
    """A file that leads to an address: given to a browser as such, others would see the address.

    Everybody on the computer sees with which arguments a browser is started.
    """
    with tempfile.TemporaryDirectory(prefix="formcheck-open-") as folder:  # its owner's alone
        file = Path(folder) / "formcheck.html"
        file.write_text(f'<meta http-equiv="refresh" content="0;url={address}">', "utf-8")
        yield file.as_uri()


def _certificate(lan: bool, cert: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    if not lan:
        if cert is not None or key is not None:
            raise click.UsageError("--cert and --key go with --lan.")
        return None
    if cert is None or key is None:
        raise click.UsageError(
            "--lan needs --cert FILE and --key FILE: without HTTPS others could read along, "
            "and phones refuse the camera."
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise click.ClickException(
            f"{cert}, {key}: not a certificate and its key ({error}). Both must be PEM files."
        ) from error
    return cert, key


def _names(texts: Sequence[str], lan: bool) -> list[Origin]:
    with told_errors():
        names = [read_origin(text) for text in texts]
    for name in names:
        if lan and name.scheme == "http":
            raise click.UsageError(f"--host-name {name}: with --lan browsers see https.")
        if not name.is_secret:
            click.echo(
                f"Warning: {name} is not encrypted: others can read along, and browsers refuse "
                "the camera there.",
                err=True,
            )
    return names


def _is_free(port: int, host: str) -> bool:
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _own_names() -> list[str]:
    """Names and addresses under which the local network can reach this machine.

    Asks the routing table only: looking a name up could send a request.
    """
    name = socket.gethostname().lower()
    names = {name, f"{name.split('.')[0]}.local"}
    # A UDP socket "connected" to an address sends nothing, and knows its own.
    for private in ("10.255.255.255", "172.31.255.255", "192.168.255.255"):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with udp as probe, contextlib.suppress(OSError):
            probe.connect((private, 9))
            names.add(str(probe.getsockname()[0]))
    return sorted(n for n in names if n and n not in LOOPBACK)


def _addresses(lan: bool, hosts: list[str], port: int) -> list[str]:
    if not lan:
        return [f"http://127.0.0.1:{port}"]
    outward = [h for h in hosts[len(LOOPBACK) :] if h.count(".") == 3 and h[0].isdigit()]
    return [f"https://{host}:{port}" for host in outward or ["127.0.0.1"]]


def _open_browser(address: str, port: int) -> None:
    """Open a page in the browser as soon as somebody listens."""
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.1)
    webbrowser.open(address)


def _serve(flags: dict[str, str], hosts: list[str]) -> None:
    """Run Streamlit's own server in this process until a signal ends it."""
    from streamlit.web import cli

    from formcheck.app.streamlit_internals import ignore_config_files

    ignore_config_files()
    arguments = ["run", str(SERVE)]
    arguments += [f"--{name}={value}" for name, value in flags.items()]
    arguments += [f"--server.allowedHosts={host}" for host in hosts]
    sys.argv = ["streamlit", *arguments]
    cli.main(arguments, prog_name="streamlit", standalone_mode=True)
