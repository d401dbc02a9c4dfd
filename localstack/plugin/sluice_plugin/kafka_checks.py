"""What Lambda refuses of a Kafka event source mapping and LocalStack takes; the same rules as in Sluice's own Lambda API."""

import re

from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import patch

from sluice_plugin.mapping_config import is_kafka
from sluice_plugin.scaling_mode import on_demand_conflict

_RANGES = {
    "BatchSize": (1, 10_000),
    "MaximumBatchingWindowInSeconds": (0, 300),
    "MaximumRetryAttempts": (-1, 10_000),
    "MaximumRecordAgeInSeconds": (60, 604_800),
}
_POLLERS = {"MinimumPollers": (1, 200), "MaximumPollers": (1, 2000)}


def add_kafka_checks() -> None:
    """LocalStack has one check for requests that create a mapping and for what an update would make of one."""

    @patch(LambdaProvider.validate_event_source_mapping)
    def validate_event_source_mapping(original, self, context, request):
        if is_kafka(request):
            _check(request, is_new=context.operation.name == "CreateEventSourceMapping")
        return original(self, context, request)


def _check(config: dict, is_new: bool) -> None:
    refusal = (
        _topic_problem(config)
        or (_start_problem(config) if is_new else None)
        or _range_problem(config)
        or on_demand_conflict(config, allows_neutral=not is_new)
    )
    if refusal is not None:
        raise InvalidParameterValueException(refusal, Type="User")


def _topic_problem(config: dict) -> str | None:
    topics = config.get("Topics") or []
    if len(topics) != 1 or not re.fullmatch(r"[a-zA-Z0-9._-]{1,249}", topics[0]):
        return "Topics must hold exactly one topic name."
    on_failure = (config.get("DestinationConfig") or {}).get("OnFailure") or {}
    if on_failure.get("Destination") == f"kafka://{topics[0]}":
        return f"The on-failure destination must be another topic than {topics[0]}."
    return None


def _start_problem(config: dict) -> str | None:
    position = config.get("StartingPosition")
    if position not in ("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"):
        return "StartingPosition must be TRIM_HORIZON, LATEST or AT_TIMESTAMP."
    if (position == "AT_TIMESTAMP") != (config.get("StartingPositionTimestamp") is not None):
        return "StartingPositionTimestamp is required with StartingPosition AT_TIMESTAMP, and only then."
    return None


def _range_problem(config: dict) -> str | None:
    pollers = config.get("ProvisionedPollerConfig") or {}
    for values, ranges in ((config, _RANGES), (pollers, _POLLERS)):
        for name, (lowest, highest) in ranges.items():
            value = values.get(name)
            is_unlimited = name == "MaximumRecordAgeInSeconds" and value == -1
            if value is not None and not is_unlimited and not lowest <= value <= highest:
                return f"{name} must be an integer from {lowest} to {highest}."
    if (pollers.get("MinimumPollers") or 0) > (pollers.get("MaximumPollers") or 2000):
        return "MinimumPollers must not be greater than MaximumPollers."
    return None
