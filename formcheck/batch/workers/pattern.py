"""A pattern looked for in a process of its own, where no timer could end the search in this one."""

import queue
import re
import weakref

import msgspec

from formcheck.batch.job import Report
from formcheck.batch.patience import OutOfTime
from formcheck.batch.workers.protocol import Done, Inbox, Worker, next_message, serve
from formcheck.errors import SettingsError


class Look(msgspec.Struct, frozen=True):
    """What to look for, and where."""

    pattern: str
    text: str


class Seen(msgspec.Struct, frozen=True):
    """What the pattern names in the text; empty if it is not there."""

    name: str


def name_in(rule: re.Pattern[str], text: str) -> str:
    """What a pattern names: its group ``subject``, else its first group, else all it matches."""
    found = rule.search(text)
    if found is None:
        return ""
    names = found.groupdict()
    return names.get("subject") or (found.group(1) if rule.groups else found.group()) or ""


class Seeker:
    """Looks for a pattern as :func:`name_in` does, in a process that is ended after ``limit_s``."""

    def __init__(self, pattern: str, limit_s: float) -> None:
        self._pattern, self._limit_s = pattern, limit_s
        self._inbox: Inbox[Look, Seen] = queue.SimpleQueue()
        self._worker: Worker[Look, Seen] | None = None

    def __call__(self, text: str) -> str:
        """Return the name; raise OutOfTime if that takes too long."""
        worker = self._worker or self._start()
        worker.ask(Look(self._pattern, text))
        while True:
            _, message = next_message(self._inbox, [worker], self._limit_s)
            if isinstance(message, Done):
                return message.outcome.name
            if message is None:
                worker.end()
                self._worker = None
                raise OutOfTime

    def _start(self) -> Worker[Look, Seen]:
        self._worker = worker = Worker(__name__, Seen, self._inbox)
        weakref.finalize(self, worker.end)
        # Its start is no part of the time: a busy machine must not pass for a bad pattern.
        if self._inbox.get()[1] is None:
            raise SettingsError("no process could be started to look for a pattern; try again.")
        return worker


def _look(asked: Look, _report: Report) -> Seen:
    return Seen(name_in(re.compile(asked.pattern), asked.text))


if __name__ == "__main__":
    serve(Look, _look)
