"""The private call by which the event source driver tells how a mapping fares."""

import json

from localstack.http import Request, Response, route

from sluice_plugin.driven_mapping import driven_mappings


class ProgressRoute:
    @route("/_sluice/event-source-mappings/<uuid>/progress", methods=["PUT"])
    def progress(self, request: Request, uuid: str) -> Response:
        """204; 404 for a mapping that is gone, 400 for a body that is no JSON object."""
        mapping = driven_mappings.get(uuid)
        if mapping is None:
            return _refuse(404, "ResourceNotFoundException", "The resource you requested does not exist.")
        try:
            body = json.loads(request.get_data())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return _refuse(400, "InvalidRequestContentException", "Could not parse request body into json.")
        mapping.report(
            body.get("state"), body.get("stateTransitionReason"), body.get("lastProcessingResult")
        )
        return Response(status=204)


def _refuse(status: int, code: str, message: str) -> Response:
    response = Response(json.dumps({"Type": "User", "Message": message}), status=status)
    response.headers["Content-Type"] = "application/json"
    response.headers["x-amzn-errortype"] = code
    return response
