from __future__ import annotations

import io
from datetime import timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from readiness.models import (
    Blueprint,
    Component,
    Drill,
    DrillScenario,
    JobState,
    ReportFile,
    ReportJob,
    SheetVersion,
    User,
)
from readiness.operations.forms import (
    ContactForm,
    ErrorStateForm,
    LinkForm,
    OptionForm,
    SheetForm,
)
from readiness.operations.sheet import parse_sheet
from readiness.reports import jobs as report_jobs
from tests import factory
from tests.factory import NOW

BASE = "/components/asset-router/operations/"
ROUTER = {
    "distribution_id": "E1A2B3C4D5E6F7",
    "function_name": "router",
    "edge_regions": ["us-east-1", "eu-central-1", "eu-west-1"],
}
CONTENT = {
    "options": [
        {"kind": "roll_back", "title": "Roll back", "how": "Run *it*.", "minutes": 5, "who": "Us"},
        {"kind": "drain", "title": "Drain", "scenario": "drain-a-region"},
    ],
    "links": [{"title": "Splunk", "url": "https://logs.example.com/edge"}],
    "error_states": [{"symptom": "502 <everywhere>", "action": "Roll back"}],
    "contacts": [{"who": "Edge team", "how": "+49 30 1234", "when": "First"}],
}
SECTION_OF = {form: name for name, _, form in SheetForm.SECTIONS}
OF_LAMBDA = "79b9da39-b7ae-408a-a6bc-864b2829c622"
OF_CLOUDFRONT = "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ=="


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def router(component):
    Component.objects.update(parameters=ROUTER)
    component.refresh_from_db()
    return component


def scenario(slug="drain-a-region", **values):
    return DrillScenario.objects.create(
        **{"slug": slug, "title": "Drain a region", "operation": "drain"}
        | {"purpose": "x", "steps": "x"}
        | values
    )


def proposal(component, **content):
    """Give the component a blueprint whose operations section says this."""
    blueprint = factory.make_blueprint(component.catalog)
    Blueprint.objects.update(operations=parse_sheet(content or CONTENT).as_json())
    Component.objects.update(blueprint=blueprint)


def form_of(component, base=0, **changes):
    """What the edit page sends back when somebody changes these fields of it."""
    content = component.sheet_versions.first()
    form = SheetForm(component, sheet=content and parse_sheet(content.content), base=base)
    sent = {"base": base, "note": ""}
    for _, rows in form.sections:
        for name, field in rows.management_form.fields.items():
            value = rows.management_form[name].value()
            sent[f"{rows.prefix}-{name}"] = field.initial if value is None else value
        for row in rows:
            for bound in row:
                if bound.value() not in (None, "", False):
                    sent[bound.html_name] = bound.value()
    return sent | {name.replace("__", "-"): value for name, value in changes.items()}


