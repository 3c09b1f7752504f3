"""Writing workflows: jobs, the workflows they make up, and what a body may use.

Every name a project imports is here; the test aids are in `console.workflow.testing`.
"""

from __future__ import annotations

from console.workflow import auth
from console.workflow.auth import AuthInvoker
from console.workflow.camel import CamelModel
from console.workflow.database import get_db, get_db_sync
from console.workflow.errors import (
    DatabaseReadOnly,
    DatabaseUnavailable,
    DefinitionError,
    EngineRefused,
    EngineStop,
    EngineUnreachable,
    InvalidInput,
    InvalidResult,
    JobFailed,
    NotJson,
    ResolverError,
    WorkflowMisuse,
)
from console.workflow.job import Job
from console.workflow.job_definition import create_workflow_job
from console.workflow.policies import ConcurrencyPolicy, RetryPolicy
from console.workflow.resolver import Resolver, create_resolver
from console.workflow.runtime import JobContext, ResolverContext
from console.workflow.wait_point import WaitPoint, define_wait_point, define_wait_points
from console.workflow.workflow import Workflow, create_workflow

__all__ = [
    "AuthInvoker",
    "CamelModel",
    "ConcurrencyPolicy",
    "DatabaseReadOnly",
    "DatabaseUnavailable",
    "DefinitionError",
    "EngineRefused",
    "EngineStop",
    "EngineUnreachable",
    "InvalidInput",
    "InvalidResult",
    "Job",
    "JobContext",
    "JobFailed",
    "NotJson",
    "Resolver",
    "ResolverContext",
    "ResolverError",
    "RetryPolicy",
    "WaitPoint",
    "Workflow",
    "WorkflowMisuse",
    "auth",
    "create_resolver",
    "create_workflow",
    "create_workflow_job",
    "define_wait_point",
    "define_wait_points",
    "get_db",
    "get_db_sync",
]
