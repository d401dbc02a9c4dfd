"""LocalStack takes an address in GATEWAY_LISTEN and listens on every interface of IPv4 all the same."""

from localstack import config
from twisted.internet import endpoints


class _BoundEndpoint(endpoints.TCP4ServerEndpoint):
    def __init__(self, reactor, port, backlog=50, interface=""):
        super().__init__(reactor, port, backlog, interface or _host_of(port))


def listen_where_told() -> None:
    """Whoever reaches LocalStack can run programs on this machine: no other machine may, unless it is asked for."""
    endpoints.TCP4ServerEndpoint = _BoundEndpoint


def _host_of(port: int) -> str:
    return next((each.host for each in config.GATEWAY_LISTEN if each.port == port), "")
