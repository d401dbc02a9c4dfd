"""AWS Lambda's Runtime API (2018-06-01) for one process, on the loopback interface."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Protocol


class RuntimeApiListener(Protocol):
    def on_next(self) -> None:
        """The process asks for an event: it has started, or is done with the last one."""

    def on_answer(self, request_id: str, body: bytes, is_error: bool) -> None: ...

    def on_init_error(self, body: bytes) -> None: ...


class RuntimeApi:
    """Listens on a free port; its one client is the process that runs the function."""

    def __init__(self, listener: RuntimeApiListener):
        self._events: SimpleQueue[tuple[dict[str, str], bytes] | None] = SimpleQueue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.listener = listener
        self._server.events = self._events
        threading.Thread(target=self._server.serve_forever, daemon=True, name="sluice-runtime-api").start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def deliver(self, headers: dict[str, str], body: bytes) -> None:
        self._events.put((headers, body))

    def close(self) -> None:
        """Ends a waiting `next` without an event."""
        self._events.put(None)
        threading.Thread(target=self._close_server, daemon=True).start()

    def _close_server(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self.server.listener.on_next()
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        self._reply(200, event[1], event[0])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = self.path.split("/")
        if parts[-2:] == ["init", "error"]:
            self.server.listener.on_init_error(body)
        else:
            self.server.listener.on_answer(parts[-2], body, is_error=parts[-1] == "error")
        self._reply(202, b'{"status":"OK"}', {})

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass
