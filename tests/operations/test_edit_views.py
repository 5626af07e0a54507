"""A sheet is written and changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.models import SheetVersion
from readiness.operations.forms import ContactForm, ErrorStateForm, LinkForm, OptionForm, SheetForm
from readiness.operations.sheet import parse_sheet
from tests import factory
from tests.factory import NOW
from tests.operations.examples import BASE, CONTENT, proposal, scenario

pytestmark = pytest.mark.usefixtures("today")
SECTION_OF = {form: name for name, _, form in SheetForm.SECTIONS}


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
