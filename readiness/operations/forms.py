"""The form of an operations sheet: four sections of rows, and the form that finds a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator
from django.forms.formsets import BaseFormSet, formset_factory

from readiness.drills.queries import scenarios_for
from readiness.fields import Words
from readiness.models import Component
from readiness.operations.edge import Location, NotALocation, parse_location
from readiness.operations.find import NotARequestId, RequestId, parse_request_id
from readiness.operations.sheet import (
    ADDRESS,
    LINE,
    MOST_MINUTES,
    MOST_ROWS,
    PROSE,
    OptionKind,
    Sheet,
    parse_sheet,
    web_address,
)
from readiness.reports.plain_text import without_control_characters

EMPTY_ROWS = 3


def _plain(text: str) -> None:
    if text != without_control_characters(text):
        raise forms.ValidationError("Leave out the control characters.")


def _line(label: str, missing: str = "", **kwargs: Any) -> forms.CharField:
    """One line of text; it may be left empty where `missing` says nothing."""
    return forms.CharField(
        label=label,
        max_length=LINE,
        required=bool(missing),
        error_messages={"required": missing},
        validators=[_plain],
        **kwargs,
    )


def _prose(label: str, rows: int = 2) -> Words:
    return Words(rows, label=label, validators=[MaxLengthValidator(PROSE), _plain])


class OptionForm(forms.Form):
    kind = forms.ChoiceField(
        label="Kind",
        choices=[("", "Choose"), *((kind.value, kind.word) for kind in OptionKind)],
        error_messages={"required": "Choose a kind."},
    )
    title = _line("What is done", "Say what is done.")
    who = _line("Who may choose it")
    scenario = forms.ChoiceField(
        label="Drill scenario",
        required=False,
        help_text="Says when it was last rehearsed.",
    )
    how = _prose("How, step by step", 3)
    effect = _prose("Effect, and what it costs", 3)
    minutes = forms.IntegerField(
        label="Minutes to effect",
        min_value=0,
        max_value=MOST_MINUTES,
        required=False,
        help_text="Measured. Else leave it empty.",
    )


class LinkForm(forms.Form):
    title = _line("What is there", "Say what is there.")
    url = forms.CharField(
        label="Address",
        max_length=ADDRESS,
        widget=forms.URLInput,
        error_messages={"required": "Give an address."},
    )
    note = _line("Note")

    def clean_url(self) -> str:
        try:
            return web_address(self.cleaned_data["url"])
        except ValueError:
            raise forms.ValidationError("Give an address that begins with https://.") from None


class ErrorStateForm(forms.Form):
    symptom = _line("Symptom", "Say what is seen.")
    where = _prose("Where visible")
    cause = _prose("Likely cause")
    action = _prose("Action")


class ContactForm(forms.Form):
    who = _line("Who", "Say who.")
    how = _line("How to reach them", "Say how to reach them.")
    when = _line("When")


class SheetForm:
    """All rows of a sheet, the number of the version they began from, and why they changed."""

    SECTIONS = (
        ("options", "Options for action", OptionForm),
        ("links", "Own links", LinkForm),
        ("error_states", "Known error states", ErrorStateForm),
        ("contacts", "On call and escalation", ContactForm),
    )

    ROWS: ClassVar = {
        "too_many_forms": f"A section has at most {MOST_ROWS} rows.",
        "missing_management_form": "This section came incomplete; load the page again.",
    }

    def __init__(
        self,
        component: Component,
        *,
        sheet: Sheet | None = None,
        base: int = 0,
        sent: Mapping[str, Any] | None = None,
    ) -> None:
        """A form of `sheet`, with empty rows below; or of what was `sent`."""
        content = (sheet or Sheet()).as_json()
        self.sections = []
        for name, title, row in self.SECTIONS:
            rows = formset_factory(
                row,
                extra=EMPTY_ROWS,
                can_delete=True,
                can_order=True,
                max_num=MOST_ROWS,
                absolute_max=MOST_ROWS + EMPTY_ROWS,
                validate_max=True,
            )
            initial = None if sent is not None else content[name]
            form = rows(sent, prefix=name, initial=initial, error_messages=self.ROWS)
            self.sections.append((title, form))
        self._offer_scenarios(component)
        self.meta = SheetNoteForm(sent, initial={"base": base})

    def _offer_scenarios(self, component: Component) -> None:
        known = dict(scenarios_for(component).values_list("slug", "title"))
        options = self.sections[0][1]
        for form in options.forms:
            # One that was retired, or that a blueprint names and nobody has loaded, stays chosen.
            chosen = form["scenario"].value() or ""
            other = {} if chosen in known or not _is_slug(chosen) else {chosen: chosen}
            if isinstance(field := form.fields["scenario"], forms.ChoiceField):
                field.choices = [("", "None"), *(known | other).items()]

    def is_valid(self) -> bool:
        return all([self.meta.is_valid(), *(rows.is_valid() for _, rows in self.sections)])

    @property
    def has_errors(self) -> bool:
        return bool(self.meta.errors) or any(rows.total_error_count() for _, rows in self.sections)

    @property
    def sheet(self) -> Sheet:
        """What the form says, once it is valid."""
        return parse_sheet(
            {
                name: [*_rows(rows)]
                for (name, _, _), (_, rows) in zip(self.SECTIONS, self.sections, strict=True)
            }
        )


def _is_slug(text: str) -> bool:
    try:
        parse_sheet({"options": [{"kind": "other", "title": "x", "scenario": text}]})
    except ValueError:
        return False
    return True


def _rows(rows: BaseFormSet[Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows that were kept, in their order; those in which nothing was typed are none."""
    for form in rows.ordered_forms:
        said = form.cleaned_data
        yield {name: said[name] for name in form.base_fields if said[name] is not None}


class SheetNoteForm(forms.Form):
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Why",
        max_length=200,
        required=False,
        help_text="In a line, for the list of versions.",
    )


class FindForm(forms.Form):
    """The id of a request, and what is known of where and when it was."""

    DEFAULT_BACK = 3 * 60 * 60
    BACK = (
        (60 * 60, "1 hour"),
        (DEFAULT_BACK, "3 hours"),
        (12 * 60 * 60, "12 hours"),
        (24 * 60 * 60, "1 day"),
        (7 * 24 * 60 * 60, "1 week"),
        (30 * 24 * 60 * 60, "30 days"),
    )
    id = forms.CharField(
        label="Request id",
        max_length=200,
        help_text="The header x-amz-cf-id of the answer, or the id in a line of the log.",
        error_messages={"required": "Give the id of a request."},
    )
    location = forms.CharField(
        label="Edge location",
        max_length=40,
        required=False,
        help_text="The header x-amz-cf-pop, such as FRA56-P4.",
    )
    back = forms.TypedChoiceField(
        label="How far back",
        choices=BACK,
        coerce=int,
        initial=DEFAULT_BACK,
        required=False,
    )

    def __init__(self, sent: Mapping[str, Any] | None = None) -> None:
        """An empty form, or that of an address, in which how far back may be left out."""
        super().__init__({"back": str(self.DEFAULT_BACK)} | dict(sent.items()) if sent else None)
        for name in ("id", "location"):
            self.fields[name].widget.attrs |= {
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
            }

    def clean_id(self) -> RequestId:
        try:
            return parse_request_id(self.cleaned_data["id"])
        except NotARequestId as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean_location(self) -> Location | None:
        text = self.cleaned_data["location"]
        try:
            return parse_location(text) if text else None
        except NotALocation as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean_back(self) -> int:
        return self.cleaned_data["back"] or self.DEFAULT_BACK
