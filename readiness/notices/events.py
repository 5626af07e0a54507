"""What webhooks are told: one JSON text per event, for programs or for a chat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from readiness.canonical import canonical
from readiness.models import Component, Kind, Requirement, Webhook, WebhookKind
from readiness.notices.addresses import absolute
from readiness.notices.cause import Cause
from readiness.reports.words import brief

TEST = "test"


# What concerns no single requirement.
_NAMES = {
    Kind.CONDITION: "milestone.condition",
    Kind.ROUND_OPENED: "confidence.opened",
    Kind.ROUND_CLOSED: "confidence.closed",
    Kind.DRILL_SOON: "drill.soon",
    Kind.DRILL_STALE: "drill.stale",
}


def event_name(kind: Kind) -> str:
    return _NAMES.get(kind, f"requirement.{kind.value}")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as the bodies of a request."""

    name: str
    at: Any
    title: str
    text: str
    url: str
    # The component's name, and how the event is called among people.
    component: str
    word: str
    data: dict[str, Any]

    @property
    def about(self) -> str:
        """Return what it is about, in a line."""
        return brief(f"{self.component}: {self.title}", 190)

    def body_for(self, webhook: Webhook) -> str:
        """Return the JSON text that a webhook of its kind takes."""
        if webhook.kind == WebhookKind.SLACK:
            return canonical({"text": self._as_chat()})
        return canonical({"type": self.name, "timestamp": self.at, "data": self.data})

    def _as_chat(self) -> str:
        head = f"*{chat_text(self.component)}*: {chat_text(self.word.lower())}"
        title = f"<{self.url}|{chat_text(brief(self.title))}>"
        return f"{head}\n{title}\n{chat_text(brief(self.text, 500))}"


def chat_text(text: str) -> str:
    """Return text as Slack shows it: its three control characters escaped, nothing formatted.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(escaped.replace("|", "\N{BROKEN BAR}").split())


def payloads(causes: Iterable[Cause]) -> dict[str, Event]:
    """Return the event of each cause, by its key. Two queries, however many."""
    causes = list(causes)
    components = Component.objects.select_related("team").in_bulk(
        {cause.component_id for cause in causes}
    )
    requirements = Requirement.objects.select_related("criterion").in_bulk(
        {cause.requirement_id for cause in causes if cause.requirement_id}
    )
    return {
        cause.key: _event(
            cause, components[cause.component_id], requirements.get(cause.requirement_id or 0)
        )
        for cause in causes
    }


def trial_event(webhook: Webhook, now: Any) -> Event:
    """Return the event that only says that a webhook works."""
    text = f"The webhook {webhook.name} of {webhook.team} works."
    url = absolute("/")
    return Event(
        name=TEST,
        at=now,
        title=webhook.name,
        text=text,
        url=url,
        component="Readiness",
        word="Test",
        data={"text": text, "url": url, "team": webhook.team.slug},
    )


def _event(cause: Cause, component: Component, requirement: Requirement | None) -> Event:
    url = absolute(cause.path)
    data: dict[str, Any] = {
        "key": cause.key,
        "component": {"slug": component.slug, "name": component.name},
        "team": component.team.slug,
        "since": cause.at,
        "text": cause.text,
        "url": url,
    }
    if requirement:
        data["criterion"] = requirement.criterion.slug
        data["statement"] = str(requirement)
    return Event(
        name=event_name(cause.kind),
        at=cause.at,
        title=str(requirement or component),
        text=cause.text,
        url=url,
        component=component.name,
        word=cause.kind.label,
        data=data,
    )
