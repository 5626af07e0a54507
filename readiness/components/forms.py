"""Forms for components and for the requirement of one criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from django import forms
from django.db.models import QuerySet
from django.utils.text import slugify
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from readiness.aws.parameter_groups import GROUPS
from readiness.aws.parameters import ComponentParameters, problems
from readiness.components.platforms import platform_problems
from readiness.models import Blueprint, Catalog, Component, Team

PREFIX = "aws_"


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """Parameter fields under one heading, which may be folded."""

    title: str
    says: str
    fields: list[forms.BoundField]
    given: int  # how many have another value than the one that they have by themselves
    is_open: bool


class ComponentForm(forms.ModelForm[Component]):
    """A component and its parameters. The parameter fields are made from ComponentParameters, which
    also validates them: a new parameter needs no line here."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Component
        fields = (
            "name",
            "team",
            "catalog",
            "blueprint",
            "kind",
            "description",
            "risk_context",
            "criticality",
            "availability_target",
            "availability_window_days",
            "visible_to_organisation",
            "is_platform",
            "platforms",
        )
        labels = {
            "kind": "Kind",
            "description": "What it is",
            "risk_context": "Why it is risky here",
            "availability_target": "Availability, percent",
            "availability_window_days": "Over how many days",
            "visible_to_organisation": "Everybody with an account may read it",
            "is_platform": "It is a platform: others may inherit its decisions",
            "platforms": "Platforms that it stands on",
        }
        help_texts = {
            "kind": "In a word or two, such as Lambda@Edge.",
            "description": "For somebody who has never heard of it. Markdown.",
            "risk_context": "What breaks for whom, and why that is likely. Markdown.",
            "availability_target": "Such as 99.99.",
            "blueprint": "Its translations become the statements. Suggestions stay suggestions.",
            "platforms": "Where one of them has decided, the decision can be inherited.",
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "risk_context": forms.Textarea(attrs={"rows": 3}),
            "platforms": forms.CheckboxSelectMultiple,
        }

    def __init__(
        self,
        *args: Any,
        teams: QuerySet[Team],
        platforms: QuerySet[Component],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer(platforms)
        self._choose("team", teams)
        self._choose(
            "blueprint", Blueprint.objects.filter(retired_at=None), empty="None: we write our own"
        )
        self._choose("catalog", Catalog.objects.all())
        if self.instance.pk:
            # Its requirements came from these; another catalog is another component.
            del self.fields["catalog"], self.fields["blueprint"]
        if target := self.initial.get("availability_target"):
            self.initial["availability_target"] = target.normalize()
        given = self.instance.parameters
        for name, field in ComponentParameters.model_fields.items():
            self.fields[PREFIX + name] = _form_field(field)
            self.initial.setdefault(PREFIX + name, _as_text(given.get(name, field.default)))

    def _choose(self, name: str, queryset: QuerySet[Any], empty: str | None = None) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = queryset
            field.empty_label = empty

    def _offer(self, platforms: QuerySet[Component]) -> None:
        """Offer these platforms, and those that it stands on whoever may read them."""
        chosen = self.instance.platforms.values_list("pk", flat=True) if self.instance.pk else ()
        self.initial["platforms"] = [str(pk) for pk in chosen]
        offered = platforms | Component.objects.filter(pk__in=chosen)
        self._choose("platforms", offered.exclude(pk=self.instance.pk).distinct())

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        typed = {
            name: self.data.get(self.add_prefix(PREFIX + name), "")
            for name in ComponentParameters.model_fields
        }
        try:
            parameters = ComponentParameters.model_validate(typed)
            self.parameters = parameters.model_dump(mode="json", exclude_defaults=True)
        except ValidationError as error:
            for name, sentences in problems(error).items():
                self.add_error(PREFIX + name, sentences)
        blueprint = said.get("blueprint")
        if blueprint and blueprint.catalog != said.get("catalog"):
            self.add_error("blueprint", "This blueprint translates another catalog.")
        wrong = platform_problems(
            self.instance if self.instance.pk else None,
            is_platform=said.get("is_platform", False),
            platforms=said.get("platforms", ()),
        )
        self.blame(wrong)
        if not self.instance.pk and not slugify(said.get("name", "")):
            self.add_error("name", "Use at least one letter or digit.")
        return said

    @property
    def values(self) -> dict[str, Any]:
        """What to write: the model's fields that the form has, and the parameters."""
        own = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}
        return own | {"parameters": self.parameters}

    def blame(self, problems: dict[str, str]) -> None:
        """Say beside each field what is wrong with it."""
        for name, sentence in problems.items():
            self.add_error(name, sentence)

    def show_theirs(self, current: Component) -> None:
        """After a lost race: say field by field what somebody else has saved meanwhile."""
        theirs = ComponentForm(
            instance=current, teams=Team.objects.all(), platforms=Component.objects.none()
        )
        self.changed_since = [
            {"label": field.label, "theirs": _words(theirs[field.name])}
            for field in (*self.plain_fields, *self.parameter_fields)
            if str(_words(theirs[field.name]) or "") != str(_words(field) or "")
        ]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields if name in self.fields]

    @property
    def parameter_fields(self) -> list[forms.BoundField]:
        return [self[PREFIX + name] for name in ComponentParameters.model_fields]

    @property
    def parameter_groups(self) -> list[ParameterGroup]:
        """Open where something is given or wrong; if that is nowhere, the first is open."""
        groups = [[self[PREFIX + name] for name in group.names] for group in GROUPS]
        given = [sum(map(_is_given, fields)) for fields in groups]
        wrong = [any(field.errors for field in fields) for fields in groups]
        first = not any(given) and not any(wrong)
        return [
            ParameterGroup(
                title=group.title,
                says=group.says,
                fields=groups[n],
                given=given[n],
                is_open=bool(given[n]) or wrong[n] or (first and n == 0),
            )
            for n, group in enumerate(GROUPS)
        ]


def _form_field(field: FieldInfo) -> forms.Field:
    """A form field for a parameter: choices for a Literal, lines for lists and mappings, else text.

    It validates nothing: pydantic does, so that the command line and the web say the same.
    """
    annotation = field.annotation
    options: dict[str, Any] = {
        "label": field.title,
        "help_text": field.description,
        "required": False,
    }
    if get_origin(annotation) is Literal:
        return forms.ChoiceField(choices=[(v, v) for v in get_args(annotation)], **options)
    example = str((field.examples or [""])[0])
    if "tuple" in str(annotation) or "dict" in str(annotation):
        attrs = {"rows": 3, "placeholder": example, "class": "mono"}
        return forms.CharField(widget=forms.Textarea(attrs=attrs), **options)
    return forms.CharField(widget=forms.TextInput(attrs={"placeholder": example}), **options)


def _is_given(field: forms.BoundField) -> bool:
    default = ComponentParameters.model_fields[field.name.removeprefix(PREFIX)].default
    said = field.value()
    return said is not None and str(said).strip() != str(_as_text(default))


def _words(field: forms.BoundField) -> object:
    """A field's value as a person reads it: the names of what is ticked, not their numbers."""
    value = field.value()
    if not isinstance(field.field, forms.ModelMultipleChoiceField):
        return value
    rows = field.field.queryset or ()
    return ", ".join(str(row) for row in rows if str(row.pk) in (value or ()))


def _as_text(value: object) -> object:
    """A parameter as the person would type it."""
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {item}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return "" if value is None else value
