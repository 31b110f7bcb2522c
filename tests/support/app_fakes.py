"""Analyses that stand in for the real one in worker processes: quick, slow, deadly.

The first word of the clip's name says what happens: ``works``, ``refuses``, ``crashes``,
``stubborn`` (ignores SIGTERM), ``slow`` (done after a moment); any other waits to be ended.
A clip whose file is not there goes to the real analysis.

``python -m app_fakes`` is a worker that does so: the product's own in all but that.  Tests
put it into ``queue.ANALYSE``.
"""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

from formcheck.app.jobs.request import Answer, Request
from formcheck.batch.job import Report
from formcheck.batch.workers.protocol import serve

WORKER = "app_fakes"


def analyse(request: Request, report: Report) -> Answer:
    """Do what the name says."""
    if not Path(request.source).exists():
        from formcheck.app.jobs.analyse import run

        return run(request, report)
    print("a library says hello")
    report("pose", 2.0, 4.0)
    match re.split(r"\W", request.name)[0]:
        case "works":
            return Answer()
        case "slow":
            time.sleep(0.5)
            return Answer()
        case "refuses":
            return Answer("a.mp4: no video")
        case "crashes":
            os._exit(9)
        case "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(3600)
    return Answer()


if __name__ == "__main__":
    serve(Request, analyse)
