"""Case workers of a partner: who may enter for it, added by e-mail and ended at once."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.staff.cells import Text
from donations.staff.desk import Act, NotPossible
from gifts.vault import partners, workers
from gifts.vault.models import Partner, PartnerUser
from gifts.vault.transactions import vault_atomic

# The role, whose rights `manage.py roles` writes.
ROLE = "Case worker"


def add(partner: Partner, *, email: str, name: str, by: Any) -> PartnerUser:
    """Let somebody enter for a partner; she is made a sign-in if she has none.

    Her sign-in comes first: without her partner's row it opens nothing.

    Raises:
        workers.WorksElsewhere: staff, or a case worker of another partner.
    """
    people: Any = get_user_model()._default_manager
    with transaction.atomic():
        user = people.filter(email__iexact=email).first()
        if user is None:
            user = people.create_user(email, first_name=name[:150])
        if user.has_perm(workers.ENTER_STAFF):
            raise workers.WorksElsewhere
        if not user.is_active:
            user.is_active = True
            user.save(update_fields=["is_active"])
        user.groups.add(Group.objects.get_or_create(name=ROLE)[0])
    with vault_atomic():
        known = partner.users.filter(user_id=user.pk, ended_at=None).exists()
        worker = workers.add(partner, user)
        if not known:
            partners.note_worker(partner, email=user.email, added=True, by=by)
    return worker


def end(worker: PartnerUser, *, by: Any) -> None:
    """She enters no more, from her next request on; her role goes too. Safe to repeat."""
    with vault_atomic():
        if PartnerUser.objects.filter(pk=worker.pk, ended_at=None).exists():
            workers.end(worker, by=by)
            partners.note_worker(worker.partner, email=worker.who, added=False, by=by)
    user: Any = get_user_model()._default_manager.filter(pk=worker.user_id).first()
    if user:
        user.groups.remove(*Group.objects.filter(name=ROLE))


class WorkerForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=150)


class AddWorker(Act):
    name = "add_worker"
    title = _("Add a case worker")
    permission = "vault.change_partner"
    icon = "user"
    form_class = WorkerForm

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return row.state != Partner.State.CLOSED

    def question(self) -> Text:
        return _(
            "She may enter for this partner alone, and states needs there. She sets her password "
            "by “Forgot your password?” and then a second factor."
        )

    def perform(self, form: Any) -> Text:
        try:
            add(self.row, by=self.request.user, **form.cleaned_data)
        except workers.WorksElsewhere:
            raise NotPossible(
                gettext("This address belongs to staff, or to a case worker of another partner.")
            ) from None
        return _("The case worker may enter now.")


class EndForm(forms.Form):
    worker = forms.ModelChoiceField(label=_("Case worker"), queryset=PartnerUser.objects.none())

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["worker"]
        field.queryset = partner.users.filter(ended_at=None)


class OneWorker(Act):
    """An act on one of the partner's case workers, chosen by name."""

    permission = "vault.change_partner"
    form_class = EndForm

    @classmethod
    def is_possible(cls, row: Partner) -> bool:
        return row.users.filter(ended_at=None).exists()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "partner": self.row}


class EndWorker(OneWorker):
    name = "end_worker"
    title = _("End a case worker's access")
    icon = "cross"
    serious = True

    def question(self) -> Text:
        return _("She cannot enter from her next request on. What she stated stays.")

    def perform(self, form: Any) -> Text:
        end(form.cleaned_data["worker"], by=self.request.user)
        return _("Her access has ended.")


class Vouch(OneWorker):
    name = "vouch"
    title = _("She still works there")
    icon = "check"

    def question(self) -> Text:
        return _(
            "Partners confirm their case workers each quarter; without it access ends. You asked "
            "the partner, by your own means."
        )

    def perform(self, form: Any) -> Text:
        workers.vouch(form.cleaned_data["worker"], by=self.request.user)
        return _("Confirmed.")