class TestSheetDetail:
    def test_shows_what_can_be_done_first_then_where_to_look(self, editor, router):
        factory.make_sheet(router, **CONTENT)

        html = editor.get(BASE).content.decode()

        order = ['id="options"', 'id="places"', 'id="error-states"', 'id="contacts"']
        assert sorted(order, key=html.index) == order
        assert "<b>5 min</b>" in html
        assert "<p>Run <em>it</em>.</p>" in html
        assert "minutes not measured" in html
        assert "502 &lt;everywhere&gt;" in html
        assert 'href="https://logs.example.com/edge"' in html
        assert "+49 30 1234" in html
        assert "version 1 by" in html

    def test_from_the_blueprint_says_that_nobody_has_confirmed_it(self, editor, component):
        proposal(component)

        html = editor.get(BASE).content.decode()

        assert "From the blueprint, nobody has confirmed it." in html
        assert "Edit and save as version 1" in html
        assert "Roll back" in html
        assert not SheetVersion.objects.exists()

    def test_a_saved_version_takes_the_place_of_the_blueprint(self, editor, component):
        proposal(component)
        factory.make_sheet(component, contacts=[{"who": "Me", "how": "Shout"}])

        html = editor.get(BASE).content.decode()

        assert ("nobody has confirmed" in html, "Roll back" in html) == (False, False)
        assert "Shout" in html

    def test_empty_says_what_belongs_here_and_offers_to_write_it(self, login, component):
        assert "Nobody has written this sheet." in login("editor").get(BASE).content.decode()
        assert "Write the first version" in login("editor").get(BASE).content.decode()
        assert "Write the first version" not in login("viewer").get(BASE).content.decode()

    def test_without_parameters_says_that_no_link_follows(self, editor, component):
        html = editor.get(BASE).content.decode()

        assert "No link follows from the parameters" in html
        assert "Find the logs of one request" not in html

    def test_links_of_every_region_where_it_may_have_run(self, editor, router):
        html = editor.get(BASE).content.decode()

        for region in ROUTER["edge_regions"]:
            assert (
                f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}" in html
            )
        assert "Not looked yet: no check has said in which regions it ran" in html

    def test_regions_without_a_log_group_stand_apart(self, editor, router):
        factory.make_result(
            router,
            "logs.group-in-every-region",
            "fail",
            observed={
                "regions": {"us-east-1": {"group": True}, "eu-west-1": {"group": False}},
                "log_group": "/aws/lambda/us-east-1.router",
            },
        )

        html = editor.get(BASE).content.decode()

        assert "No log group in 1 edge region" in html
        assert html.index("Frankfurt") < html.index("No log group in 1") < html.index("Ireland")
        assert "Not looked yet" not in html

    @pytest.mark.parametrize(
        ("outcome", "days_ago", "says"),
        [
            ("passed", 10, '10 November 2026, <span class="verdict pass">fresh</span>'),
            ("passed", 200, '4 May 2026, <span class="verdict unknown">stale</span>'),
            ("failed", 3, '<span class="verdict fail">failed</span> 17 November 2026'),
            (None, None, '<span class="verdict unknown">never</span>'),
        ],
    )
    def test_says_when_an_option_was_last_rehearsed(
        self, editor, component, outcome, days_ago, says
    ):
        of = scenario()
        factory.make_sheet(component, **CONTENT)
        if outcome:
            Drill.objects.create(
                component=component, scenario=of, outcome=outcome, planned_for=NOW, made_at=NOW,
                ended_at=NOW - timedelta(days=days_ago), made_by=User.objects.earliest("pk"),
            )  # fmt: skip

        html = editor.get(BASE).content.decode()

        assert says in html
        assert "no drill scenario is named" in html

    def test_a_scenario_of_another_component_is_not_told_of(self, editor, component):
        scenario(title="Their secret", component=factory.make_component(slug="other"))
        factory.make_sheet(component, **CONTENT)

        html = editor.get(BASE).content.decode()

        assert "Their secret" not in html
        assert "there is no drill scenario drain-a-region here" in html

    def test_viewers_read_it_and_are_not_offered_to_edit(self, login, component):
        factory.make_sheet(component, **CONTENT)

        html = login("viewer").get(BASE).content.decode()

        assert ("Roll back" in html, "/edit/" in html.split("<main")[1]) == (True, False)

    def test_says_before_printing_that_it_is_longer_than_four_pages(self, editor, component):
        factory.make_sheet(component, **CONTENT)
        assert "On paper this is about" not in editor.get(BASE).content.decode()

        states = [{"symptom": f"State {n}", "cause": "Because. " * 40} for n in range(40)]
        factory.make_sheet(component, error_states=states)

        html = editor.get(BASE).content.decode()
        assert "The PDF stops after 4: it says what it leaves to this page" in html

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_six_queries_however_many_rows(
        self, editor, router, number, django_assert_num_queries
    ):
        rows = [
            {"kind": "drain", "title": f"Option {n}", "scenario": f"s-{n}"} for n in range(number)
        ]
        for n in range(number):
            scenario(f"s-{n}")
        factory.make_sheet(
            router,
            options=rows,
            links=[{"title": "x", "url": "https://x.example/"}] * number,
            error_states=[{"symptom": "x"}] * number,
            contacts=[{"who": "x", "how": "y"}] * number,
        )
        for check in ("logs.group-in-every-region", "logs.retention"):
            factory.make_result(router, check, "pass", observed={"regions": {}})

        with django_assert_num_queries(6):
            html = editor.get(BASE).content.decode()

        assert html.count('<li class="option">') == number


