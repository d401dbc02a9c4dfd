"""Called by LocalStack when it starts."""

import logging

from localstack.runtime import hooks

LOG = logging.getLogger(__name__)


@hooks.on_infra_start(name="sluice")
def extend_localstack() -> None:
    # Imported here because the entry points are read by every LocalStack command.
    from localstack.services.edge import ROUTER

    from sluice_plugin.alias_update import add_alias_update
    from sluice_plugin.driven_mapping import use_driven_mappings
    from sluice_plugin.kafka_checks import add_kafka_checks
    from sluice_plugin.listen_address import listen_where_told
    from sluice_plugin.progress_route import ProgressRoute

    listen_where_told()
    add_alias_update()
    use_driven_mappings()
    add_kafka_checks()
    ROUTER.add(ProgressRoute())
    LOG.info("Kafka event source mappings are polled by Sluice's driver.")
