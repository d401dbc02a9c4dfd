"""Reading an event source mapping's configuration or the request for one."""


def is_kafka(config: dict) -> bool:
    """Whether the mapping reads Kafka: Amazon MSK or brokers of the user's own."""
    arn = (config.get("EventSourceArn") or "").split(":")
    return bool(config.get("SelfManagedEventSource")) or arn[2:3] == ["kafka"]


def consumer_group(config: dict) -> str | None:
    """The group id that the mapping names; None: its UUID."""
    for name in ("SelfManagedKafkaEventSourceConfig", "AmazonManagedKafkaEventSourceConfig"):
        group = (config.get(name) or {}).get("ConsumerGroupId")
        if group:
            return group
    return None
