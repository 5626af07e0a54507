from __future__ import annotations

import hashlib
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from readiness.evidence.actions import EvidenceGone, add_file, add_link, add_version
from readiness.models import Component, Evidence, EvidenceFile, Requirement
from tests.factory import NOW

URL = "/components/asset-router/requirements/c-0-0/evidence/"
HTMX = {"HX-Request": "true", "HX-Target": "evidence--c-0-0"}
pytestmark = pytest.mark.usefixtures("people")


def upload(name="drill.txt", content=b"It held.\n"):
    return SimpleUploadedFile(name, content, content_type="text/html")


def kept(people, content=b"It held.\n", filename="drill.txt", criterion="c-0-0"):
    requirement = Requirement.objects.get(criterion__slug=criterion)
    return add_file(
        requirement=requirement,
        filename=filename,
        content=content,
        title="",
        by=people["editor"],
        now=NOW,
    )


class TestLink:
    def test_is_added_once(self, editor):
        for _ in range(2):
            response = editor.post(f"{URL}link/", {"url": "https://wiki.example/a", "title": "A"})

        assert response["Location"] == URL
        assert (Evidence.objects.get().title, Evidence.objects.get().kind) == ("A", "link")
        assert 'href="https://wiki.example/a" rel="noopener' in editor.get(URL).content.decode()

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "javascript:alert(1)",
            "ftp://files.example/a",
            "https://ann:secret@wiki.example/",
            "https://ann@wiki.example/",
            f"https://wiki.example/{'a' * 500}",
        ],
    )
    def test_of_another_kind_is_refused_beside_the_field(self, editor, url):
        response = editor.post(f"{URL}link/", {"url": url, "title": "Kept"}, headers=HTMX)

        html = response.content.decode()
        assert response.status_code == 422
        assert 'aria-invalid="true"' in html
        assert 'value="Kept"' in html
        assert not Evidence.objects.exists()


class TestFile:
    def test_is_kept_whole(self, editor, people):
        editor.post(f"{URL}file/", {"file": upload(), "title": ""})

        file = EvidenceFile.objects.get()
        assert bytes(file.content) == b"It held.\n"
        assert (file.version, file.size, file.filename) == (1, 9, "drill.txt")
        assert file.sha256 == hashlib.sha256(b"It held.\n").hexdigest()
        assert file.content_type == "text/plain; charset=utf-8"
        assert (file.evidence.title, file.added_by) == ("drill.txt", people["editor"])

    def test_of_the_same_content_is_kept_once(self, editor):
        for name in ("a.txt", "b.txt"):
            editor.post(f"{URL}file/", {"file": upload(name)})

        assert EvidenceFile.objects.get().filename == "a.txt"

    @pytest.mark.parametrize(
        ("file", "says"),
        [
            (None, "This field is required."),
            (upload(content=b""), "This file is empty."),
            (upload("page.html", b"<p>"), "Only these can be kept: pdf"),
            (upload("page.pdf", b"<p>"), "but what is in it is not a PDF."),
            (upload(content=b"x" * 1_000_001), "The file is longer than 1 MB."),
        ],
    )
    def test_that_does_not_fit_is_refused_beside_the_field(self, editor, settings, file, says):
        settings.EVIDENCE_MAX_MB = 1

        response = editor.post(f"{URL}file/", {"file": file} if file else {}, headers=HTMX)

        assert response.status_code == 422
        assert says in response.content.decode()
        assert not Evidence.objects.exists()

    def test_cannot_be_changed_or_deleted(self, people):
        file = kept(people)

        with pytest.raises(IntegrityError), transaction.atomic():
            EvidenceFile.objects.update(content=b"It broke.")
        with pytest.raises(IntegrityError), transaction.atomic():
            file.delete()


