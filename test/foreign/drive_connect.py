"""Drives the Connect REST API with kafka-connect-py, a client package that is not Sluice's own.

argv: URL of the API, JSON of a connector's configuration. Prints one JSON object with what every step answered.
"""

import json
import logging
import sys

from kafka_connect import KafkaConnect

url, config = sys.argv[1], json.loads(sys.argv[2])
client = KafkaConnect(url, None, True, logging.getLogger("drive"))
name = "foreign"
seen = {"info": client.get_cluster_info()}
seen["created"] = client.create_connector({"name": name, "config": config})
seen["listed"] = client.list_connectors()
seen["expanded"] = client.list_connectors(expand="status")
seen["status"] = client.get_connector_status(name)
client.pause_connector(name)
seen["paused"] = client.get_connector_status(name)
client.resume_connector(name)
seen["resumed"] = client.get_connector_status(name)
seen["updated"] = client.update_connector(name, {**config, "tasks.max": "3"})
client.restart_connector(name, include_tasks=True, only_failed=False)
seen["tasks"] = client.list_connector_tasks(name)
seen["task"] = client.get_connector_task_status(name, 0)
client.restart_connector_task(name, 0)
seen["topics"] = client.list_connector_topics(name)
client.reset_connector_topics(name)
seen["plugins"] = client.list_connector_plugins()
seen["validated"] = client.validate_connector_config("SluiceSinkConnector", {**config, "name": name, "topics": ""})
client.delete_connector(name)
seen["left"] = client.list_connectors()
print(json.dumps(seen))
