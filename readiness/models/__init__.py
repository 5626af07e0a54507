"""The whole schema, one file per noun."""

from readiness.models.accounts import (
    AccountGrant,
    AccountTest,
    AccountWay,
    ApiToken,
    AwsAccount,
    ComponentAccount,
)
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
from readiness.models.checks import (
    CheckResult,
    CheckRun,
    CheckSchedule,
    CheckState,
    Every,
    Recording,
    RunTrigger,
    VerdictChange,
)
from readiness.models.comments import Comment
from readiness.models.components import BindingKind, Component, Criticality, Requirement
from readiness.models.confidence import ConfidenceRound, ConfidenceVote
from readiness.models.decisions import Approval, ApprovalKind, Decision, Effort
from readiness.models.evidence import Evidence, EvidenceFile, EvidenceKind
from readiness.models.inheritance import InheritanceStep
from readiness.models.jobs import ACTIVE, ACTIVE_STATES, Job, JobState
from readiness.models.milestones import (
    ConditionClosing,
    Milestone,
    MilestoneCondition,
    MilestoneVerdict,
    VerdictKind,
)
from readiness.models.notices import (
    STANDING_KINDS,
    CalendarFeed,
    Channel,
    Delivery,
    How,
    Kind,
    Mail,
    Notice,
    NoticeSetting,
    Outgoing,
    Webhook,
    WebhookKind,
)
from readiness.models.operations import (
    Drill,
    DrillEntry,
    DrillFinding,
    DrillOutcome,
    DrillPerson,
    DrillScenario,
    EntryKind,
    SheetVersion,
)
from readiness.models.portfolio import PortfolioExport
from readiness.models.proposals import CriterionProposal
from readiness.models.reports import ReportFile, ReportJob
from readiness.models.risk import RiskMatrix
from readiness.models.rollups import DailyRollup, WeeklyRollup
from readiness.models.search import SearchEntry
from readiness.models.sharing import MilestoneShare, ShareView
from readiness.models.teams import Membership, Role, Team, User
from readiness.models.triggers import Incident, TriggerFiring

__all__ = [
    "ACTIVE",
    "ACTIVE_STATES",
    "STANDING_KINDS",
    "AccountGrant",
    "AccountTest",
    "AccountWay",
    "ApiToken",
    "Approval",
    "ApprovalKind",
    "AwsAccount",
    "BindingKind",
    "Blueprint",
    "BlueprintItem",
    "CalendarFeed",
    "Catalog",
    "Channel",
    "CheckResult",
    "CheckRun",
    "CheckSchedule",
    "CheckState",
    "Comment",
    "Component",
    "ComponentAccount",
    "ConditionClosing",
    "ConfidenceRound",
    "ConfidenceVote",
    "Criterion",
    "CriterionProposal",
    "CriterionRevision",
    "Criticality",
    "DailyRollup",
    "Decision",
    "Delivery",
    "Drill",
    "DrillEntry",
    "DrillFinding",
    "DrillOutcome",
    "DrillPerson",
    "DrillScenario",
    "Effort",
    "EntryKind",
    "Every",
    "Evidence",
    "EvidenceFile",
    "EvidenceKind",
    "How",
    "Incident",
    "InheritanceStep",
    "Job",
    "JobState",
    "Kind",
    "LiveCheck",
    "Mail",
    "Membership",
    "Milestone",
    "MilestoneCondition",
    "MilestoneShare",
    "MilestoneVerdict",
    "Notice",
    "NoticeSetting",
    "Outcome",
    "Outgoing",
    "PortfolioExport",
    "Recording",
    "ReportFile",
    "ReportJob",
    "Requirement",
    "RiskMatrix",
    "Role",
    "RunTrigger",
    "SearchEntry",
    "ShareView",
    "SheetVersion",
    "Team",
    "Topic",
    "TriggerFiring",
    "User",
    "VerdictChange",
    "VerdictKind",
    "Webhook",
    "WebhookKind",
    "WeeklyRollup",
]
