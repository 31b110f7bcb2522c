"""Put MediaPipe's library for browsers into the package, before a wheel is built.

The live page can find poses in the browser with it.  It is in the npm package
``@mediapipe/tasks-vision`` (Apache-2.0) and in nobody's wheel::

    python tools/fetch_tasks_vision.py

asks npm for it, wherever npm is set up to ask; with the path of an archive that ``npm pack``
wrote, nothing is asked for.  The archive's hash is known, so the files are the same wherever it
comes from.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@mediapipe/tasks-vision@0.10.21"
SHA256 = "343736570f433c0100ffc360dbe70f09cc502a5fc573f5cd95954692edc9cfde"
MEMBERS = ("vision_bundle.mjs", "wasm/vision_wasm_internal.js", "wasm/vision_wasm_internal.wasm")
TARGET = Path(__file__).resolve().parents[1] / "formcheck" / "app" / "live" / "tasks_vision"


def packed(folder: Path) -> Path:
    """Have npm put the package's archive into a folder; its path."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit(f"npm is not installed: install it, or give the archive of {PACKAGE}")
    command = [npm, "pack", PACKAGE, "--silent", "--pack-destination", str(folder)]
    if subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"npm could not fetch {PACKAGE}")
    (archive,) = folder.glob("*.tgz")
    return archive


def unpack(archive: Path) -> None:
    """Take the files out of the archive, if it is the one that is known."""
    try:
        data = archive.read_bytes()
    except OSError as error:
        sys.exit(f"{archive}: {error.strerror}")
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        sys.exit(f"{archive}: sha256 {found}, wanted {SHA256}: not the archive of {PACKAGE}")
    with tarfile.open(archive) as package:
        for name in MEMBERS:
            member = package.extractfile(f"package/{name}")
            assert member is not None
            (TARGET / Path(name).name).write_bytes(member.read())
    print(f"{len(MEMBERS)} files of {PACKAGE} are in {TARGET}")


def main() -> None:
    """Fetch and unpack, or unpack what is given."""
    if len(sys.argv) > 1:
        unpack(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        unpack(packed(Path(folder)))


if __name__ == "__main__":
    main()
