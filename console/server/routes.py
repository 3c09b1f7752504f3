"""The methods of both services by their path, read off the services' own descriptors."""

from __future__ import annotations

import re
from typing import Protocol

from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass

from console.engine.interface import Engine
from console.server.connect import Method
from console.server.console_service import ConsoleService
from console.server.operator_service import OperatorService
from console.server.proto.tailor.v1 import workflow_pb2
from console.server.proto.wfc.v1 import console_pb2
from console.server.workspace import Workspace


class Service(Protocol):
    """A service whose methods are named as its descriptor names them, in snake case."""

    @property
    def CHANGES(self) -> frozenset[str]:
        """The names of the methods that change something."""
        ...


def routes(engine: Engine, *, accepts_any_workspace: bool = False) -> dict[str, Method]:
    """Give every method the server has."""
    workspace = Workspace(engine.workspace_id.lower(), accepts_any_workspace)
    operator = workflow_pb2.DESCRIPTOR.services_by_name["OperatorService"]
    extension = console_pb2.DESCRIPTOR.services_by_name["ConsoleService"]
    return {
        **service_routes(operator, OperatorService(engine, workspace)),
        **service_routes(extension, ConsoleService(engine, workspace)),
    }


def service_routes(descriptor: ServiceDescriptor, service: Service) -> dict[str, Method]:
    """Give the methods of one service."""
    found: dict[str, Method] = {}
    for method in descriptor.methods:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", method.name).lower()
        found[f"/{descriptor.full_name}/{method.name}"] = Method(
            request=GetMessageClass(method.input_type),
            handler=getattr(service, name),
            changes=method.name in service.CHANGES,
        )
    return found