class TestRequestFind:
    def test_without_an_id_says_what_belongs_there(self, editor, router):
        response = editor.get(f"{BASE}find/")

        assert response.status_code == 200
        assert "its query is built for every region" in response.content.decode()

    def test_looks_first_behind_the_edge_location(self, editor, router):
        response = editor.get(f"{BASE}find/", {"id": OF_LAMBDA, "location": "FRA56-P4"})

        html = response.content.decode()
        assert [step.place.region for step in response.context["steps"]] == [
            "eu-central-1",
            "eu-west-1",
            "us-east-1",
        ]
        assert html.count("look here first") == 1
        assert "Where to look, from Frankfurt" in html
        assert f"@requestId = &quot;{OF_LAMBDA}&quot;" in html
        assert '<option value="10800" selected>3 hours</option>' in html

    def test_looks_as_far_back_as_was_asked(self, editor, router):
        response = editor.get(f"{BASE}find/", {"id": OF_LAMBDA, "back": "604800"})

        assert "~start~-604800~" in response.context["steps"][0].url

    def test_of_an_unknown_place_takes_all_regions_in_their_order(self, editor, router):
        response = editor.get(f"{BASE}find/", {"id": OF_CLOUDFRONT, "location": "XYZ1-C1"})

        assert [step.place.region for step in response.context["steps"]] == ROUTER["edge_regions"]
        assert "the code is in no list of ours" in response.content.decode()

    def test_says_that_cloudfronts_id_must_have_been_written(self, editor, router):
        html = editor.get(f"{BASE}find/", {"id": OF_CLOUDFRONT}).content.decode()

        assert "only where the function writes it" in html

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"id": ""}, "Give the id of a request."),
            ({"id": "abc"}, "This is neither CloudFront&#x27;s id"),
            ({"id": '" | fields @x'}, "This is neither CloudFront&#x27;s id"),
            ({"id": OF_LAMBDA, "location": "here"}, "An edge location looks like FRA56-P4"),
            ({"id": OF_LAMBDA, "back": "1"}, "1 is not one of the available choices"),
            ({"id": "a" * 500}, "at most 200 characters"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, editor, router, sent, says):
        response = editor.get(f"{BASE}find/", {"location": "FRA56-P4"} | sent)

        html = response.content.decode()
        assert (response.status_code, says in html) == (422, True)
        assert f'value="{sent.get("location", "FRA56-P4")}"' in html
        assert "steps" not in response.context

    def test_what_was_typed_is_quoted_wherever_it_stands(self, editor, router):
        html = editor.get(f"{BASE}find/", {"id": "<script>alert(1)</script>"}).content.decode()

        assert "<script>alert" not in html

    def test_of_a_component_without_a_function_says_so(self, editor, component):
        html = editor.get(f"{BASE}find/", {"id": OF_LAMBDA}).content.decode()

        assert "names no function" in html

    def test_links_are_those_of_the_region_with_the_query_in_them(self, editor, router):
        html = editor.get(f"{BASE}find/", {"id": OF_LAMBDA}).content.decode()

        assert "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1" in html
        assert OF_LAMBDA.replace("-", "-") in unquote(html)

    def test_takes_four_queries(self, editor, router, django_assert_num_queries):
        with django_assert_num_queries(4):
            editor.get(f"{BASE}find/", {"id": OF_LAMBDA})


