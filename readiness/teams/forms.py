from __future__ import annotations

from django import forms
from django.db.models import Q
from django.utils.text import slugify

from readiness.models import Role, User


class TeamForm(forms.Form):
    name = forms.CharField(
        label="Name", max_length=100, help_text="As people say it, such as Edge team."
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not slugify(name):
            raise forms.ValidationError("Use at least one letter or digit.")
        return name


class MemberForm(forms.Form):
    """Somebody who has an account, by user name or e-mail, and a role."""

    who = forms.CharField(label="User name or e-mail", max_length=254)
    role = forms.TypedChoiceField(choices=Role, coerce=lambda value: Role(int(value)))

    def clean_who(self) -> User:
        typed = self.cleaned_data["who"].strip()
        found = User.objects.filter(Q(username=typed) | Q(email__iexact=typed), is_active=True)[:2]
        if len(found) != 1:
            raise forms.ValidationError(
                "Nobody with an account is called that."
                if not found
                else "Several people have this e-mail: give the user name."
            )
        return found[0]


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(choices=Role, coerce=lambda value: Role(int(value)))
