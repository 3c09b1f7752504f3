"""Naming the machine user that an execution is to run as."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuthInvoker:
    """A machine user, by name; an empty namespace is the project's own."""

    machine_user: str
    namespace: str = ""


def invoker(machine_user: str, namespace: str = "") -> AuthInvoker:
    """Name the machine user a workflow is started as: `auth.invoker("manager-machine-user")`."""
    return AuthInvoker(machine_user, namespace)
