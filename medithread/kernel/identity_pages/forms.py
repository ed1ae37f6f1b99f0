"""What the pages of identity ask for. Forms never save: they hand cleaned data to a verb."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.models import Person, Site
from medithread.kernel.identity.roles import ROLE_NAMES, Role
from medithread.kernel.verbs.people_tokens import LONGEST, SCOPES

ROLES = [(role.value, f"{ROLE_NAMES[role]} ({role.value})") for role in Role]
CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}
PASSWORD = {"autocomplete": "current-password", "class": "w-half"}


def people() -> "QuerySet[Person]":
    """Everybody who is here, by name."""
    found: QuerySet[Person] = Person.objects.filter(left_on=None).order_by("name", "id")
    return found


class Chosen(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person or a site by uid."""

    def __init__(self, queryset: Any, **options: Any) -> None:
        super().__init__(queryset, to_field_name="uid", **options)


def day(label: Any, **options: Any) -> forms.DateField:
    """A date as the browser picks it."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date", "class": "w-date"}), **options)


def why(label: Any = _("Why"), **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, **options)


def own_password() -> forms.CharField:
    """Asked again before secrets change."""
    return forms.CharField(label=_("Your password"), strip=False, widget=forms.PasswordInput(attrs=PASSWORD), help_text=_("To be sure that it is you."))


# --- sign-in ------------------------------------------------------------------------------------------------------------
class SignInForm(forms.Form):
    username = forms.CharField(label=_("Sign-in name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}))
    password = forms.CharField(label=_("Password"), strip=False, max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Code from your app, or a recovery code"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}))


class NameForm(forms.Form):
    username = forms.CharField(label=_("Sign-in name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}))


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"), strip=False, max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; four or five words that do not belong together are good."),
    )  # fmt: skip
    again = forms.CharField(label=_("The same again"), strip=False, max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two are not the same."))
        return data


class InvitedForm(NewPasswordForm):
    lost = forms.BooleanField(
        label=_("I also lost my phone or key: revoke all keys, sessions and tokens"), required=False,
        help_text=_("Signing then waits until a second person has verified who you are."),
    )  # fmt: skip


# --- my account ---------------------------------------------------------------------------------------------------------
class ChangePasswordForm(NewPasswordForm):
    old = forms.CharField(label=_("Present password"), strip=False, widget=forms.PasswordInput(attrs=PASSWORD))
    field_order = ("old", "password", "again")


class PasswordForm(forms.Form):
    own = own_password()


class AppForm(PasswordForm):
    code = forms.CharField(label=_("Six digits from the app"), max_length=7, widget=forms.TextInput(attrs=CODE))
    field_order = ("code", "own")


class PasskeyForm(PasswordForm):
    label = forms.CharField(label=_("Name of the key"), max_length=80, help_text=_("Such as “Laptop” or “Blue security key”."))
    credential = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=20_000)
    field_order = ("label", "own", "credential")


class TokenForm(PasswordForm):
    label = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=[(scope, words) for scope, words in zip(SCOPES, (_("read"), _("write"), _("sign, with your password each time")), strict=True)],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    days = forms.IntegerField(label=_("Ends after … days"), min_value=1, max_value=LONGEST, initial=90, widget=forms.NumberInput(attrs={"class": "w-num"}))
    field_order = ("label", "scopes", "days", "own")


class DelegationForm(forms.Form):
    taker = Chosen(people(), label=_("Who acts for you"))
    role = forms.ChoiceField(label=_("In which role"))
    first = day(_("From"), required=False, help_text=_("Empty: from now on."))
    last = day(_("Until, this day included"))
    reason = why()

    def __init__(self, *args: Any, roles: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = [(code, label) for code, label in ROLES if code in roles]  # type: ignore[attr-defined]


class AbsenceForm(forms.Form):
    first = day(_("First day away"))
    last = day(_("Last day away"))


class ReasonForm(forms.Form):
    reason = why()


class TestForm(forms.Form):
    result = why(_("What you found"), initial=_("Works; no sign of alteration"))


# --- people -------------------------------------------------------------------------------------------------------------
class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As it stands under signatures."))
    email = forms.EmailField(label=_("E-mail"), max_length=200, required=False, help_text=_("Links to choose a password go there. Trainees and operators may do without."))
    function = forms.CharField(label=_("Function"), max_length=120, required=False)
    manager = Chosen(people(), label=_("Manager"), required=False)
    external = forms.BooleanField(label=_("External: consultant, contract auditor, inspector"), required=False)


class NewPersonForm(PersonForm):
    username = forms.CharField(
        label=_("Sign-in name"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_("Empty: no account. With a name, a link to choose a password is sent to the address above. Names are never used again."),
    )  # fmt: skip


class ChangePersonForm(PersonForm):
    reason = why(required=False, help_text=_("Needed when something that was there is overwritten."))


class AccountForm(forms.Form):
    username = forms.CharField(label=_("Sign-in name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}))
    until = day(_("Last day"), required=False, help_text=_("Empty: no end. Give one for inspectors and externals."))


class LimitForm(forms.Form):
    until = day(_("Last day"), required=False, help_text=_("Empty: no end."))
    reason = why()


class LeaveForm(forms.Form):
    on = day(_("Last day"))
    reason = why()


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    site = Chosen(Site.objects.order_by("code"), label=_("At the site"), required=False, empty_label=_("everywhere"))
    first = day(_("From"), required=False, help_text=_("Empty: from now on."))
    last = day(_("Until, this day included"), required=False, help_text=_("Empty: no end."))
    reason = why(required=False)


class WithdrawForm(forms.Form):
    reason = why()
    despite = forms.BooleanField(label=_("Withdraw it all the same"), required=False)


class PolicyForm(forms.Form):
    second_factor = forms.BooleanField(label=_("Second factor needed at sign-in"), required=False)
    idle_minutes = forms.IntegerField(label=_("Minutes without a request after which the session ends"), required=False, min_value=1, max_value=1440, widget=forms.NumberInput(attrs={"class": "w-num"}))
    reason = why()


class SiteForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=12, widget=forms.TextInput(attrs={"class": "w-num"}))
    name = forms.CharField(label=_("Name"), max_length=120)
    zone = forms.CharField(label=_("Time zone"), max_length=60, initial="Europe/Paris", help_text=_("As Europe/Paris. Dates of records at this site are meant there."))


class ChangeSiteForm(SiteForm):
    reason = why(required=False, help_text=_("Needed when something that was there is overwritten."))
    field_order = ("name", "zone", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["code"]


class AheadForm(forms.Form):
    on = day(_("On the day"), required=False)
    without = Chosen(people(), label=_("Without"), required=False, empty_label=_("everybody is here"))
