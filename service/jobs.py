"""Rebuilds: child processes that index the corpus, and their state on disk where any server process can read it.

``home/jobs/<id>/`` holds ``job.json``, ``events.jsonl`` (the child's stdout: one JSON object a line) and ``log.txt``
(its stderr). The child writes them itself, so a rebuild outlives the server that started it. The running job holds
``home/jobs/lock``: whoever can take that lock knows that no rebuild runs, whatever became of process ids.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import resource
import secrets
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from index.disk import replace_text
from index.errors import BuildInProgress, PinciteError

State = Literal["running", "succeeded", "failed", "cancelled", "interrupted"]
Event = dict[str, Any]

END_STATES: dict[str, State] = {
    "published": "succeeded",
    "unchanged": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
}
STOP_GRACE_S = 10.0
NICENESS = 10
_JOB_ID = re.compile(r"rb_[0-9]{8}T[0-9]{12}_[0-9a-f]{6}")


class UnknownRebuild(PinciteError):
    """No rebuild has this id, or it was so long ago that its state was removed."""

    code = "unknown-rebuild"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A rebuild as it stands now. ``events`` are the child's lines so far."""

    job_id: str
    created_at: str
    state: State
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a rebuild may use."""

    timeout_s: float
    memory_bytes: int
    jobs_kept: int


class Jobs:
    """The rebuilds of one data folder."""

    def __init__(self, home: Path, limits: Limits) -> None:
        self._folder = home / "jobs"
        self._limits = limits

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> Job:
        """Start ``command`` as the rebuild.

        Raises:
            BuildInProgress: one is running.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._claim(lock)
            self._prune()
            job_id = _make_job_id()
            folder = self._folder / job_id
            folder.mkdir()
            os.ftruncate(lock, 0)
            os.pwrite(lock, job_id.encode(), 0)
            process = self._spawn(folder, command, environment, lock)
        except BaseException:
            os.close(lock)
            raise
        threading.Thread(target=self._attend, args=(folder, process, lock), daemon=True).start()
        return self.read(job_id)

    def read(self, job_id: str) -> Job:
        """A rebuild's state, from what stands on disk.

        Raises:
            UnknownRebuild: there is none with this id.
        """
        folder = self._find(job_id)
        # Asked before the events are read: a job that ends in between is never taken for an interrupted one. And a job
        # that has said its end but still holds the lock is running: whoever sees it ended can start the next.
        running = self._is_running(job_id)
        created_at = json.loads((folder / "job.json").read_text("utf-8"))["created_at"]
        events = read_events(folder / "events.jsonl")
        ends = [END_STATES[event["event"]] for event in events if event["event"] in END_STATES]
        state: State = "running" if running else ends[-1] if ends else self._lost(folder)
        return Job(job_id=job_id, created_at=created_at, state=state, events=events)

    def cancel(self, job_id: str) -> Job:
        """Ask a running rebuild to stop; one that has ended stays as it is. What was published before stays served."""
        folder = self._find(job_id)
        if self.read(job_id).state == "running":
            (folder / "cancel").touch()
            _signal(folder, signal.SIGTERM)
        return self.read(job_id)

    def _claim(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            running = os.pread(lock, 100, 0).decode()
            raise BuildInProgress(
                f"A rebuild is running: {running}.",
                hint=f"Wait for it (GET /v1/rebuilds/{running}) or stop it (DELETE /v1/rebuilds/{running}).",
            ) from error

    def _spawn(
        self, folder: Path, command: Sequence[str], environment: Mapping[str, str], lock: int
    ) -> subprocess.Popen[bytes]:
        with (folder / "events.jsonl").open("wb") as events, (folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=events,
                stderr=log,
                env=environment,
                pass_fds=(lock,),
                start_new_session=True,
            )
        facts = {"created_at": datetime.now(UTC).isoformat(timespec="seconds"), "pid": process.pid}
        replace_text(folder / "job.json", json.dumps(facts))
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        if hasattr(resource, "prlimit"):  # Linux has it; elsewhere a rebuild is only limited in time.
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (self._limits.memory_bytes,) * 2)
        return process

    def _attend(self, folder: Path, process: subprocess.Popen[bytes], lock: int) -> None:
        """Wait for the child's end and say how it ended where it could not say so itself; then let the lock go."""
        try:
            fault = None
            try:
                process.wait(self._limits.timeout_s)
            except subprocess.TimeoutExpired:
                fault = _timed_out(self._limits.timeout_s)
                _stop(folder, process)
            if not any(event["event"] in END_STATES for event in read_events(folder / "events.jsonl")):
                _append(folder, _name_end(folder, process.returncode, fault))
        finally:
            os.close(lock)

    def _lost(self, folder: Path) -> State:
        return "cancelled" if (folder / "cancel").exists() else "interrupted"

    def _is_running(self, job_id: str) -> bool:
        try:
            lock = os.open(self._folder / "lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return os.pread(lock, 100, 0).decode() == job_id
        finally:
            os.close(lock)
        return False

    def _find(self, job_id: str) -> Path:
        folder = self._folder / job_id
        # The pattern keeps paths out; job.json is written last, so without it there is no job yet.
        if _JOB_ID.fullmatch(job_id) and (folder / "job.json").exists():
            return folder
        raise UnknownRebuild(f"There is no rebuild {job_id!r}.", hint="Start one: POST /v1/rebuilds.")

    def _prune(self) -> None:
        """Remove the oldest jobs; ids sort by time. Only called with the lock held, so none of them runs."""
        folders = sorted(folder for folder in self._folder.iterdir() if _JOB_ID.fullmatch(folder.name))
        for folder in folders[: max(0, len(folders) - self._limits.jobs_kept + 1)]:
            shutil.rmtree(folder, ignore_errors=True)


def read_events(path: Path) -> tuple[Event, ...]:
    """The whole lines of an event file that are JSON objects with an ``event``; the child may be writing the last."""
    try:
        rows = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return ()
    return tuple(event for row in rows if (event := _parse_event(row)) is not None)


def _parse_event(row: bytes) -> Event | None:
    """None for what is no event: a library of the child's may print to stdout what it likes."""
    try:
        event = json.loads(row)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _name_end(folder: Path, returncode: int | None, fault: Event | None) -> Event:
    if (folder / "cancel").exists():
        return {"event": "cancelled"}
    return fault or {
        "event": "failed",
        "code": "rebuild-crashed",
        "message": f"The rebuild's process ended with exit status {returncode} and said nothing.",
        "hint": f"What it wrote to stderr is in jobs/{folder.name}/log.txt of the data folder.",
    }


def _timed_out(timeout_s: float) -> Event:
    return {
        "event": "failed",
        "code": "rebuild-timeout",
        "message": f"The rebuild was stopped after {timeout_s:g} s.",
        "hint": "Allow more with PINCITE_REBUILD_TIMEOUT_S, or index on the command line: pincite ingest.",
    }


def _append(folder: Path, event: Event) -> None:
    # A killed child may leave half a line; a line end in front makes it a line of its own that is no event.
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b"\n" + json.dumps(event).encode() + b"\n")


def _stop(folder: Path, process: subprocess.Popen[bytes]) -> None:
    _signal(folder, signal.SIGTERM)
    try:
        process.wait(STOP_GRACE_S)
    except subprocess.TimeoutExpired:
        _signal(folder, signal.SIGKILL)
        process.wait()


def _signal(folder: Path, number: signal.Signals) -> None:
    """Signal the job's whole process group: its workers must not outlive it."""
    pid = json.loads((folder / "job.json").read_text("utf-8"))["pid"]
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def _make_job_id() -> str:
    return f"rb_{datetime.now(UTC):%Y%m%dT%H%M%S%f}_{secrets.token_hex(3)}"
