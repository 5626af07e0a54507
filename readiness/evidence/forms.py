"""Forms for evidence: a link, a file, a note on what is withdrawn."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from readiness.evidence.kinds import KINDS, FileRefused, content_type_of


class LinkForm(forms.Form):
    url = forms.URLField(
        label="Address",
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": "Give a whole address, such as https://wiki.example/runbook."},
    )
    title = forms.CharField(label="Title", max_length=200, required=False)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise forms.ValidationError("Only addresses of the web: http or https.")
        if parts.username is not None or parts.password is not None:
            raise forms.ValidationError("Leave the user name and the password out of the address.")
        return url


class FileForm(forms.Form):
    """Binds a file to its name and content; `title` may be left empty."""

    file = forms.FileField(
        label="File", max_length=200, widget=forms.FileInput, allow_empty_file=True
    )
    title = forms.CharField(label="Title", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.widget.attrs["accept"] = ",".join(f".{ending}" for ending in KINDS)
        field.help_text = f"{', '.join(KINDS)}; {settings.EVIDENCE_MAX_MB} MB at most."

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.EVIDENCE_MAX_MB * 1_000_000:
            raise forms.ValidationError(f"The file is longer than {settings.EVIDENCE_MAX_MB} MB.")
        self.content = file.read()
        try:
            content_type_of(file.name or "", self.content)
        except FileRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        return file

    @property
    def kept(self) -> dict[str, Any]:
        """What the action takes: the file's name and its bytes."""
        return {"filename": self.cleaned_data["file"].name, "content": self.content}


class WithdrawForm(forms.Form):
    because = forms.CharField(
        label="Why", max_length=500, error_messages={"required": "Say why, in a few words."}
    )
