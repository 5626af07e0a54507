"""The whole schema, one file per noun."""

from readiness.models.catalog import (
    Blueprint,
    BlueprintItem,
    Catalog,
    Criterion,
    CriterionRevision,
    LiveCheck,
    Outcome,
    Topic,
)
from readiness.models.checks import CheckResult, CheckRun, CheckState
from readiness.models.components import BindingKind, Component, Criticality, Requirement
from readiness.models.decisions import Decision, Effort
from readiness.models.jobs import ACTIVE, ACTIVE_STATES, Job, JobState
from readiness.models.reports import ReportFile, ReportJob
from readiness.models.teams import Membership, Role, Team, User

__all__ = [
    "ACTIVE",
    "ACTIVE_STATES",
    "BindingKind",
    "Blueprint",
    "BlueprintItem",
    "Catalog",
    "CheckResult",
    "CheckRun",
    "CheckState",
    "Component",
    "Criterion",
    "CriterionRevision",
    "Criticality",
    "Decision",
    "Effort",
    "Job",
    "JobState",
    "LiveCheck",
    "Membership",
    "Outcome",
    "ReportFile",
    "ReportJob",
    "Requirement",
    "Role",
    "Team",
    "Topic",
    "User",
]
