from __future__ import annotations

import json
from io import StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pypdf import PdfReader

from readiness import append_only
from readiness.aws.iam_policy import action_of
from readiness.aws.registry import applicable
from readiness.models import Decision
from tests import factory


def output(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


class TestVerifyLedger:
    def test_says_how_many_entries_are_whole(self, component):
        factory.make_decision(component, "c-0-0")
        factory.make_decision(component, "c-0-0", "build")

        assert output("verify_ledger") == "2 entries, all as they were written."

    def test_ends_with_the_first_broken_entry(self, component):
        factory.make_decision(component, "c-0-0")
        factory.make_decision(component, "c-0-1")
        with connection.cursor() as cursor:
            for statement in append_only.drop("readiness_decision", connection.vendor):
                cursor.execute(statement)
        Decision.objects.update(evidence="It was always so.")

        with pytest.raises(CommandError, match=r"^asset-router/c-0-0 number 1: its content"):
            output("verify_ledger")


class TestExportReport:
    def test_writes_json(self, component, tmp_path):
        path = tmp_path / "report.json"

        said = output("export_report", "asset-router", "--format", "json", "--output", path)

        data = json.loads(path.read_text())
        assert said.startswith(f"{path}: ")
        assert [r["standing"] for r in data["requirements"]] == ["undecided"] * 6
        assert len(data["digest"]) == 64

    @pytest.mark.parametrize("wanted", ["xlsx", "csv", "md", "html"])
    def test_writes_what_the_page_offers(self, component, tmp_path, wanted):
        path = tmp_path / f"report.{wanted}"

        said = output("export_report", "asset-router", "--format", wanted, "--output", path)

        assert said == f"{path}: {path.stat().st_size:,} bytes."
        assert path.read_bytes().startswith(
            {"xlsx": b"PK", "csv": b"\xef\xbb\xbf", "md": b"# ", "html": b"<!doctype"}[wanted]
        )

    def test_prints_json(self, component):
        printed = output("export_report", "asset-router", "--format", "json", "--output", "-")

        assert json.loads(printed)["counts"]["undecided"] == 6

    def test_writes_decisions_as_a_folder(self, component, tmp_path):
        factory.make_decision(component, "c-0-0")
        path = tmp_path / "decisions.zip"

        output("export_report", "asset-router", "--format", "madr", "--output", path)

        with ZipFile(path) as archive:
            assert archive.namelist() == [
                "asset-router-decisions/README.md",
                "asset-router-decisions/0001-c-0-0.md",
            ]

    def test_writes_a_variant_of_the_pdf_on_a_paper(self, component, tmp_path):
        path = tmp_path / "two-pages.pdf"
        asked = ("--variant", "executive", "--paper", "letter")

        output("export_report", "asset-router", *asked, "--output", path)

        pages = PdfReader(path).pages
        assert [page.mediabox[2:] for page in pages] == [[612, 792]] * 2

    def test_writes_what_changed_into_a_pdf_for_the_archive(self, component, people, tmp_path):
        factory.make_milestone(component, by=people["editor"], name="Cut-over")
        path = tmp_path / "archive.pdf"
        asked = ("--variant", "executive", "--archival", "--since", "Cut-over")

        output("export_report", "asset-router", *asked, "--output", path)

        pdf = PdfReader(path)
        assert len(pdf.attachments) == 1
        assert "What changed since Cut-over" in pdf.pages[2].extract_text()

    @pytest.mark.parametrize(
        ("asked", "why"),
        [
            (("--variant", "topic:nope"), "no topic 'nope', but t-0"),
            (("--variant", "brief"), "no variant 'brief', but full, executive, decisions, topic"),
            (("--variant", "executive", "--format", "csv"), "Only a PDF has variants"),
            (("--archival", "--format", "csv"), "Only a PDF has variants"),
            (("--since", "Nope"), "no milestone 'Nope', but none"),
        ],
    )
    def test_says_which_variants_there_are(self, component, asked, why):
        with pytest.raises(CommandError, match=why):
            output("export_report", "asset-router", *asked, "--output", "x")

    def test_says_which_components_there_are(self, component):
        with pytest.raises(CommandError, match="no component 'nope'. Known: asset-router"):
            output("export_report", "nope", "--output", "x")

    def test_says_that_a_file_cannot_be_written(self, component, tmp_path):
        path = tmp_path / "nowhere" / "x.json"

        with pytest.raises(CommandError, match="cannot be written: No such file"):
            output("export_report", "asset-router", "--format", "json", "--output", path)


class TestAwsPolicy:
    def test_of_a_component_allows_what_its_checks_read_and_no_more(self, db):
        buckets = {"eu-west-1": "files-eu"}
        factory.make_component(parameters={"buckets": buckets})

        (statement,) = json.loads(output("aws_policy", "asset-router"))["Statement"]

        reads = {read for bound in applicable({"buckets": buckets}) for read in bound.check.reads}
        assert statement["Action"] == sorted({action_of(*read) for read in reads})
        assert "s3:GetBucketVersioning" in statement["Action"]
        assert not [action for action in statement["Action"] if action.startswith("lambda:")]

    def test_of_all_checks_has_no_wildcard_action(self, db):
        (statement,) = json.loads(output("aws_policy"))["Statement"]

        assert len(statement["Action"]) > 6
        assert [action for action in statement["Action"] if "*" in action] == []


class TestDoctor:
    def test_is_content_with_this_installation(self, component):
        assert output("doctor").splitlines()[-1].startswith("Readiness can serve")

    @pytest.mark.parametrize(
        ("break_it", "says"),
        [
            ({"SECRET_KEY_IS_MISSING": True}, "SECRET_KEY is not set."),
            ({"AWS_ENDPOINT_URL": "http://elsewhere.example"}, "does not point to this machine"),
            ({"MANIFEST_STATIC": True, "STATIC_ROOT": "/nowhere"}, "static files are not coll"),
        ],
    )
    def test_names_what_is_missing_with_its_fix(self, component, settings, break_it, says):
        for name, value in break_it.items():
            setattr(settings, name, value)
        out = StringIO()

        with pytest.raises(CommandError, match="could not serve: 1 missing"):
            call_command("doctor", stdout=out)

        assert says in out.getvalue()
        assert "Fix: " in out.getvalue()

    def test_notices_that_the_ledger_is_unprotected(self, component):
        with connection.cursor() as cursor:
            cursor.execute(append_only.drop("readiness_decision", connection.vendor)[0])

        out = StringIO()
        with pytest.raises(CommandError):
            call_command("doctor", stdout=out)

        assert "its triggers are gone" in out.getvalue()

    def test_notes_what_an_empty_installation_lacks(self, db):
        said = output("doctor")

        assert "No catalog is loaded." in said
        assert "There is no superuser" in said
        assert "No worker has done anything" in said
