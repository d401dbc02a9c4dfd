"""What LocalStack's community edition lacks to run Sluice: functions as child processes, Kafka event source mappings
that a driver outside LocalStack polls, and updates of aliases by CloudFormation.

LocalStack finds it when this package's parent folder is on PYTHONPATH. Written for 4.13 and 4.14.
"""
