"""The history file: private, whole after anything, and gone when it is deleted."""

import os
import re
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from health_cases import ago, full
from waiting import PATIENCE_S, wait_until

from formcheck.training.history import (
    History,
    HistoryError,
    MemoryHistory,
    Session,
    SetGroup,
    default_path,
    open_history,
)
from formcheck.training.history.schema import APPLICATION_ID, DELETED, STEPS, VERSION, migrate

posix = pytest.mark.skipif(os.name != "posix", reason="file modes and signals of POSIX")


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "data" / "history.sqlite3")


def kind_of(history, request):
    return {"disk": history, "memory": MemoryHistory()}[request]


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_what_is_added_comes_back_oldest_first(history, kind):
    store = kind_of(history, kind)
    assert store.sessions() == ()
    new, old = full(1), full(30)
    assert store.add(new)
    assert store.add(old)
    assert store.sessions() == (old, new)


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_the_same_clip_is_stored_once(history, kind):
    store = kind_of(history, kind)
    first = full(1, clip_key="k" * 64)
    assert store.add(first)
    assert not store.add(full(2, clip_key="k" * 64))
    assert not store.add(first), "the same entry again"
    assert store.add_all([full(3, clip_key=None), full(4, clip_key=None)]) == 2
    assert len(store.sessions()) == 3


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_an_entry_is_changed_and_deleted(history, kind):
    store = kind_of(history, kind)
    session = full(1)
    store.add_all([session, full(2, clip_key="c")])
    changed = full(1, uid=session.uid, pain_next_morning=4.0, sets=())
    store.replace(changed)
    assert changed in store.sessions()
    assert session not in store.sessions()
    with pytest.raises(HistoryError, match="already in the history"):
        store.replace(full(1, uid=session.uid, clip_key="c"))
    assert changed in store.sessions(), "a refused change leaves the entry"
    assert store.delete(session.uid)
    assert not store.delete(session.uid)
    with pytest.raises(HistoryError, match="not in the history any more"):
        store.replace(changed)
    assert len(store.sessions()) == 1
    store.delete_all()
    assert store.sessions() == ()


@posix
def test_only_the_owner_can_read_the_file(history):
    before = os.umask(0)
    try:
        history.add(full())
    finally:
        os.umask(before)
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(history.path.parent.stat().st_mode) == 0o700
    history.path.chmod(0o644)
    history.sessions()
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


