"""Two who send files at the same moment, with a database connection each."""

from __future__ import annotations

import pytest

from readiness.evidence.actions import add_file, add_version
from readiness.models import EvidenceFile, Requirement
from tests import factory
from tests.decisions.test_races import at_once
from tests.factory import NOW

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 4


@pytest.fixture
def requirement():
    factory.make_component()
    return Requirement.objects.select_related("component").get(criterion__slug="c-0-0")


def test_of_the_same_file_sent_many_times_at_once_one_is_kept(requirement):
    by = factory.make_user()
    sent = {"filename": "a.txt", "content": b"a", "title": "", "by": by, "now": NOW}

    brought = at_once(MANY, lambda n: add_file(requirement=requirement, **sent).pk)

    assert set(brought) == {EvidenceFile.objects.get().pk}


def test_versions_sent_at_once_are_numbered_one_after_the_other(requirement):
    by = factory.make_user()
    common = {"filename": "a.txt", "by": by, "now": NOW}
    first = add_file(requirement=requirement, content=b"a", title="", **common)

    def act(n):
        return add_version(evidence=first.evidence, content=f"b{n}".encode(), **common).version

    assert sorted(at_once(MANY, act)) == list(range(2, MANY + 2))
