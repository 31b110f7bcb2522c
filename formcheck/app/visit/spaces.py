"""What belongs to one browser: its clips, its jobs and how long they are kept.

A browser is known by a random cookie only it and the server know.  Its space lives in memory and in
the server's private temporary folder, nowhere else, and goes some minutes after its last connection
closed.
"""

import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from formcheck.app.jobs.limits import LIMITS, Limits
from formcheck.app.jobs.queue import AnalysisJob, JobQueue, JobState
from formcheck.app.jobs.request import Request
from formcheck.app.visit.clips import Clip, Look
from formcheck.app.visit.person import Person
from formcheck.app.visit.workspace import Workspace, purge, remove
from formcheck.errors import InputError
from formcheck.files import short_stem
from formcheck.squat.settings import DEFAULT_SETTINGS

KEEP_S = 600.0
"""How long a space outlives its last connection: a phone may sleep, a page may be reloaded."""
_COPY_BYTES = 1 << 20


@dataclass(slots=True, eq=False)
class Space:
    """Everything of one browser."""

    id: str
    person: Person = field(default_factory=Person)
    check: list[Clip] = field(default_factory=list)
    """A set as it was filmed: one clip, or a second one from the other side."""
    warm_up: list[Clip] = field(default_factory=list)
    """Clips of a warm-up that are being counted; removed when they are."""
    live: list[Clip] = field(default_factory=list)
    """The set last done in front of the live camera, as poses."""
    n_connected: int = 0
    left_s: float = field(default_factory=time.monotonic)
    folders: dict[str, Path] = field(default_factory=dict)
    """Public names of folders, for addresses of pictures and videos."""

    @property
    def clips(self) -> list[Clip]:
        """Every clip of this browser."""
        return [*self.check, *self.warm_up, *self.live]