@posix
def test_the_journal_is_private_too(history):
    history.add(full())
    seen = []
    with sqlite3.connect(history.path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE session SET note = 'x'")
        journal = history.path.with_name(history.path.name + "-journal")
        seen.append(stat.S_IMODE(journal.stat().st_mode))
        connection.execute("ROLLBACK")
    connection.close()
    assert seen == [0o600]


def test_nothing_is_made_by_only_looking(history):
    assert history.sessions() == ()
    assert not history.delete("x")
    history.delete_all()
    assert history.add_all([]) == 0
    assert not history.path.parent.exists()


def test_no_video_has_a_place_in_the_tables(history):
    history.add(full())
    with sqlite3.connect(history.path) as connection:
        tables = connection.execute("SELECT sql FROM sqlite_master").fetchall()
        kinds = connection.execute("SELECT DISTINCT typeof(note) FROM session").fetchall()
    connection.close()
    assert not re.search("BLOB", str(tables), re.IGNORECASE)
    assert kinds == [("text",)]


# -- deleting ---------------------------------------------------------------------


def test_delete_all_removes_the_file_and_damaged_copies(history):
    history.add(full(note="SECRET-WORDS"))
    aside = history.path.with_name("history.damaged-2026-01-01-000000.sqlite3")
    aside.write_bytes(b"SECRET-WORDS")
    other = history.path.with_name("holiday.sqlite3")
    other.write_bytes(b"mine")
    history.delete_all()
    assert list(history.path.parent.iterdir()) == [other]
    assert history.sessions() == ()
    assert history.add(full())


def test_deleted_text_is_not_left_in_the_file(history):
    session = full(note="SECRET-WORDS")
    history.add_all([session, full(1)])
    assert b"SECRET-WORDS" in history.path.read_bytes()
    history.delete(session.uid)
    assert b"SECRET-WORDS" not in history.path.read_bytes()
    assert len(history.sessions()) == 1


def test_a_removed_file_held_open_elsewhere_is_empty(history):
    history.add(full(note="SECRET-WORDS"))
    with history.path.open("rb") as held:
        history.delete_all()
        assert b"SECRET-WORDS" not in held.read()


def test_a_deletion_cut_short_is_finished(history):
    """Killed between emptying the file and removing it: the next call starts anew."""
    history.add(full())
    with sqlite3.connect(history.path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM session")
        connection.execute(f"PRAGMA user_version = {DELETED}")
    connection.close()
    again = History(history.path)
    assert again.sessions() == ()
    assert again.add(full())
    assert len(again.sessions()) == 1
    assert again.notice is None


# -- damage and strangers ------------------------------------------------------------


@pytest.mark.parametrize("damage", ["noise", "header", "middle", "cut"])
def test_a_damaged_file_is_kept_aside(history, damage):
    history.add_all([full(i) for i in range(200)])
    data = bytearray(history.path.read_bytes())
    if damage == "noise":
        data = bytearray(b"\x00\xff not a database " * 400)
    elif damage == "header":
        data[:16] = b"x" * 16
    elif damage == "middle":
        data[4096 : len(data) // 2] = b"\xa5" * (len(data) // 2 - 4096)
    else:
        del data[len(data) // 2 :]
    history.path.write_bytes(data)
    again = History(history.path)
    assert again.sessions() == ()
    (aside,) = history.path.parent.glob("history.damaged-20*.sqlite3")
    assert aside.read_bytes() == bytes(data)
    assert aside.name in again.notice
    assert "damaged" in again.notice
    assert "export" in again.notice
    assert again.add(full())
    assert History(history.path).sessions() == again.sessions()
    assert len(list(history.path.parent.iterdir())) == 2


def test_a_left_journal_never_meets_the_new_file(history):
    history.add(full())
    history.path.write_bytes(b"nonsense" * 2000)
    journal = history.path.with_name(history.path.name + "-journal")
    journal.write_bytes(b"a journal" * 100)
    again = History(history.path)
    assert again.add(full())
    assert len(again.sessions()) == 1
    assert not journal.exists()


def test_a_file_of_another_program_is_left_alone(history):
    history.path.parent.mkdir()
    with sqlite3.connect(history.path) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    before = history.path.read_bytes()
    for call in (history.sessions, lambda: history.add(full()), history.delete_all):
        with pytest.raises(HistoryError, match="not a formcheck history"):
            call()
    assert history.path.read_bytes() == before


def test_a_file_of_a_newer_formcheck_is_left_alone(history):
    history.add(full())
    with sqlite3.connect(history.path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    before = history.path.read_bytes()
    for call in (history.sessions, lambda: history.add(full()), history.delete_all):
        with pytest.raises(HistoryError, match="newer formcheck"):
            call()
    assert history.path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    history = History(tmp_path / "file" / "history.sqlite3")
    with pytest.raises(HistoryError, match="FORMCHECK_DATA_DIR"):
        history.add(full())


def test_values_changed_by_hand_are_named(history):
    history.add(full())
    with sqlite3.connect(history.path) as connection:
        connection.execute("UPDATE session SET day = 'yesterday'")
    connection.close()
    with pytest.raises(HistoryError, match="changed by hand"):
        history.sessions()


# -- versions -------------------------------------------------------------------------


def build_version(path: Path, version: int) -> None:
    """A file as that version of the schema left it, with two sessions."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    migrate(connection, version)
    for i in (1, 2):
        connection.execute(
            "INSERT INTO session (id, uid, day, source, exercise, minutes, effort, pain_during,"
            " pain_next_morning, knee_flexion_deg, hip_drop_ratio, file, note)"
            " VALUES (?, ?, ?, 'clip', 'squat', 30, 5, 1, 2, 110, 0.5, 'a.mp4', 'old')",
            (i, f"uid{i}", ago(i).isoformat()),
        )
        connection.execute("INSERT INTO work_set VALUES (?, 0, 3, 8, 70)", (i,))
        connection.execute(
            "INSERT INTO fault_tally (session_id, fault, n_fault, n_borderline, n_ok,"
            " n_not_assessable, value, unit, uncertainty)"
            " VALUES (?, 'knee_valgus', 1, 0, 7, 0, 6, 'pct_shank', 4)",
            (i,),
        )
    connection.execute("COMMIT")
    connection.close()


def tables(path: Path) -> list:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    return found


@pytest.mark.parametrize("version", range(1, VERSION))
@pytest.mark.parametrize("first_call", ["read", "write"])
def test_every_earlier_version_is_brought_up_to_date(history, version, first_call):
    history.path.parent.mkdir()
    build_version(history.path, version)
    if first_call == "write":
        assert history.add(full(5, clip_key="k"))
        assert not history.add(full(6, clip_key="k"))
    old = [session for session in history.sessions() if session.note == "old"]
    assert [session.uid for session in old] == ["uid2", "uid1"]
    assert old[0].sets == (SetGroup(n_sets=3, n_reps=8, weight_kg=70.0),)
    assert old[0].faults[0].n_judged == 8
    assert (old[0].body_weight_kg, old[0].eccentric_s, old[0].clip_key) == (None, None, None)
    assert old[0].pains == (1.0, 2.0)
    assert history.notice is None
    connection = sqlite3.connect(history.path)
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    connection.close()
    new = History(history.path.with_name("new.sqlite3"))
    new.add(full())
    assert tables(history.path) == tables(new.path)


def test_an_upgrade_cut_short_changes_nothing(history, monkeypatch):
    history.path.parent.mkdir()
    build_version(history.path, 1)
    before = history.path.read_bytes()

    def half(connection, target=VERSION):
        connection.execute(STEPS[1][0])
        raise KeyboardInterrupt

    monkeypatch.setattr("formcheck.training.history.store.migrate", half)
    with pytest.raises(KeyboardInterrupt):
        history.sessions()
    monkeypatch.undo()
    assert history.path.read_bytes() == before
    assert len(history.sessions()) == 2


def test_there_is_an_earlier_version_to_test():
    assert len(STEPS) == VERSION >= 2


# -- several at once and kills -----------------------------------------------------------

WRITER = """
import sys, time
from datetime import date
from pathlib import Path
from formcheck.training.history import History, Session
history, name, n = History(Path(sys.argv[1]), 600.0), sys.argv[2], int(sys.argv[3])
with open(sys.argv[4], "a") as log:
    for i in range(n):
        if Path(sys.argv[4] + ".stop").exists():
            break
        uid = f"{name}-{i}"
        assert history.add(Session(day=date(2026, 1, 1), uid=uid, minutes=1.0))
        print(uid, file=log, flush=True)
        time.sleep(0.002)  # SQLite keeps no line: who never pauses would keep all others out
"""


@pytest.fixture
def start_writer(history):
    """Start another process that writes; whatever becomes of the test, it ends with it."""
    started = []

    def start(name, n, log):
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(history.path), name, str(n), str(log)],
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield start
    for writer in started:
        writer.kill()
        writer.communicate()


def wait_for(writer):
    _, errors = writer.communicate(timeout=PATIENCE_S)
    assert writer.returncode == 0, errors


def test_two_processes_write_at_once(history, start_writer, tmp_path):
    history.busy_timeout_s = PATIENCE_S
    writers = [start_writer(name, 30, tmp_path / name) for name in "ab"]
    for i in range(10):
        history.add(Session(day=ago(0), uid=f"here-{i}"))
        history.sessions()
    for writer in writers:
        wait_for(writer)
    wanted = {f"{name}-{i}" for name in "ab" for i in range(30)} | {f"here-{i}" for i in range(10)}
    assert {session.uid for session in history.sessions()} == wanted


@posix
def test_deleting_while_another_process_writes_loses_nothing_later(history, start_writer, tmp_path):
    log, stop = tmp_path / "log", tmp_path / "log.stop"
    log.touch()
    history.busy_timeout_s = PATIENCE_S
    writer = start_writer("w", 100_000, log)

    def wait_for_entries(n_written):
        def is_there():
            assert writer.poll() is None
            return len(log.read_text().split()) >= n_written

        wait_until(is_there, f"{n_written} entries")

    for n_written in (5, 15, 25):
        wait_for_entries(n_written)
        history.delete_all()
        n_before = len(log.read_text().split())
    wait_for_entries(n_before + 10)
    stop.touch()
    wait_for(writer)
    kept = {session.uid for session in history.sessions()}
    done = log.read_text().split()
    assert set(done[n_before + 1 :]) <= kept <= set(done)
    assert [file.name for file in history.path.parent.iterdir()] == ["history.sqlite3"]
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


@posix
def test_an_error_of_a_file_that_was_replaced_says_nothing_of_the_new_one(history, monkeypatch):
    history.add(full())
    opened = History._open
    n_opened = 0

    @contextmanager
    def replaced(self):
        """The second time, when the emptied file is to be removed, another process was quicker."""
        nonlocal n_opened
        n_opened += 1
        if n_opened == 2:
            history.path.rename(history.path.with_name("old"))
            History(history.path).add(Session(day=ago(0), uid="new"))
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error
        with opened(self) as connection:
            yield connection

    monkeypatch.setattr(History, "_open", replaced)
    history.delete_all()
    assert [session.uid for session in history.sessions()] == ["new"]


def test_threads_may_share_a_history(history):
    history.busy_timeout_s = PATIENCE_S

    def write(name):
        for i in range(10):
            history.add(Session(day=ago(0), uid=f"{name}-{i}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(history.sessions()) == 30


def test_waiting_for_a_writer_ends_with_a_clear_message(history):
    history.add(full())
    blocker = sqlite3.connect(history.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    hasty = History(history.path, busy_timeout_s=0.05)
    with pytest.raises(HistoryError, match="Another formcheck is writing"):
        hasty.add(full(1))
    assert len(hasty.sessions()) == 1, "reading goes on meanwhile"
    blocker.execute("ROLLBACK")
    blocker.close()
    assert hasty.add(full(1))


# Children of one process are killed at chosen points: after so many steps of SQLite's machine, at
# the write that passes a file size, or after a while.
KILLED = """
import os, resource, signal, sqlite3, sys, time
from datetime import date
from pathlib import Path
from formcheck.training.history import FaultTally, History, Session, SetGroup
from formcheck.training.history import store

sys.dont_write_bytecode = True  # cut off at the limit it would be read by whoever comes next
folder = Path(sys.argv[1])

def session(i):
    return Session(
        day=date(2026, 1, 1), uid=f"s-{i}", note="n" * 400,
        sets=tuple(SetGroup(n_sets=1, n_reps=5, weight_kg=60.0) for _ in range(20)),
        faults=(FaultTally(fault="knee_valgus", n_fault=1, n_borderline=0, n_ok=4,
                           n_not_assessable=0, unit="pct_shank"),),
    )

def die_after_steps(n):
    left = [n]
    connect = sqlite3.connect
    def step():
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0
    def wrapped(*args, **named):
        connection = connect(*args, **named)
        connection.set_progress_handler(step, 1)
        connection.execute("PRAGMA cache_size = 2")  # spills pages in the middle of a transaction
        return connection
    store.sqlite3.connect = wrapped

def die_at_size(n):
    resource.setrlimit(resource.RLIMIT_FSIZE, (n, n))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

def die_after_time(s):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, s)

steps = (1, 20, 60, 150, 300, 600, 1000, 1700, 2500, 4000, 6000, 9000, 13_000, 18_000, 24_000)
points = [(die_after_steps, n) for n in steps]
points += [(die_at_size, n) for n in range(0, 60_000, 3_111)]
points += [(die_after_time, 0.004 * k) for k in range(1, 25)]
for number, (arm, value) in enumerate(points):
    child = os.fork()
    if child == 0:
        log = os.open(folder / f"{number}.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        history = History(folder / str(number) / "history.sqlite3")
        arm(value)
        i = 0
        while True:
            history.add_all([session(3 * i + k) for k in range(3)])
            os.write(log, b".")
            i += 1
    os.waitpid(child, 0)
"""


@posix
def test_a_kill_at_any_write_leaves_a_whole_history(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=True)
    logs = sorted(tmp_path.glob("*.log"))
    assert len(logs) > 40
    n_with_journal = n_cut_late = 0
    for log in logs:
        n_batches = len(log.read_bytes())
        path = tmp_path / log.stem / "history.sqlite3"
        n_with_journal += path.with_name(path.name + "-journal").exists()
        n_cut_late += n_batches > 0
        history = History(path)
        sessions = history.sessions()
        assert history.notice is None
        # What was reported as stored is there; a batch is there whole or not at all.
        assert len(sessions) in (3 * n_batches, 3 * n_batches + 3), log
        assert all(len(session.sets) == 20 for session in sessions)
        assert all(len(session.faults) == 1 for session in sessions)
        assert history.add(full())
    assert n_with_journal >= 5, "some kills fell into the middle of a write"
    assert n_cut_late >= 15


FULL_DISK = """
import resource, sys
sys.dont_write_bytecode = True  # cut off at the limit it would be read by whoever comes next
from pathlib import Path
from formcheck.training.history import History, HistoryError, Session
from datetime import date
history = History(Path(sys.argv[1]))
history.add(Session(day=date(2026, 1, 1)))
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    for i in range(1000):
        history.add_all([Session(day=date(2026, 1, 1), note="n" * 400) for _ in range(10)])
except HistoryError as error:
    print(error)
"""


@posix
def test_a_full_disk_loses_nothing_that_was_stored(history):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(history.path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "space" in done.stdout
    n = len(history.sessions())
    assert n > 10
    assert n % 10 == 1
    assert history.add(full())


# -- histories that are not kept -------------------------------------------------


def test_a_shared_server_writes_nothing_to_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("FORMCHECK_DATA_DIR", str(tmp_path / "data"))
    history = open_history(is_shared=True)
    other = open_history(is_shared=True)
    history.add(full())
    assert len(history.sessions()) == 1
    assert other.sessions() == ()
    assert not (tmp_path / "data").exists()


def test_the_history_lives_in_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FORMCHECK_DATA_DIR", str(tmp_path / "data"))
    history = open_history()
    history.add(full())
    assert (tmp_path / "data" / "history.sqlite3").exists()
    monkeypatch.delenv("FORMCHECK_DATA_DIR")
    assert "formcheck" in str(default_path())
