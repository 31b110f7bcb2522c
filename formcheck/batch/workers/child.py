"""Clips in a process of their own: ``python -m formcheck.batch.workers.child``."""

import contextlib
import os
import traceback

from formcheck.batch.job import Job, Outcome, Report
from formcheck.batch.score_clip import score_clip
from formcheck.batch.source import hash_of
from formcheck.batch.workers.protocol import serve
from formcheck.errors import InputError, ModelError, OutputError


def run_guarded(job: Job, report: Report) -> Outcome:
    """Run a job; an unexpected exception is the clip's failure, told in full."""
    try:
        return score_clip(job, report)
    except MemoryError:  # the process is beyond repair: its clip has another try, alone
        raise
    except (ModelError, OutputError) as error:  # every clip would fail of it
        return Outcome("stop", str(error))
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}"
        message = (
            f"{job.source.label}: formcheck failed on it ({type(error).__name__}{place}). "
            "Please report this clip."
        )
        sha256 = ""
        with contextlib.suppress(InputError):
            sha256 = hash_of(job.source)
        return Outcome("failed", message, "bug", sha256, detail=traceback.format_exc())


if __name__ == "__main__":
    serve(Job, run_guarded)
