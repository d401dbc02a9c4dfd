"""What Lambda refuses of a Kafka event source mapping and LocalStack takes."""

from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import patch

from sluice_plugin.mapping_config import is_kafka
from sluice_plugin.scaling_mode import on_demand_conflict


def add_kafka_checks() -> None:
    """LocalStack has one check for requests that create a mapping and for what an update would make of one."""

    @patch(LambdaProvider.validate_event_source_mapping)
    def validate_event_source_mapping(original, self, context, request):
        if is_kafka(request):
            _check(request, is_new=context.operation.name == "CreateEventSourceMapping")
        return original(self, context, request)


def _check(config: dict, is_new: bool) -> None:
    topics = config.get("Topics") or []
    if len(topics) != 1:
        raise InvalidParameterValueException("Topics must hold exactly one topic name.", Type="User")
    on_failure = (config.get("DestinationConfig") or {}).get("OnFailure") or {}
    if on_failure.get("Destination") == f"kafka://{topics[0]}":
        raise InvalidParameterValueException(
            f"The on-failure destination must be another topic than {topics[0]}.", Type="User"
        )
    conflict = on_demand_conflict(config, allows_neutral=not is_new)
    if conflict is not None:
        raise InvalidParameterValueException(conflict, Type="User")
