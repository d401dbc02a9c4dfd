"""Defaults of a new Kafka event source mapping, and the check that its consumer group is free."""

from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_ import hooks as lambda_hooks

from sluice_plugin.mapping_config import consumer_group, is_kafka


@lambda_hooks.set_event_source_config_defaults(name="sluice_kafka_defaults")
def set_kafka_defaults(defaults: dict, request: dict, service: str) -> None:
    """Fills in what AWS does. A mapping without a window has AWS's 500 ms, which no request can ask for."""
    if not is_kafka(request):
        return
    group = consumer_group(request)
    if group is not None:
        _assert_free(group)
    config = (
        "AmazonManagedKafkaEventSourceConfig"
        if request.get("EventSourceArn")
        else "SelfManagedKafkaEventSourceConfig"
    )
    defaults.update(
        {
            "BatchSize": 100,
            "StateTransitionReason": "USER_INITIATED",
            "LastProcessingResult": "No records processed",
            config: {"ConsumerGroupId": defaults["UUID"]},
        }
    )


def _assert_free(group: str) -> None:
    """As on AWS: two mappings of one group would share the topic between them."""
    from sluice_plugin.driven_mapping import driven_mappings

    for uuid, mapping in list(driven_mappings.items()):
        if consumer_group(mapping.esm_config) == group:
            raise InvalidParameterValueException(
                f"The consumer group id {group} is used by the event source mapping {uuid}.", Type="User"
            )