class TestSheetEdit:
    def test_begins_with_the_blueprint_and_saves_version_1(self, editor, component):
        proposal(component)
        html = editor.get(f"{BASE}edit/").content.decode()
        assert 'value="Roll back"' in html

        component.refresh_from_db()
        sent = form_of(component, note="First reading.")
        sent |= {"options-0-kind": "drain", "options-0-title": "Drain"}
        response = editor.post(f"{BASE}edit/", sent)

        version = SheetVersion.objects.get()
        assert response["Location"] == BASE
        assert (version.number, version.note) == (1, "First reading.")
        assert (version.made_by.username, version.made_at) == ("editor", NOW)
        assert parse_sheet(version.content).options[0].title == "Drain"

    def test_sends_back_what_it_showed(self, editor, component):
        """Nothing is lost or added by a save in which nobody changed anything."""
        scenario()
        factory.make_sheet(component, **CONTENT)

        page = editor.post(f"{BASE}edit/", form_of(component, 1), follow=True).content.decode()

        assert "Nothing was changed." in page
        assert SheetVersion.objects.count() == 1

    def test_changes_removes_orders_and_adds_rows(self, editor, component):
        factory.make_sheet(component, **CONTENT)
        sent = form_of(
            component,
            1,
            options__0__ORDER=9,
            options__0__minutes=12,
            options__2__kind="purge",
            options__2__title="Purge",
            options__2__ORDER=1,
            links__0__DELETE="on",
            contacts__1__who="AWS",
            contacts__1__how="A case",
        )

        editor.post(f"{BASE}edit/", sent)

        sheet = parse_sheet(component.sheet_versions.first().content)
        assert [(o.title, o.minutes) for o in sheet.options] == [
            ("Purge", None),
            ("Drain", None),
            ("Roll back", 12),
        ]
        assert sheet.links == ()
        assert [contact.who for contact in sheet.contacts] == ["Edge team", "AWS"]
        assert sheet.options[1].scenario == "drain-a-region"

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"options__0__title": ""}, "Say what is done."),
            ({"options__0__kind": "panic"}, "panic is not one of the available choices"),
            ({"options__0__minutes": "-1"}, "greater than or equal to 0"),
            ({"options__0__minutes": "20000"}, "less than or equal to 10080"),
            ({"options__0__title": "x" * 161}, "at most 160 characters"),
            ({"options__0__how": "x" * 2001}, "at most 2000 characters"),
            ({"options__0__how": "a\x1bb"}, "Leave out the control characters."),
            ({"options__0__scenario": "../x"}, "not one of the available choices"),
            ({"links__0__url": "javascript:alert(1)"}, "Give an address that begins with https"),
            ({"links__0__url": ""}, "Give an address."),
            ({"links__1__title": "New"}, "Give an address."),
            ({"contacts__0__how": ""}, "Say how to reach them."),
            ({"error_states__0__symptom": ""}, "Say what is seen."),
            ({"error_states__0__ORDER": "first"}, "Enter a whole number."),
            ({"note": "x" * 201}, "at most 200 characters"),
            ({"options__TOTAL_FORMS": "x"}, "This section came incomplete"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, editor, component, changes, says):
        factory.make_sheet(component, **CONTENT)
        typed = form_of(component, 1, contacts__0__when="Typed by hand") | {
            name.replace("__", "-"): value for name, value in changes.items()
        }

        response = editor.post(f"{BASE}edit/", typed)

        html = response.content.decode()
        assert (response.status_code, says in html) == (422, True)
        assert 'value="Typed by hand"' in html
        assert SheetVersion.objects.count() == 1

    def test_refuses_more_rows_than_a_sheet_has_and_reads_no_more(self, editor, component):
        sent = form_of(component, options__TOTAL_FORMS="100000")
        sent |= {f"options-{n}-title": "x" for n in range(200)}

        response = editor.post(f"{BASE}edit/", sent)

        html = response.content.decode()
        assert response.status_code == 422
        assert "A section has at most 100 rows." in html
        assert ('name="options-102-title"' in html, 'name="options-103-' in html) == (True, False)

    def test_more_rows_keeps_what_was_typed_and_saves_nothing(self, editor, component):
        factory.make_sheet(component, **CONTENT)
        sent = form_of(component, 1, contacts__0__when="Typed", more="links")

        html = editor.post(f"{BASE}edit/", sent).content.decode()

        assert 'name="links-6-url"' in html
        assert 'name="links-7-url"' not in html
        assert 'name="contacts-4-who"' not in html
        assert 'value="Typed"' in html
        assert SheetVersion.objects.count() == 1

    @pytest.mark.parametrize("more", ["options", "nothing", "x" * 999])
    def test_more_rows_of_a_broken_form_is_no_error(self, editor, component, more):
        assert editor.post(f"{BASE}edit/", {"more": more}).status_code == 200

    def test_of_a_lost_race_is_409_with_both_sides(self, editor, component):
        factory.make_sheet(component, **CONTENT)
        mine = form_of(component, 1, options__0__title="Mine", contacts__0__when="Typed")
        theirs = [{"kind": "other", "title": "Theirs"}]
        factory.make_sheet(component, options=theirs, note="Their reason.")

        response = editor.post(f"{BASE}edit/", mine)

        html = response.content.decode()
        assert response.status_code == 409
        assert "saved Version 2 in the meantime" in html
        assert "Their reason." in html
        assert "<del>Option for action: Theirs</del>" in html
        assert "<ins>Option for action: Mine</ins>" in html
        assert ('value="Mine"' in html, 'value="Typed"' in html) == (True, True)
        assert 'name="base" value="2"' in html
        assert component.sheet_versions.first().number == 2

        editor.post(f"{BASE}edit/", mine | {"base": 2})

        assert parse_sheet(component.sheet_versions.first().content).options[0].title == "Mine"

    def test_an_unknown_scenario_stays_chosen(self, editor, component):
        """It may come with the next load of the library."""
        factory.make_sheet(component, **CONTENT)

        html = editor.get(f"{BASE}edit/").content.decode()

        assert '<option value="drain-a-region" selected>drain-a-region</option>' in html

    def test_offers_scenarios_of_the_library_and_its_own(self, editor, component):
        scenario()
        scenario("own", title="Our own", component=component)
        scenario("gone", title="Out of use", retired_at=NOW)
        scenario("theirs", title="Theirs", component=factory.make_component(slug="other"))

        html = editor.get(f"{BASE}edit/").content.decode()

        assert ("Drain a region" in html, "Our own" in html) == (True, True)
        assert ("Out of use" in html, "Theirs" in html) == (False, False)

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_five_queries_however_many_rows(
        self, editor, component, number, django_assert_num_queries
    ):
        factory.make_sheet(component, error_states=[{"symptom": "x"}] * number)

        with django_assert_num_queries(5):
            html = editor.get(f"{BASE}edit/").content.decode()

        assert html.count('-symptom"') >= number


