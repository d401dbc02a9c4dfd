"""A Node.js process that runs one function, one event at a time."""

import os
import signal
import subprocess
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from pathlib import Path

from sluice_plugin.outcome import Outcome, exited, timed_out
from sluice_plugin.runtime_api import RuntimeApi

ANSWER_GRACE_SECONDS = 0.05
"""A process that answers and ends at once: its answer may still be on the way when its end is seen."""


@dataclass(frozen=True)
class SandboxSettings:
    node: str
    runtime_client: str
    code_folder: str
    memory_mb: int
    timeout_seconds: int
    init_timeout_seconds: int
    variables: dict[str, str]
    log_file: Path


class Sandbox:
    """Usable until `is_alive` is false: a timeout, a crash or a failed initialisation ends it."""

    def __init__(self, settings: SandboxSettings):
        self._settings = settings
        self._ready: Future[None] = Future()
        self._current: tuple[str, Future[Outcome]] | None = None
        self._lock = threading.Lock()
        self._init_error: bytes | None = None
        self._api = RuntimeApi(self)
        self._process = self._spawn()
        threading.Thread(target=self._watch, daemon=True, name="sluice-sandbox").start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self) -> Outcome | None:
        """None once the function waits for events; the error when its initialisation failed or took too long."""
        limit = self._settings.init_timeout_seconds
        try:
            self._ready.result(timeout=limit)
            return None
        except FutureTimeoutError:
            self.kill()
            return timed_out("", limit)
        except _Ended as ended:
            return ended.outcome

    def invoke(self, request_id: str, headers: dict[str, str], body: bytes) -> Outcome:
        """Runs one event; never raises for what the function did."""
        timeout = self._settings.timeout_seconds
        answer: Future[Outcome] = Future()
        with self._lock:
            self._current = (request_id, answer)
        if not self.is_alive:
            self._fail_by_exit()
        self._api.deliver(
            {
                **headers,
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
            },
            body,
        )
        try:
            return answer.result(timeout=timeout)
        except FutureTimeoutError:
            self.kill()
            return timed_out(request_id, timeout)
        finally:
            with self._lock:
                self._current = None

    def kill(self) -> None:
        """Ends the process and what it started; fulfilled when it is gone."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()

    def peak_memory_mb(self) -> int | None:
        """None where the operating system does not tell."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return None
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
        return None

    # What the Runtime API calls.

    def on_next(self) -> None:
        with self._lock:
            if not self._ready.done():
                self._ready.set_result(None)

    def on_answer(self, request_id: str, body: bytes, is_error: bool) -> None:
        self._settle(request_id, Outcome(body, is_error))

    def on_init_error(self, body: bytes) -> None:
        self._init_error = body

    def _spawn(self) -> subprocess.Popen:
        settings = self._settings
        heap = max(64, settings.memory_mb * 9 // 10)
        # A file, not a pipe: what the function has written is there when its answer is.
        with open(settings.log_file, "ab") as log:
            return subprocess.Popen(
                [settings.node, f"--max-old-space-size={heap}", settings.runtime_client],
                cwd=settings.code_folder,
                env={**settings.variables, "AWS_LAMBDA_RUNTIME_API": self._api.address},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _watch(self) -> None:
        self._process.wait()
        time.sleep(ANSWER_GRACE_SECONDS)
        self._fail_by_exit()
        self._api.close()

    def _fail_by_exit(self) -> None:
        code = self._process.wait()
        with self._lock:
            current = self._current
        request_id = "" if current is None else current[0]
        outcome = exited(request_id, code)
        if self._init_error is not None:
            outcome = Outcome(self._init_error, is_error=True)
        with self._lock:
            if not self._ready.done():
                self._ready.set_exception(_Ended(outcome))
        if current is not None:
            self._settle(request_id, outcome)

    def _settle(self, request_id: str, outcome: Outcome) -> None:
        with self._lock:
            if self._current is None or self._current[0] != request_id or self._current[1].done():
                return
            self._current[1].set_result(outcome)


class _Ended(Exception):
    """The process ended before it asked for an event."""

    def __init__(self, outcome: Outcome):
        super().__init__(outcome)
        self.outcome = outcome
