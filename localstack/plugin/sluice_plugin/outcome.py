"""What became of an event."""

import json
import signal
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """The function's answer, or the error object `{errorType, errorMessage, trace?}`."""

    body: bytes
    is_error: bool


def timed_out(request_id: str, seconds: float) -> Outcome:
    """The function took longer than it may."""
    return _failure(
        "Sandbox.Timedout", f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    )


def exited(request_id: str, code: int) -> Outcome:
    """The process ended without an answer; the code is negative for a signal."""
    end = f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
    return _failure(
        "Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {end}"
    )


def bounded(outcome: Outcome, limit: int) -> Outcome:
    """The outcome, unless its body has more bytes than Lambda passes on."""
    if len(outcome.body) <= limit:
        return outcome
    return _failure(
        "Function.ResponseSizeTooLarge",
        f"Response payload size exceeded maximum allowed payload size ({limit} bytes).",
    )


def _failure(error_type: str, message: str) -> Outcome:
    body = json.dumps({"errorType": error_type, "errorMessage": message})
    return Outcome(body.encode(), is_error=True)
