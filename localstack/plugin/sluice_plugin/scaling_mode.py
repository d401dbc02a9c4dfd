"""What a Kafka mapping without provisioned event pollers does not take; the same rules as in Sluice's own Lambda API."""

_NEUTRAL = {
    "MaximumRetryAttempts": -1,
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False,
    "FunctionResponseTypes": [],
    "LoggingConfig": {},
}
"""Controls that only provisioned mode has, with the value that asks for nothing."""


def on_demand_conflict(config: dict, allows_neutral: bool) -> str | None:
    """Lambda's sentence about the first parameter that needs provisioned mode; None when there is none."""
    if any(value is not None for value in (config.get("ProvisionedPollerConfig") or {}).values()):
        return None
    for name, neutral in _NEUTRAL.items():
        value = config.get(name)
        if value is not None and not (allows_neutral and value == neutral):
            return _unsupported(name)
    on_failure = (config.get("DestinationConfig") or {}).get("OnFailure") or {}
    if str(on_failure.get("Destination") or "").startswith("kafka://"):
        return _unsupported("DestinationConfig")
    for name in ("SelfManagedKafkaEventSourceConfig", "AmazonManagedKafkaEventSourceConfig"):
        if (config.get(name) or {}).get("SchemaRegistryConfig"):
            return _unsupported("SchemaRegistryConfig")
    return None


def _unsupported(name: str) -> str:
    parameter = name[0].lower() + name[1:]
    return (
        f"Unsupported '{parameter}' parameter for given event source mapping type. "
        "It needs ProvisionedPollerConfig."
    )
