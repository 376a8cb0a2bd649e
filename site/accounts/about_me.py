"""About me: name, language, where mails go, and how one signs in."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.models import User
from campaigns.news import links as news_links
from campaigns.news import reading
from core.forms import single_line
from donations.plans import addressing, finding


class AboutMeForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("Receipts of your regular gifts carry it from the next one on."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": gettext_lazy("Please tell us your name; the receipt needs it.")
        },
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of our mails"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )
    email = forms.ChoiceField(
        label=gettext_lazy("Mails about your regular gifts go to"), widget=forms.RadioSelect
    )

    def __init__(self, *args: object, addresses: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["email"]
        assert isinstance(field, forms.ChoiceField)  # by the declaration above
        field.choices = [(email, email) for email in addresses]
        self.fields["name"].widget.attrs.pop("maxlength", None)

    def clean_name(self) -> str:
        return single_line(self.cleaned_data["name"])


@never_cache
@login_required
def about_me(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # signed in
    verified = EmailAddress.objects.filter(user=request.user, verified=True)
    addresses = list(verified.order_by("-primary", "email").values_list("email", flat=True))
    own = finding.own_addresses(request.user)
    plans = list(finding.plans_of(own))
    newest = plans[0] if plans else None
    form = AboutMeForm(
        request.POST if request.method == "POST" else None,
        addresses=addresses or [request.user.email],
        initial={
            "name": request.user.get_full_name() or (newest.name if newest else ""),
            "language": newest.language if newest else translation.get_language(),
            "email": newest.email if newest else request.user.email,
        },
    )
    if form.is_valid():
        data = form.cleaned_data
        with transaction.atomic():
            User.objects.filter(pk=request.user.pk).update(first_name=data["name"], last_name="")
            for plan in plans:
                addressing.correct(plan, **data)
        messages.success(request, _("Saved."))
        return redirect("about_me")
    context = {
        "form": form,
        "addresses": addresses,
        "has_plans": bool(plans),
        "news": [(row, news_links.to_leave(row)) for row in reading.reading(own)],
        "passkeys": Authenticator.objects.filter(user=request.user, type="webauthn"),
    }
    code = 422 if form.errors else 200
    return render(request, "accounts/about_me.html", context, status=code)
