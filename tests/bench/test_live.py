"""What `python -m bench live` reads of a process, and its fleet in a simulated account."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout

import pytest

from bench import fleet, look, together
from bench.live import Line
from demo.simulated_aws.server import SimulatedAWS

pytestmark = pytest.mark.one_database


def said(plan):
    """What bench.look prints of a plan."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
        patch.setattr("sys.stdin", io.StringIO(json.dumps(plan | {"times": 1})))
        look.main()
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def account():
    with SimulatedAWS() as aws:
        yield {"endpoint": aws.endpoint_url, "components": [aws.seed()]}


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return str(tmp_path_factory.mktemp("live") / "recording.json")


@pytest.fixture(scope="module")
def alone(account, recording):
    return said(account | {"record": recording})


def test_routers_of_a_fleet_are_looked_at_and_share_reads(account, alone):
    routers = fleet.build(account["endpoint"], account["components"][0], 2)

    both = said(account | {"components": routers})

    assert both["checks"] == 2 * alone["checks"] == both["bound"]
    assert alone["reads"] < both["reads"] < 2 * alone["reads"]
    assert both["wanted"] > both["reads"]
    assert both["statuses"]["pass"] > alone["statuses"]["pass"]
    assert "not_found" not in both["statuses"]


@pytest.mark.django_db
def test_many_are_looked_at_together_as_the_worker_does_it(account, alone, settings):
    settings.AWS_ENDPOINT_URL = account["endpoint"]

    said = together.look_together(account["components"] * 2)

    assert said["states"] == {"finished": 2}
    assert (said["checks"], said["reads"]) == (2 * alone["checks"], alone["reads"])
    assert said["statuses"] == {name: 2 * number for name, number in alone["statuses"].items()}
    assert said["queries"] > 20
    assert 0 <= said["done_after"][0] <= said["done_after"][2]


def test_a_replay_says_what_the_recorded_run_said(account, alone, recording):
    assert said(account | {"recording": recording})["statuses"] == alone["statuses"]


def test_cells_are_the_medians_of_the_runs():
    runs = [{"wall": wall, "cpu": wall / 2} for wall in (0.3, 0.1, 0.2)]
    line = Line("x", 1.5, 1.25, 80.4, 90, {"runs": runs, "checks": 12, "wanted": 40, "reads": 30})

    assert line.cells() == ["x", "1.50", "1.25", "80", "0.200", "0.100", "12", "40", "30", "90"]


def test_cells_of_what_has_no_runs_are_empty():
    assert Line("Prowler", 20.0, 15.0, 300.0, 500, {"checks": 30}).cells()[4:9] == [
        "", "", "30", "", "",
    ]  # fmt: skip
