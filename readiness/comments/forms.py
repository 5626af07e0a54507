"""The one form of comments."""

from __future__ import annotations

from django import forms

from readiness.fields import Words


class CommentForm(forms.Form):
    text = Words(label="Comment", help_text="Markdown. @username names who should read it.")

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError("Write something first.")
        return text
