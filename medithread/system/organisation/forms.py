"""What the pages of this room ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.models import Site
from medithread.kernel.identity.roles import ROLE_NAMES, Role
from medithread.kernel.identity_pages.forms import PASSWORD, ROLES, Chosen, day, people, why

FOUNDERS = [(role.value, ROLE_NAMES[role]) for role in Role if role is not Role.INSP]


def roles(label: Any, initial: tuple[Role, ...]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=FOUNDERS, widget=forms.CheckboxSelectMultiple, initial=[role.value for role in initial])


class BeginForm(forms.Form):
    company = forms.CharField(label=_("Company"), max_length=200)
    in_scope_from = day(_("Records are judged from"), help_text=_("What is older is adopted, not judged. Most begin with today."))
    letter = forms.BooleanField(label=_("We sell in the United States: we want the letter to the authority"), required=False, help_text=_("21 CFR 11.100(c). The text is ready to print afterwards."))
    name = forms.CharField(label=_("Name of the second person"), max_length=120, help_text=_("As it stands under signatures."))
    email = forms.EmailField(label=_("E-mail of the second person"), max_length=200, help_text=_("A link to choose a password goes there; you never know it."))
    function = forms.CharField(label=_("Function of the second person"), max_length=120, required=False)
    username = forms.CharField(label=_("Sign-in name of the second person"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}))
    second_verified_how = forms.CharField(label=_("How did you verify who the second person is?"), max_length=300, help_text=_("Such as: passport, in person. Not its number."))
    second_verified_on = day(_("When?"))
    second_roles = roles(_("Roles you give the second person"), (Role.QA, Role.MR))
    first_roles = roles(_("Roles the second person gives you"), (Role.TM,))


class AnswerForm(forms.Form):
    first_verified_how = forms.CharField(label=_("How did you verify who the first person is?"), max_length=300, help_text=_("Such as: passport, in person. Not its number."))
    first_verified_on = day(_("When?"))
    first_roles = roles(_("Roles you give the first person"), ())


class SignForm(forms.Form):
    username = forms.CharField(label=_("Your sign-in name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "class": "w-half"}))
    password = forms.CharField(label=_("Your password"), strip=False, widget=forms.PasswordInput(attrs=PASSWORD))


class ProposeForm(forms.Form):
    person = Chosen(people(), label=_("For whom"))
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    site = Chosen(Site.objects.order_by("code"), label=_("At the site"), required=False, empty_label=_("everywhere"))
    first = day(_("From"), required=False, help_text=_("Empty: as soon as it is confirmed."))
    last = day(_("Until, this day included"), required=False, help_text=_("Empty: no end."))
    because = why()


class VerifyForm(forms.Form):
    looked_at = forms.CharField(label=_("What did you look at?"), max_length=120, help_text=_("Kind of document, such as passport; not its number."))
    checked_on = day(_("When?"))
    place = forms.CharField(label=_("How and where?"), max_length=200, help_text=_("In person, or by video; where."))


class LetterForm(forms.Form):
    sent_on = day(_("Letter sent on"))
