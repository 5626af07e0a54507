"""Forms for AWS accounts, for grants, and for the accounts that a component uses."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import slugify

from readiness.aws.fetch import HOME_REGIONS
from readiness.aws.registry import CHECKS
from readiness.aws.role_arn import RoleArn
from readiness.aws.session_policy import FOLLOWERS
from readiness.models import AccountWay, AwsAccount, Team

PROFILE = re.compile(r"[A-Za-z0-9_.@:/+=-]{1,100}")
SERVICE = "service_"
#: Titles of services whose name in boto3 says little.
TITLES = {
    "acm": "Certificates (ACM)",
    "ce": "Cost Explorer",
    "cloudfront": "CloudFront",
    "cloudformation": "CloudFormation",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "codepipeline": "CodePipeline",
    "firehose": "Data Firehose",
    "iam": "IAM",
    "logs": "CloudWatch Logs",
    "route53": "Route 53",
    "s3": "S3",
    "service-quotas": "Service Quotas",
    "sns": "SNS",
}


class AccountForm(forms.ModelForm[AwsAccount]):
    """An AWS account. What only the operator of the installation may say is left out for others:
    its own credentials are everybody's, and no external id guards them."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    partition = forms.ChoiceField(
        choices=[(each, each) for each in HOME_REGIONS],
        required=False,
        help_text="aws, but for China and GovCloud.",
    )

    class Meta:
        model = AwsAccount
        fields = ("name", "team", "way", "role_arn", "profile", "partition")
        labels = {
            "team": "Looked after by",
            "way": "Way in",
            "role_arn": "ARN of the role",
            "profile": "Name of the profile",
        }
        help_texts = {
            "name": "As your team calls it, such as Edge delivery.",
            "team": "Its admins change this account and grant it to other teams.",
            "role_arn": "The role need not exist yet: you get a template that makes it.",
            "profile": "From the AWS configuration of the machine that workers run on.",
        }
        error_messages = {"name": {"unique": "There is an account of this name already."}}

    def __init__(self, *args: Any, teams: QuerySet[Team], operator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        if isinstance(team, forms.ModelChoiceField):
            team.queryset, team.empty_label = teams, None
        self.fields["role_arn"].widget = forms.TextInput(
            attrs={"class": "mono", "placeholder": "arn:aws:iam::123456789012:role/readiness"}
        )
        if self.instance.pk:
            del self.fields["team"]  # who owns it holds its grants
        if operator:
            return
        for name in ("way", "profile", "partition"):
            del self.fields[name]
        if self.instance.pk and self.instance.way != AccountWay.ROLE:
            del self.fields["role_arn"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not slugify(name):
            raise forms.ValidationError("Use at least one letter or digit.")
        return name

    def clean(self) -> dict[str, Any]:
        super().clean()
        said = self.cleaned_data
        way = said.get("way") or self.instance.way or AccountWay.ROLE
        # What belongs to another way is not kept.
        self.place = {"way": way, "role_arn": "", "profile": ""}
        if way == AccountWay.ROLE:
            self._clean_role()
        else:
            self._clean_own(way)
        return said

    def _clean_role(self) -> None:
        arn = self.cleaned_data.get("role_arn", "")
        try:
            role = RoleArn.parse(arn)
        except ValueError as error:
            self.add_error("role_arn", str(error))
        else:
            found = {"partition": role.partition, "account_id": role.account_id}
            self.place |= {"role_arn": arn} | found

    def _clean_own(self, way: str) -> None:
        """A way by the installation's own credentials. A test finds out where it leads."""
        profile = self.cleaned_data.get("profile", "") if way == AccountWay.PROFILE else ""
        if (
            way == AccountWay.PROFILE
            and "profile" in self.fields
            and not PROFILE.fullmatch(profile)
        ):
            sentence = "A profile's name has letters, digits and _ . @ : / + = -, and no spaces."
            self.add_error("profile", sentence)
        elsewhere = {"way", "profile", "partition"} & set(self.changed_data)
        self.place |= {
            "profile": profile,
            "partition": self.cleaned_data.get("partition") or self.instance.partition,
            "account_id": "" if elsewhere else self.instance.account_id,
        }

    @property
    def values(self) -> dict[str, Any]:
        """What to write: only what this form may say."""
        said = self.cleaned_data
        own = {name: said[name] for name in ("name", "team") if name in self.fields}
        return own | (self.place if "role_arn" in self.fields else {})

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields if name in self.fields]

    def show_theirs(self, current: AwsAccount) -> None:
        """After a lost race: say field by field what somebody else has saved meanwhile."""
        self.changed_since = [
            {"label": field.label, "theirs": getattr(current, field.name)}
            for field in self.shown_fields
            if str(getattr(current, field.name)) != str(field.value() or "")
        ]


class GrantForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects.none(), empty_label="Choose a team")

    def __init__(self, *args: Any, account: AwsAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Team.objects.exclude(account_grants__account=account)


class ComponentAccountsForm(forms.Form):
    """One account for everything, and others for single services."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        accounts: QuerySet[AwsAccount],
        chosen: dict[str, AwsAccount],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = set(accounts)
        self.chosen = chosen
        self.fields["everything"] = _choice(
            accounts, "Every service", "None: the credentials of this installation", chosen.get("")
        )
        services = {service for check in CHECKS.values() for service, _ in check.reads}
        offered = (services | set(chosen)) - {"", *FOLLOWERS}
        titles = {service: TITLES.get(service, service.title()) for service in offered}
        self.services = sorted(titles, key=lambda service: titles[service].lower())
        for service in self.services:
            self.fields[SERVICE + service] = _choice(
                accounts, titles[service], "As every service", chosen.get(service)
            )

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        single = [service for service in self.services if said.get(SERVICE + service)]
        if single and not said.get("everything") and not self.errors:
            sentence = "Choose one for every service, too: only some services have one below."
            self.add_error("everything", sentence)
        return said

    @property
    def by_service(self) -> dict[str, AwsAccount]:
        said = self.cleaned_data
        chosen = {service: said[SERVICE + service] for service in self.services}
        return {s: a for s, a in ({"": said["everything"]} | chosen).items() if a}

    @property
    def taken_away(self) -> list[str]:
        """The accounts that were chosen and may not be used any more."""
        return sorted({each.name for each in self.chosen.values() if each not in self.accounts})

    @property
    def service_fields(self) -> list[forms.BoundField]:
        return [self[SERVICE + service] for service in self.services]


def _choice(
    accounts: QuerySet[AwsAccount], label: str, empty: str, chosen: AwsAccount | None
) -> forms.ModelChoiceField[AwsAccount]:
    return forms.ModelChoiceField(
        accounts, label=label, empty_label=empty, required=False, initial=chosen
    )