TYPED = st.text(st.characters(codec="utf-8"), max_size=300)


@given(st.lists(st.tuples(TYPED, TYPED), min_size=1, max_size=3))
def test_whatever_is_typed_is_refused_or_becomes_a_sheet(rows):
    """What a form takes, parse_sheet takes: nothing that was typed ends in an error of ours."""
    for form, text, prose in (
        (OptionForm, "title", "how"),
        (ErrorStateForm, "symptom", "cause"),
        (ContactForm, "who", "when"),
        (LinkForm, "title", "url"),
    ):
        for typed, other in rows:
            bound = form({"kind": "other", "how": "x", "url": "https://x.example/"}
                         | {text: typed, prose: other})  # fmt: skip
            if bound.is_valid():
                said = {k: v for k, v in bound.cleaned_data.items() if v is not None}
                assert parse_sheet({SECTION_OF[form]: [said]})


class TestSheetVersions:
    def test_list_says_who_when_and_why(self, login, component):
        factory.make_sheet(component, note="First reading.")
        factory.make_sheet(component, **CONTENT)

        html = login("viewer").get(f"{BASE}versions/").content.decode()

        assert html.index("Version 2") < html.index("Version 1") < html.index("First reading.")
        assert html.count("20 November 2026") == 2

    def test_list_of_none_says_what_belongs_here(self, editor, component):
        html = editor.get(f"{BASE}versions/").content.decode()

        assert "No version was saved yet." in html

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_list_takes_four_queries_however_many(
        self, editor, component, number, django_assert_num_queries
    ):
        for n in range(number):
            factory.make_sheet(component, contacts=[{"who": f"{n}", "how": "x"}])

        with django_assert_num_queries(4):
            html = editor.get(f"{BASE}versions/").content.decode()

        assert html.count('class="version"') == number

    def test_an_old_one_is_shown_with_what_is_different_now(self, editor, component):
        factory.make_sheet(component)
        factory.make_sheet(component, options=[{"kind": "drain", "title": "Drain"}])

        html = editor.get(f"{BASE}versions/1/").content.decode()

        assert "What Version 2 says instead" in html
        assert "<del>Option for action: Roll back</del>" in html
        assert "<ins>Option for action: Drain</ins>" in html
        assert "Restore as a new version" in html

    def test_the_current_one_says_that_it_is(self, editor, component):
        factory.make_sheet(component)

        html = editor.get(f"{BASE}versions/1/").content.decode()

        assert ("This is the current version." in html, "Restore" in html) == (True, False)

    def test_there_is_no_version_of_another_component_here(self, editor, component):
        factory.make_sheet(factory.make_component(slug="other"))

        assert editor.get(f"{BASE}versions/1/").status_code == 404

    def test_restore_saves_what_it_said_as_a_new_one(self, editor, component):
        factory.make_sheet(component)
        factory.make_sheet(component, **CONTENT)

        response = editor.post(f"{BASE}versions/1/restore/", {"base": 2})

        first, second, third = component.sheet_versions.order_by("number")
        assert response["Location"] == BASE
        assert (third.content, third.note) == (first.content, "Restored from version 1.")
        assert second.content != third.content

    @pytest.mark.parametrize("base", ["1", "", "x", "9" * 30])
    def test_restore_of_a_lost_race_is_409_and_shows_the_difference(self, editor, component, base):
        factory.make_sheet(component)
        factory.make_sheet(component, **CONTENT)

        response = editor.post(f"{BASE}versions/1/restore/", {"base": base})

        html = response.content.decode()
        assert (response.status_code, "Not restored:" in html) == (409, True)
        assert 'name="base" value="2"' in html
        assert SheetVersion.objects.count() == 2


