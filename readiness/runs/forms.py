"""Forms for schedules, recordings and tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from readiness.aws.recording import MAX_BYTES
from readiness.models import Every
from readiness.runs.schedules import CronRefused, refuse_too_often

LIVES = {"30": "30 days", "90": "90 days", "365": "A year", "": "Until it is revoked"}


class ScheduleForm(forms.Form):
    every = forms.ChoiceField(label="Look at AWS", choices=Every)
    cron = forms.CharField(
        label="Cron line",
        max_length=100,
        required=False,
        help_text="Minute, hour, day, month, weekday: 30 6 * * 1-5 is half past six on workdays.",
        widget=forms.TextInput(attrs={"class": "mono", "placeholder": "30 6 * * 1-5"}),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("every") == Every.CRON:
            line = given.get("cron", "").strip()
            try:
                refuse_too_often(line, timezone.now())
            except CronRefused as error:
                self.add_error("cron", str(error))
        return given


class RecordingForm(forms.Form):
    file = forms.FileField(
        label="Recording",
        help_text="A file that manage.py record_aws made: JSON, 20 MB at most.",
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(f"The file is longer than {MAX_BYTES // 1_000_000} MB.")
        return file


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=100, help_text="Who will use it, such as Deploy pipeline of the router."
    )
    lives = forms.ChoiceField(
        label="Works for", choices=list(LIVES.items()), required=False, initial="365"
    )

    def expires_at(self, now: datetime) -> datetime | None:
        lives = self.cleaned_data["lives"]
        return now + timedelta(days=int(lives)) if lives else None
