"""What clients ask first: is anybody there, and in which version."""

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request, Response

from web.api.access import actor_of

router = APIRouter()

#: the release of the API that the answers follow
API_VERSION = "8.9.0"


@router.get("/topology")
def get_topology(request: Request) -> dict[str, Any]:
    """One broker with one partition: a single logical engine, however many processes serve it."""
    actor_of(request)
    partition = {"partitionId": 1, "role": "leader", "health": "healthy", "state": "active"}
    host, port = request.url.hostname or "", request.url.port or 80
    return {
        "brokers": [
            {
                "nodeId": 0,
                "brokerId": "0",
                "host": host,
                "port": port,
                "partitions": [partition],
                "version": version("zhiping"),
            }
        ],
        "clusterId": "zhiping",
        "clusterSize": 1,
        "partitionsCount": 1,
        "replicationFactor": 1,
        "gatewayVersion": API_VERSION,
        "lastCompletedChangeId": "-1",
    }


@router.get("/status", status_code=204)
def get_status(request: Request) -> Response:
    actor_of(request)
    return Response(status_code=204)