class TestSheetPdf:
    def ask(self, client, **sent):
        return client.post(f"{BASE}pdf/", sent)

    def render(self):
        job = ReportJob.objects.get()
        report_jobs.report_task(job.pk)
        job.refresh_from_db()
        return job

    def test_is_rendered_by_a_job_and_downloaded(self, login, router):
        factory.make_sheet(router, **CONTENT)
        viewer = login("viewer")

        response = self.ask(viewer)
        job = self.render()

        assert job.state == JobState.FINISHED
        assert response["Location"] == f"/components/asset-router/reports/{job.pk}/"
        page = viewer.get(response["Location"]).content.decode()
        assert "<h1>Operations sheet as a PDF</h1>" in page
        assert "asset-router-2026-11-20-operations.pdf" in page
        file = viewer.get(f"{response['Location']}report.pdf")
        assert file["Content-Type"] == "application/pdf"
        text = PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
        assert "Asset router: operations sheet" in text
        assert "Version 1 by" in text

    def test_the_same_content_is_rendered_once(self, editor, component):
        factory.make_sheet(component, **CONTENT)
        self.ask(editor)
        self.render()

        self.ask(editor)

        assert ReportJob.objects.filter(state=JobState.FINISHED).count() == 2
        assert ReportFile.objects.count() == 1

    def test_another_version_or_paper_is_another_file(self, editor, component):
        keys = set()
        for asked in ({}, {"paper": "letter"}, {}):
            factory.make_sheet(component, contacts=[{"who": f"{len(keys)}", "how": "x"}])
            self.ask(editor, **asked)
            job = ReportJob.objects.latest("pk")
            report_jobs.report_task(job.pk)
            job.refresh_from_db()
            keys.add(job.file.key)

        assert len(keys) == 3

    def test_there_is_no_other_paper(self, editor, component):
        assert self.ask(editor, paper="a3").status_code == 404

    def test_one_that_failed_can_be_tried_again(self, editor, component):
        self.ask(editor, paper="letter")
        ReportJob.objects.update(state=JobState.FAILED, message="It broke.")

        page = editor.get(f"/components/asset-router/reports/{ReportJob.objects.get().pk}/")

        html = page.content.decode()
        assert f'action="{BASE}pdf/"' in html
        assert 'name="paper" value="letter"' in html

    def test_is_no_format_of_a_gap_report(self, editor, component):
        address = "/components/asset-router/reports/"

        assert editor.post(address, {"format": "sheet"}).status_code == 404
        assert 'value="sheet"' not in editor.get("/components/asset-router/").content.decode()
