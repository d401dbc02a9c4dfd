"""CloudFormation's update of an alias, which LocalStack refuses with NotImplementedError."""

from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localstack.services.lambda_.resource_providers.lambda_alias import LambdaAliasProvider


def add_alias_update() -> None:
    LambdaAliasProvider.update = _update


def _update(self, request) -> ProgressEvent:
    """Points the alias at the version that the template asks for; name and function never change in place."""
    model = request.desired_state
    request.aws_client_factory.lambda_.update_alias(
        FunctionName=model["FunctionName"],
        Name=model["Name"],
        FunctionVersion=model["FunctionVersion"],
        Description=model.get("Description", ""),
        RoutingConfig=_routing(model),
    )
    model["Id"] = request.previous_state["Id"]
    return ProgressEvent(
        status=OperationStatus.SUCCESS, resource_model=model, custom_context=request.custom_context
    )


def _routing(model) -> dict:
    """CloudFormation lists weights; the API takes them by version."""
    weights = (model.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or []
    return {
        "AdditionalVersionWeights": {
            weight["FunctionVersion"]: weight["FunctionWeight"] for weight in weights
        }
    }
