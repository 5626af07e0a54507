"""What the demo's team decided about the asset router, criterion by criterion.

Written as such a team would write it. Days count from today, so that the demo never grows old:
`ago` is when it was decided, `due` and `revisit` are days from today (negative: they have passed).
Together with the gaps of the simulated account this shows every standing at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from readiness.decisions.triggers import Trigger, TriggerKind


@dataclass(frozen=True)
class Said:
    criterion: str
    outcome: str
    by: str
    ago: int
    due: int | None = None
    revisit: int | None = None
    text: dict[str, Any] = field(default_factory=dict)
    # Of a refusal whose risk somebody else must approve: why it was sent back, or that it waits.
    sent_back: str = ""
    waits: bool = False


def build(criterion: str, by: str, ago: int, reasoning: str, **more: Any) -> Said:
    return _said(criterion, "build", by, ago, reasoning=reasoning, **more)


def done(criterion: str, by: str, ago: int, evidence: str, **more: Any) -> Said:
    return _said(criterion, "done", by, ago, evidence=evidence, **more)


def refuse(criterion: str, by: str, ago: int, reasoning: str, risk: str, **more: Any) -> Said:
    return _said(criterion, "wont_build", by, ago, reasoning=reasoning, risk=risk, **more)


def not_here(criterion: str, by: str, ago: int, reasoning: str, **more: Any) -> Said:
    return _said(criterion, "not_applicable", by, ago, reasoning=reasoning, **more)


def _said(criterion: str, outcome: str, by: str, ago: int, **more: Any) -> Said:
    due, revisit = more.pop("due", None), more.pop("revisit", None)
    became = {name: more.pop(name) for name in ("sent_back", "waits") if name in more}
    return Said(criterion, outcome, by, ago, due, revisit, more, **became)


# Where the team says it in words of its own, or the blueprint says nothing.
STATEMENTS = {
    "inventory-complete": "Distribution, function, both buckets, zone records, alarms and topics "
    "are in the parts list, and each is live where the list says.",
    "immutable-artifact": "Every association names a numbered version, and the last five are kept.",
    "no-drift": "All behaviours run the newest published version; a difference is noticed the same day.",
    "change-trail": "Releases of the function and changes of DNS are on one timeline beside the graphs.",
    "logs-findable": "On-call finds the log lines of one request within minutes, in whichever of the "
    "six edge regions they were written.",
    "log-retention": "The log groups of all edge regions are kept for 400 days at most.",
    "symptom-alerts": "Errors of the function raise an alarm in every edge region, and 5xx at the "
    "distribution, within two minutes.",
    "alert-routing": "Every alarm of the router reaches the edge rota; none is muted.",
    "alerts-proven": "The way from alarm to phone is tried each month, and somebody listens on every topic.",
    "restore-proven": "A wrong delete can be taken back from kept versions of the objects.",
    "replica-parity": "Objects written on either side reach the other: replication runs both ways.",
    "external-probe": "A probe from three continents fetches one image per side each minute.",
    "runbook": "One page: bypass, drain, roll back, find the log of a request.",
    "dashboard": "One dashboard: requests, errors, split by side, releases, state of both buckets.",
    "secrets-managed": "No secret is in the function's package or its configuration.",
}

ASSET_ROUTER: tuple[Said, ...] = (
    # Ownership
    done("owner-named", "admin", 210,
         "Entry *asset-router* in the service list, confirmed in the last quarterly review: Edge "
         "team, channel #edge, escalation to the platform lead."),
    done("inventory-complete", "editor", 64,
         "The parts list in the README names distribution, function, both buckets, the zone's "
         "records, alarms and topics. Compared with the tags on 17 resources; nothing left over."),
    build("knowledge-shared", "approver", 41,
          "Two of us have shipped the function, only one has ever debugged it from the edge logs. "
          "Before it carries all traffic, a third engineer does a release and a rollback alone.",
          due=24, effort="S", benefit="A rota where anybody on duty can repair the router."),
    # Source
    done("code-versioned", "editor", 188,
         "Repository `edge/asset-router`; each published version carries the commit in its "
         "`git_sha` tag. Checked for versions 2 and 3."),
    done("infra-as-code", "editor", 188,
         "Module `cdn/asset-router`; the last plan on the main branch was empty."),
    done("peer-reviewed", "approver", 188, "Branch protection on `main`: one approval, no bypass."),
    done("static-checks", "editor", 150,
         "TypeScript in strict mode with the event types of CloudFront; the build fails on any "
         "error. `tsconfig.json` and last week's red build are linked from the README."),
    build("dependencies-pinned", "editor", 60,
          "The lock file is there; nobody is told when a library in it has a known hole.",
          due=45, effort="S"),
    refuse("dependencies-pinned", "editor", 3,
           "The package has two dependencies, both by AWS. We would rather spend the days on the "
           "rollback and read the advisories ourselves once a month.",
           "A known hole in a library stays in every response for up to a month.",
           likelihood=3, impact=4, revisit=60, cost_avoided="Two days now, one a quarter.",
           waits=True),
    # Testing
    done("ci-pipeline", "editor", 150, "Pipeline *asset-router*; a merge needs it green."),
    done("unit-tests", "editor", 150,
         "58 tests over host rewriting, choice of side and expiry of the cached answer; 97 % of "
         "branches."),
    build("failure-path-tests", "editor", 96,
          "An exception in this function fails every uncached request. We want tests for an empty "
          "answer, an unknown target, a resolver that hangs, and a missing host header.",
          due=13, effort="M", benefit="The most likely outage of this component is its own bug."),
    done("prod-like-env", "approver", 120,
         "Distribution `asset-router-staging` with two small replicated buckets; the differences "
         "from production are listed in its README (no WAF, one price class)."),
    refuse("config-validated", "approver", 70,
           "Weights and the region map change a few times a year, always through a reviewed plan. "
           "A schema test on top would repeat what the review sees.",
           "A wrong weight sends all misses to one side until somebody notices the graph.",
           likelihood=2, impact=3, revisit=110,
           cost_avoided="About a week, and a test suite to keep.",
           change_our_mind="A second wrong weight in production, or weights set by a machine."),
    build("smoke-checks", "editor", 30,
          "A release is green when the API call succeeded. We want four requests from three "
          "continents after each one.", due=38, effort="S"),
    # Deployment
    done("automated-deploy", "editor", 142,
         "Only the pipeline's role may call PublishVersion and UpdateDistribution; two releases "
         "were done by people who had not written the change."),
    build("immutable-artifact", "editor", 90,
          "Associations must name a numbered version, so that last week's is still there when we "
          "need it.", due=9, effort="S", benefit="Rollback without a build."),
    build("no-drift", "editor", 55,
          "Image paths were left on an older version during the last release and nobody noticed "
          "for days. A nightly comparison should say so.", due=20, effort="S"),
    refuse("gradual-rollout", "approver", 48,
           "Continuous deployment of CloudFront splits at most 15 % and may send everything to the "
           "primary when AWS is busy; for a release a month the test distribution has to do.",
           "A defect that the tests and the test distribution miss reaches all users at once.",
           likelihood=3, impact=4, revisit=41,
           benefit_forgone="A bad release that hurts one user in seven instead of all.",
           alternatives="A staging distribution behind a header for our own staff: cheaper, and "
                        "first on the list if we change our mind.",
           change_our_mind="More than two releases a month, or one incident that a slice had caught."),
    build("fast-rollback", "approver", 80,
          "Against a budget of four minutes a month the time to undo decides everything: the "
          "drill took fourteen, ten of them the distribution's own.", due=18, effort="M",
          benefit="A known number of minutes instead of hope."),
    done("change-trail", "editor", 120, "Multi-region trail; releases are marked on the dashboard."),
    # Configuration
    done("kill-switch", "approver", 100,
         "Behaviour without the function, origin one bucket: prepared as a plan, applied twice on "
         "staging. [Runbook, section 4](https://wiki.example.net/edge/asset-router#bypass)."),
    build("traffic-steering", "editor", 85,
          "Weights can be set by hand today. Health checks on both records would drain a side "
          "without a person, and without the control plane of the region that is down.",
          due=27, effort="S"),
    not_here("runtime-config", "editor", 140,
             "The function reads no configuration at run time; what it needs is in the code and in "
             "DNS. A change is a release.", revisit=-12),
    not_here("incident-knobs", "editor", 140,
             "There is no verbosity, limit or feature to turn: one branch, one lookup."),
    # Logging
    done("logs-findable", "editor", 132,
         "Log groups in all six edge regions; the saved query *asset-router by request id* runs "
         "over all of them. In the second drill the line was found in six minutes."),
    refuse("logs-correlated", "approver", 75,
           "The function logs the request id and nothing else. Structured lines with the viewer's "
           "region would help to read, but each field costs at our volume.",
           "Debugging one customer's trouble takes an hour instead of minutes.",
           likelihood=3, impact=2, revisit=100),
    build("log-retention", "editor", 40,
          "Our rule is 400 days. The groups were made by hand in some regions and keep forever.",
          due=33, effort="S"),
    done("log-hygiene", "approver", 132,
         "The function logs request id, side and milliseconds. Cookies and query strings are not "
         "logged; sample of 1,000 lines looked through."),
    # Metrics
    done("golden-signals", "editor", 118,
         "Requests, 5xx rate, latency of the origin, and per region invocations, errors, duration, "
         "throttles: normal ranges are in the README."),
    refuse("behaviour-metrics", "editor", 205,
           "A counter per side would show a skewed split. The request metrics of the two buckets "
           "show nearly the same.",
           "A router that sends everything to one side looks healthy by its error rate.",
           likelihood=2, impact=2, revisit=-19,
           change_our_mind="Bucket metrics turn out too coarse in an incident."),
    refuse("external-probe", "approver", 66,
           "A probe from several continents is bought for the API; the same vendor's asset check "
           "costs as much again.",
           "DNS or certificate trouble that only users see is reported by users first.",
           likelihood=3, impact=4, revisit=74, cost_avoided="2,400 a year.",
           mitigations="The certificate renews by itself and raises an alarm a month before it ends; "
                       "the web app reports images that do not load.",
           residual_likelihood=2, residual_impact=4,
           triggers=(Trigger(TriggerKind.INCIDENT), Trigger(TriggerKind.VERDICT))),
    done("dashboard", "editor", 118, "Dashboard *asset-router*; used in both drills."),
    done("global-view", "editor", 118,
         "One board over all six edge regions, each line can be split by region again."),
    # Alerting
    done("symptom-alerts", "approver", 129,
         "5xx rate on the distribution and function errors in every edge region, two periods of a "
         "minute each. Alarm list in the README."),
    build("alert-routing", "approver", 88,
          "Every alarm must reach the rota. Some were muted during the migration and should be "
          "switched on again.", due=-9, effort="S"),
    done("alerts-proven", "editor", 58,
         "Test page sent through the whole path on the first Monday of each month; log in the "
         "on-call channel."),
    refuse("alerts-actionable", "editor", 52,
           "Four alarms, one runbook, and its link is pinned in the channel. We do not repeat it in "
           "each description yet.",
           "Somebody new loses minutes looking for the runbook.",
           likelihood=2, impact=2, revisit=120),
    done("on-call-rota", "admin", 129, "Rota *edge-primary*; the hand-over note names this router."),
    # Failure
    done("dependency-map", "editor", 110,
         "Table in the README: CloudFront, the function, Route 53's answer, at least one bucket; "
         "consumers are the web app, the mobile apps and two partners."),
    build("dependency-failure", "editor", 77,
          "Lookup fails: last good answer, then a fixed side. Bucket answers 5xx: the other bucket. "
          "The second half is not written yet.", due=6, effort="M"),
    done("timeouts-retries", "editor", 110,
         "Lookup limited to 60 ms, two attempts of 2 s to the origin. Worst case 4.1 s, agreed with "
         "the app team."),
    done("self-failure", "approver", 105,
         "Everything is caught: the request goes on unchanged to the default side. Measured on "
         "staging with a thrown error, a timeout and a throttle."),
    done("no-single-point", "approver", 105,
         "Both buckets serve live traffic, half each; each held the whole load for an hour in the "
         "drill of last spring."),
    # Performance
    done("latency-budget", "editor", 98, "p99 of the function 7 ms on misses; limit 25 ms."),
    build("quota-headroom", "editor", 33,
          "Nobody is told when a region nears its concurrency limit.", due=52, effort="S"),
    refuse("quota-headroom", "editor", 9,
           "The limit was never near, and AWS raises it within a day when asked.",
           "A region that is throttled answers with errors until the limit is raised.",
           likelihood=3, impact=5, revisit=40,
           sent_back="A day of errors is twenty years of our budget. Show the highest use of the "
                     "last quarter in each region, or build the alarm."),
    not_here("cost-visible", "admin", 98,
             "The whole CDN is one line in the platform's budget; nobody steers by this part of it."),
    # Data
    refuse("replica-parity", "approver", 45,
           "Objects are written through the API in us-east-1 only, so copying one way is enough. A "
           "way back would protect against writes that we do not make.",
           "After a failover of writes to us-west-2 the sides would differ, and half of the misses "
           "with them.",
           likelihood=2, impact=4, revisit=120,
           cost_avoided="Replication traffic twice, and a loop to reason about.",
           change_our_mind="Anything that writes in us-west-2."),
    refuse("restore-proven", "editor", 62,
           "The asset store can write every object anew within a day, so keeping old versions in "
           "the buckets would pay twice.",
           "A wrong bulk delete is live until the asset store has written everything again.",
           likelihood=2, impact=3, revisit=95, cost_avoided="About 18 % of the storage bill."),
    # Operations
    done("runbook", "approver", 92,
         "[Runbook](https://wiki.example.net/edge/asset-router): bypass, drain, rollback, find the "
         "log. Last changed after the drill."),
    build("drills", "approver", 35,
          "A resolver that hangs was not understood for twenty-four minutes, and two of the drills "
          "from before the cut-over are stale. One a month, beginning with a release that must be "
          "stopped, until none is.", due=16, effort="S"),
    # Security
    done("least-privilege", "editor", 86,
         "The execution role may write logs and read one DNS zone; reviewed with security."),
    not_here("secrets-managed", "editor", 140, "It has no secret: nothing to sign, nobody to call."),
    done("transport-secured", "editor", 86,
         "TLS 1.2 and newer to the viewer, HTTPS to the buckets, certificate renews by itself."),
    # Risk
    done("service-level", "admin", 125,
         "99.99 % over 30 days, in the contract. CloudFront itself commits to less: that gap is in "
         "the risk register."),
    done("decision-log", "admin", 28, "This report."),
)  # fmt: skip

# Decided once, for all that stand on the platform.
LOG_PLATFORM = refuse(
    "logs-findable", "approver", 60,
    "Logs stay in CloudWatch, with one saved query per component over all edge regions; we ship "
    "none to Splunk. Shipping was priced twice: it costs more than the rest of the platform, and "
    "on-call found nothing there that Logs Insights had not.",
    "A search over all components at once takes a query for each.",
    likelihood=3, impact=1, revisit=120, cost_avoided="About 1,400 a month at our volume.",
)  # fmt: skip

# What the smaller routers of both teams would not build either.
ELSEWHERE: dict[str, tuple[Said, ...]] = {
    "geo-router": (
        refuse(
            "gradual-rollout", "editor", 33,
            "It changes twice a year. We release on a quiet morning with two people at the graphs.",
            "A defect that the tests miss reaches all users at once.",
            likelihood=2, impact=4, revisit=104, cost_avoided="Five days, and a second distribution.",
        ),
        refuse(
            "external-probe", "approver", 31,
            "The asset router's users would notice first, and that team watches the same edge.",
            "An outage of this router alone is found by whoever downloads next.",
            likelihood=2, impact=3, revisit=90,
        ),
    ),
    "download-redirector": (
        refuse(
            "gradual-rollout", "approver", 22,
            "A wrong redirect is undone in minutes, and clients try again by themselves.",
            "Downloads fail for as long as the way back takes.",
            likelihood=3, impact=2, revisit=120,
        ),
        refuse(
            "external-probe", "editor", 21,
            "Its users are our own build machines: they complain at once, by machine.",
            "Trouble at the edge is seen a few minutes later than a probe would.",
            likelihood=3, impact=2, revisit=96, cost_avoided="1,200 a year.",
        ),
    ),
    "header-rewriter": (
        refuse(
            "gradual-rollout", "editor", 19,
            "The staging distribution sees each header first; a slice of traffic would show no more.",
            "A header that breaks one browser reaches everybody who uses it.",
            likelihood=2, impact=4, revisit=120,
            change_our_mind="A header that depends on the viewer.",
        ),
    ),
}  # fmt: skip