class TestVersion:
    def post(self, client, file, content):
        name = f"version-{file.evidence_id}-file"
        return client.post(
            f"{URL}{file.evidence_id}/file/", {name: upload(content=content)}, headers=HTMX
        )

    def test_follows_the_one_before_and_the_same_is_the_same(self, editor, people):
        file = kept(people)

        self.post(editor, file, b"It held again.\n")
        html = self.post(editor, file, b"It held again.\n").content.decode()

        assert [f.version for f in file.evidence.files.all()] == [2, 1]
        assert html.index("version 2") < html.index("Earlier versions") < html.index("version 1")

    def test_that_does_not_fit_is_refused_beside_its_field(self, editor, people):
        file = kept(people)

        response = self.post(editor, file, b"\x00")

        assert response.status_code == 422
        assert f'id="id_version-{file.evidence_id}-file-error"' in response.content.decode()

    def test_of_a_link_or_of_what_was_withdrawn_is_404(self, editor, people):
        requirement = Requirement.objects.get(criterion__slug="c-0-0")
        link = add_link(
            requirement=requirement, url="https://a.example", title="", by=people["editor"], now=NOW
        )

        with pytest.raises(EvidenceGone):
            add_version(evidence=link, filename="a.txt", content=b"a", by=people["editor"], now=NOW)
        assert editor.post(
            f"{URL}{link.pk}/file/", {f"version-{link.pk}-file": upload()}
        ).status_code == 404  # fmt: skip


class TestWithdraw:
    def test_hides_it_behind_a_note_and_keeps_it(self, editor, people):
        file = kept(people)
        url = f"{URL}{file.evidence_id}/"

        editor.post(f"{url}withdraw/", {f"withdraw-{file.evidence_id}-because": "Wrong file."})
        editor.post(f"{url}withdraw/", {f"withdraw-{file.evidence_id}-because": "Another reason."})

        html = editor.get(URL).content.decode()
        assert "withdrawn" in html
        assert "by Editor. Wrong file." in html
        assert file.sha256 not in html
        assert editor.get(f"{url}1/").status_code == 404
        assert bytes(EvidenceFile.objects.get().content) == b"It held.\n"

    def test_needs_a_reason(self, editor, people):
        file = kept(people)

        response = editor.post(f"{URL}{file.evidence_id}/withdraw/")

        assert response.status_code == 422
        assert "Say why, in a few words." in response.content.decode()

    def test_lets_the_same_content_be_added_anew(self, editor, people):
        file = kept(people)
        editor.post(
            f"{URL}{file.evidence_id}/withdraw/", {f"withdraw-{file.evidence_id}-because": "Oops."}
        )

        assert kept(people).evidence_id != file.evidence_id


class TestDownload:
    def test_is_saved_and_never_shown(self, login, people):
        file = kept(people, filename="Übung “1”.md")

        response = login("viewer").get(f"{URL}{file.evidence_id}/1/")

        assert response.content == b"It held.\n"
        name = quote("Übung “1”.md", safe="")
        assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
        assert response["Content-Type"] == "text/markdown; charset=utf-8"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox"

    def test_is_for_members_also_where_everybody_may_read(self, login, people):
        file = kept(people)
        Component.objects.update(visible_to_organisation=True)
        stranger = login("stranger")

        assert stranger.get(f"{URL}{file.evidence_id}/1/").status_code == 403
        html = stranger.get(URL).content.decode()
        assert "drill.txt" in html
        assert f"{file.evidence_id}/1/" not in html

    def test_of_another_requirement_or_version_is_404(self, editor, people):
        file = kept(people)
        elsewhere = URL.replace("c-0-0", "c-0-1")

        assert editor.get(f"{elsewhere}{file.evidence_id}/1/").status_code == 404
        assert editor.get(f"{URL}{file.evidence_id}/2/").status_code == 404


@pytest.mark.parametrize("number", [1, 3, 75])
def test_list_takes_six_queries_and_no_content(editor, people, number, django_assert_num_queries):
    for n in range(number):
        kept(people, content=f"Drill {n}".encode())

    with django_assert_num_queries(6) as captured:
        response = editor.get(URL, headers=HTMX)

    assert response.content.decode().count("SHA-256") == number
    assert not any('"content"' in query["sql"] for query in captured.captured_queries)