class Spaces:
    """All browsers of a server, the job queue and the temporary folder."""

    def __init__(self) -> None:
        self.limits: Limits = LIMITS
        self.queue = JobQueue()
        self._lock = threading.RLock()
        self._spaces: dict[str, Space] = {}
        self._workspace: Workspace | None = None
        self._stop = threading.Event()

    def open(self) -> None:
        """Remove what killed servers left, and start the janitor."""
        purge()
        threading.Thread(target=self._keep_tidy, daemon=True, name="janitor").start()

    def close(self) -> None:
        """Stop every job and remove every file."""
        self._stop.set()
        self.queue.close()
        with self._lock:
            self._spaces.clear()
            if self._workspace is not None:
                self._workspace.close()
                self._workspace = None

    def get(self, id_: str) -> Space:
        """Return a browser's space, a new one if it has none."""
        with self._lock:
            return self._spaces.setdefault(id_, Space(id_))

    @contextmanager
    def connected(self, id_: str) -> Iterator[None]:
        """Note that a page of this browser is open until the block ends."""
        with self._lock:
            self.get(id_).n_connected += 1
        try:
            yield
        finally:
            with self._lock:
                space = self._spaces.get(id_)
                if space is not None:
                    space.n_connected -= 1
                    space.left_s = time.monotonic()

    def add_clip(
        self,
        space: Space,
        name: str,
        file: BinaryIO,
        look: Look,
        *,
        is_mirrored: bool = False,
        person: str | None = None,
    ) -> Clip:
        """Copy a clip into the space, piece by piece, and put it in the line.

        Raises InputError if this browser has enough jobs under way, or the disk is full.
        """
        jobs = [job for clip in space.clips for job in clip.all_jobs]
        n_busy = sum(not job.state.is_over for job in jobs)
        if n_busy >= self.limits.max_waiting:
            raise InputError(
                f"{name}: {n_busy} of your clips are still being worked on. Wait or cancel one."
            )
        self._check_room(space, name)
        folder: Path | None = None
        try:
            folder = self._new_folder()
            source = folder / f"{short_stem(name)}{Path(name).suffix.lower()[:6]}"
            with source.open("xb") as out:
                shutil.copyfileobj(file, out, _COPY_BYTES)
        except OSError as error:
            if folder is not None:
                remove(folder)
            raise InputError(
                f"{name}: cannot be stored ({error.strerror}). Free some space and try again."
            ) from error
        clip = Clip(
            name,
            source,
            folder,
            first=look,
            n_bytes=source.stat().st_size,
            is_mirrored=is_mirrored,
            is_playable=not is_mirrored,
            person=person,
        )
        self.draw(clip, look)
        return clip

    def _check_room(self, space: Space, name: str) -> None:
        """See that neither this browser nor all of them together take too much."""
        with self._lock:
            every = [clip for other in self._spaces.values() for clip in other.clips]
        kept_gb = sum(clip.n_bytes for clip in every) / 1e9
        n_waiting = sum(not job.state.is_over for clip in every for job in clip.all_jobs)
        if len(space.clips) >= self.limits.max_clips:
            raise InputError(f"{name}: {len(space.clips)} clips are kept for you. Remove some.")
        if n_waiting >= self.limits.max_waiting_in_all or kept_gb > self.limits.max_kept_gb:
            raise InputError(f"{name}: too many people are waiting. Try again in some minutes.")

    def _new_folder(self) -> Path:
        with self._lock:
            if self._workspace is not None and not self._workspace.root.is_dir():
                # A cleaner of temporary files took it while the server ran.
                self._workspace.close()
                self._workspace = None
            if self._workspace is None:
                self._workspace = Workspace()
            return self._workspace.new_folder("clip")

    def draw(self, clip: Clip, look: Look, *, is_video: bool = False) -> AnalysisJob:
        """Have the pictures or the video of a clip drawn in a look, once.

        The first time the clip is analysed too.  What nobody waits for any more is given up.
        """
        jobs = clip.videos if is_video else clip.jobs
        job = jobs.get(look)
        if job is not None and job.state not in (JobState.FAILED, JobState.CANCELLED):
            return job
        for other in jobs.values():
            if other is not clip.job:
                self.queue.cancel(other)
        request = Request(
            source=str(clip.source), name=clip.name, folder=str(clip.folder),
            drawn=str(clip.look_folder(look)), settings=dict(look.settings), is_video=is_video,
            with_cues=look.with_cues, blur=look.blur, is_mirrored=clip.is_mirrored,
            person=clip.person, limits=self.limits,
        )  # fmt: skip
        settings = DEFAULT_SETTINGS.with_values(request.settings)
        # Judged before it is said to be done: the page that asks shall not wait for it.
        jobs[look] = self.queue.submit(request, lambda: clip.judged(settings))
        return jobs[look]

    def drop_clip(self, space: Space, clip: Clip) -> None:
        """Stop whatever is done to a clip and remove its files."""
        for job in clip.all_jobs:
            self.queue.cancel(job)
        with self._lock:
            space.folders = {k: v for k, v in space.folders.items() if clip.folder not in v.parents}
            for own in (space.check, space.warm_up, space.live):
                if clip in own:
                    own.remove(clip)
        remove(clip.folder)

    def drop_clips(self, space: Space) -> None:
        """Remove the clips of a space."""
        for clip in space.clips:
            self.drop_clip(space, clip)

    def address(self, space: Space, path: Path) -> str:
        """Return the path of a file on the server, for this browser only."""
        with self._lock:
            known = (token for token, folder in space.folders.items() if folder == path.parent)
            token = next(known, None) or secrets.token_urlsafe(24)
            space.folders[token] = path.parent
        return f"/formcheck/media/{token}/{quote(path.name)}"

    def resolve(self, id_: str, token: str, name: str) -> Path | None:
        """Return the file an address of :meth:`address` means to this browser, if any."""
        with self._lock:
            space = self._spaces.get(id_)
            folder = space.folders.get(token) if space is not None else None
        if folder is None or name != Path(name).name or name.startswith("."):
            return None
        path = folder / name
        return path if path.is_file() else None

    def sweep(self) -> int:
        """Remove spaces nobody came back to; return how many."""
        now_s = time.monotonic()
        with self._lock:
            gone = [
                s for s in self._spaces.values() if s.n_connected <= 0 and now_s - s.left_s > KEEP_S
            ]
            for space in gone:
                del self._spaces[space.id]
        for space in gone:
            self.drop_clips(space)
        return len(gone)

    def _keep_tidy(self) -> None:
        while not self._stop.wait(30.0):
            self.sweep()


SPACES = Spaces()
"""Those of this process."""
