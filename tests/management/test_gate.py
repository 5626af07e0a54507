from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from readiness.milestones.actions import give_verdict
from readiness.models import Component, VerdictKind
from tests import factory

ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"]}


def gate(*arguments):
    """Return the exit code and what was printed."""
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("gate", "asset-router", *arguments, stdout=out)
    return left.value.code, out.getvalue()


@pytest.fixture
def decided(component):
    """Everything is decided, and one check has looked just now."""
    Component.objects.update(parameters=ROUTER)
    component.refresh_from_db()
    for slug in component.requirements.values_list("criterion__slug", flat=True):
        factory.make_decision(component, slug)
    factory.make_result(component, "logs.retention", "pass", now=timezone.now())
    return component


def test_ready_is_0(decided):
    assert gate() == (0, "Ready: nothing that the policy asks for is in the way.\n")


def test_not_ready_is_1_with_a_table(component, tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text("not_ready: {undecided: 3}")

    code, printed = gate("--policy", path)

    head, first, *_ = printed.splitlines()
    assert code == 1
    assert head.split() == ["outcome", "rule", "requirement", "standing", "why"]
    assert first.split(maxsplit=5) == [
        "not",
        "ready",
        "not_ready.undecided",
        "c-0-2",
        "undecided",
        "Nobody has decided yet.",
    ]
    assert printed.endswith("\nNot ready.\n")


def test_could_not_tell_is_2(component):
    code, printed = gate("--json")

    assert code == 2
    assert json.loads(printed) == {
        "component": "asset-router",
        "outcome": "could_not_tell",
        "reasons": [
            {
                "outcome": "could_not_tell",
                "rule": "nothing_seen",
                "requirement": "",
                "standing": "",
                "sentence": "No live check applies, so nothing here rests on AWS itself.",
            }
        ],
    }


def test_a_milestone_that_the_policy_asks_for_is_looked_up(decided, people, tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text("milestone_within_days: 7")
    now = timezone.now()
    before = gate("--policy", path)
    milestone = factory.make_milestone(decided, by=people["editor"], now=now)

    give_verdict(
        milestone=milestone, kind=VerdictKind.GO, reason="", by=people["approver"], now=now
    )

    assert (before[0], gate("--policy", path)[0]) == (1, 0)


class TestWhatCannotBeAsked:
    """Could not tell, too: 1 is kept for what was judged."""

    def refused(self, *arguments):
        with pytest.raises(CommandError) as refused:
            call_command("gate", *arguments)
        assert refused.value.returncode == 2
        return str(refused.value)

    def test_unknown_component(self, component):
        assert "There is no component 'nope'" in self.refused("nope")

    def test_policy_that_is_not_there(self, component, tmp_path):
        path = tmp_path / "none.yaml"

        said = self.refused("asset-router", "--policy", path)

        assert said == f"{path} cannot be read: No such file or directory."

    def test_policy_that_is_none_has_all_its_mistakes_listed(self, component, tmp_path):
        path = tmp_path / "policy.yaml"
        path.write_text("not_ready: {lapsed: 9}\nmilestone: 1")

        assert self.refused("asset-router", "--policy", path).splitlines() == [
            f"{path} is no policy:",
            "  not_ready.lapsed: expected a standing and the weight, 1 to 5, from which it is in "
            "the way, not 9",
            "  milestone: unknown; expected keys of not_ready, last_look_within_hours, "
            "could_not_look, nothing_seen, milestone_within_days",
        ]

    def test_installation_that_is_not_set_up(self, settings):
        settings.AWS_ENDPOINT_URL = "https://elsewhere.example"

        with pytest.raises(CommandError, match="does not point to this machine") as refused:
            call_command("gate", "asset-router", skip_checks=False)
        assert refused.value.returncode == 2

    @pytest.mark.parametrize(
        ("raised", "sentence"),
        [
            (OperationalError("no connection"), "The database does not answer: no connection"),
            (KeyError("standing"), "It could not be judged: KeyError: 'standing'"),
        ],
    )
    def test_what_fails_on_the_way(self, component, monkeypatch, raised, sentence):
        def fails(*args):
            raise raised

        monkeypatch.setattr("readiness.management.commands.gate.build_gap_report", fails)

        assert self.refused("asset-router") == sentence


def test_what_aws_answered_cannot_move_the_terminal(decided):
    factory.make_result(
        decided, "logs.retention", "fail", now=timezone.now(), reason="a\x1b[2J\nb\x9b"
    )
    requirement = decided.requirements.get(criterion__slug="c-0-0")
    requirement.check_bindings = {"logs.retention": {"kind": "added", "reason": "It is so."}}
    requirement.save()

    (_, printed), (_, data) = gate(), gate("--json")

    assert "but: a [2J b" in printed
    assert json.loads(data)["reasons"][0]["sentence"].endswith("a\x1b[2J\nb\x9b")
    assert not {"\x1b", "\x9b"} & {*printed, *data}
