"""What every form says that writes a criterion."""

from __future__ import annotations

from typing import Any

from django import forms

from readiness.fields import Words
from readiness.models import Catalog, Topic

# As long as in a catalog's file.
LINE, PROSE = 160, 2000
WEIGHTS = [(weight, f"{weight} of 5") for weight in range(1, 6)]


class CriterionForm(forms.Form):
    """A criterion in a topic of a catalog."""

    title = forms.CharField(
        label="Criterion",
        max_length=LINE,
        help_text="What is so when it is met, such as: The night shift has rolled back once.",
    )
    topic = forms.ModelChoiceField(Topic.objects.none(), label="Topic", empty_label="Choose one")
    question = forms.CharField(
        label="Question",
        max_length=LINE,
        required=False,
        help_text="What one asks to find out. Empty: “Is it so: ...?” with the criterion.",
    )
    why = Words(3, label="Why it matters", required=True, max_length=PROSE)
    evidence = Words(
        2,
        label="What proves it",
        required=True,
        max_length=PROSE,
        help_text="What somebody shows who says that it is done.",
    )
    weight = forms.TypedChoiceField(label="Weight", choices=WEIGHTS, coerce=int, initial=3)

    def __init__(self, *args: Any, catalog: Catalog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = catalog.topics.filter(retired_at=None)
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        return said | {"question": said["question"] or question_of(said["title"])}


def question_of(title: str) -> str:
    """Return the question that a criterion answers as long as nobody wrote one."""
    asked = f"Is it so: {title.strip().rstrip('.?!')}"
    return f"{asked}?" if len(asked) < LINE else f"{asked[: LINE - 4]}...?"
