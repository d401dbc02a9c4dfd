"""Runs LocalStack's Node.js functions as child processes instead of containers.

LAMBDA_RUNTIME_EXECUTOR=sluice-node  chooses it
SLUICE_NODE                          path of the Node.js to run functions with
SLUICE_RUNTIME_CLIENT                path of the script that runs a bundle over the Runtime API

LocalStack keeps everything else: versions, aliases, concurrency, idle time, roles, logs.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from sluice_plugin.outcome import Outcome, bounded
from sluice_plugin.sandbox import Sandbox, SandboxSettings


class NodeExecutor(RuntimeExecutor):
    """One execution environment: a process, and after it ended by timeout or crash, the next one."""

    def __init__(self, id, function_version):
        super().__init__(id=id, function_version=function_version)
        self._folder = Path(tempfile.mkdtemp(prefix=f"sluice-{function_version.id.function_name}-"))
        self._log = self._folder / "output.log"
        self._variables: dict[str, str] = {}
        self._sandbox: Sandbox | None = None
        self._init_ms: float | None = None

    def start(self, env_vars: dict[str, str]) -> None:
        self._variables = env_vars
        failure = self._start_sandbox()
        if failure is not None:
            self.stop()
            raise StatusErrorException("The function could not be initialised", payload=failure.body)

    def stop(self) -> None:
        if self._sandbox is not None:
            self._sandbox.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        request_id = payload["invoke-id"]
        started = time.perf_counter()
        outcome = None
        if self._sandbox is None or not self._sandbox.is_alive:
            outcome = self._start_sandbox()
        headers = {
            "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
            "Lambda-Runtime-Trace-Id": payload.get("trace-id") or "",
        }
        if outcome is None:
            outcome = self._sandbox.invoke(request_id, headers, payload["payload"].encode())
        outcome = bounded(outcome, config.LAMBDA_LIMITS_MAX_FUNCTION_PAYLOAD_SIZE_BYTES)
        logs = self._to_log(request_id, (time.perf_counter() - started) * 1000)
        return InvocationResult(request_id, outcome.body, is_error=outcome.is_error, logs=logs)

    def get_logs(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    @classmethod
    def prepare_version(cls, function_version) -> None:
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version) -> None:
        pass  # the unzipped code belongs to the other versions as well; LocalStack removes it with the function

    def _start_sandbox(self) -> Outcome | None:
        """None when the function waits for events, else why it does not."""
        settings = self.function_version.config
        code_folder = str(settings.code.get_unzipped_code_location())
        if not settings.code.is_hot_reloading():
            _shield(Path(code_folder).parent)
        runtime_client = os.environ["SLUICE_RUNTIME_CLIENT"]
        variables = {
            "PATH": os.environ.get("PATH", ""),
            "LANG": "en_US.UTF-8",
            "TMPDIR": str(self._folder),
            **{name: str(value) for name, value in self._variables.items()},
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{settings.runtime}",
            "LAMBDA_TASK_ROOT": code_folder,
            "LAMBDA_RUNTIME_DIR": str(Path(runtime_client).parent),
        }
        started = time.perf_counter()
        self._sandbox = Sandbox(
            SandboxSettings(
                node=os.environ["SLUICE_NODE"],
                runtime_client=runtime_client,
                code_folder=code_folder,
                memory_mb=int(settings.memory_size),
                timeout_seconds=int(settings.timeout),
                init_timeout_seconds=config.LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT,
                variables=variables,
                log_file=self._log,
            )
        )
        failure = self._sandbox.wait_until_ready()
        self._init_ms = (time.perf_counter() - started) * 1000
        return failure

    def _to_log(self, request_id: str, duration_ms: float) -> str:
        """CloudWatch's lines around what the function wrote, which is taken out of the file."""
        written = self.get_logs()
        os.truncate(self._log, 0)
        version, memory = self.function_version.id.qualifier, self.function_version.config.memory_size
        columns = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {duration_ms:.2f} ms",
            f"Billed Duration: {int(duration_ms) + 1} ms",
            f"Memory Size: {memory} MB",
        ]
        peak = self._sandbox.peak_memory_mb()
        if peak is not None:
            columns.append(f"Max Memory Used: {peak} MB")
        if self._init_ms is not None:
            columns.append(f"Init Duration: {self._init_ms:.2f} ms")
            self._init_ms = None
        start = f"START RequestId: {request_id} Version: {version}"
        return f"{start}\n{written}END RequestId: {request_id}\n" + "\t".join(columns) + "\n"


def _shield(folder: Path) -> None:
    """Node.js looks upwards for the type of a module; what lies above unpacked code is not the function's."""
    package = folder / "package.json"
    if not package.exists():
        package.write_text("{}")


class NodeExecutorPlugin(RuntimeExecutorPlugin):
    name = "sluice-node"

    def load(self, *args, **kwargs):
        return NodeExecutor
