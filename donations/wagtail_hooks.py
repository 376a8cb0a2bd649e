"""Registers the desks of the money part with Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from donations.staff.audit import PacksDesk
from donations.staff.bank import AccountsDesk, LinesDesk, StatementsDesk
from donations.staff.batches import BatchesDesk
from donations.staff.chart import ChartDesk
from donations.staff.checks import ChecksDesk
from donations.staff.cutover import CutOverDesk
from donations.staff.disputes import AlertsDesk, DisputesDesk
from donations.staff.donors import DonorsDesk
from donations.staff.exports import ExportsDesk
from donations.staff.finance import FinanceDesk
from donations.staff.gift_aid import DeclarationsDesk
from donations.staff.gift_aid_claims import ClaimsDesk
from donations.staff.gifts import GiftsDesk
from donations.staff.giving import DesignationsDesk, EntitiesDesk, OptionsDesk
from donations.staff.inbox import InboxDesk
from donations.staff.journal import JournalDesk
from donations.staff.lacking import LackingDesk
from donations.staff.leaving import LeavingDesk
from donations.staff.mails import MailsDesk
from donations.staff.notes import TasksDesk
from donations.staff.payouts import PayoutsDesk
from donations.staff.periods import PeriodsDesk
from donations.staff.plans import AtRiskDesk, PlansDesk
from donations.staff.programme import ProgrammeDesk
from donations.staff.receipts import ReceiptsDesk
from donations.staff.reconciliation import ReconciliationDesk
from donations.staff.refunds import RefundsDesk
from donations.staff.runs import RunsDesk
from donations.staff.series import SeriesDesk
from donations.staff.windows import WindowsDesk


class Giving(ViewSetGroup):
    menu_label = _("Giving")
    menu_name = "giving"
    menu_icon = "pick"
    menu_order = 150
    items = (
        *(GiftsDesk, BatchesDesk, DonorsDesk, ReceiptsDesk, TasksDesk),
        *(DesignationsDesk, OptionsDesk, EntitiesDesk),
    )


class RegularGiving(ViewSetGroup):
    menu_label = _("Regular giving")
    menu_name = "regular-giving"
    menu_icon = "calendar-check"
    menu_order = 155
    items = (ProgrammeDesk, PlansDesk, AtRiskDesk, LeavingDesk)


class Afterwards(ViewSetGroup):
    menu_label = _("Money out")
    menu_name = "afterwards"
    menu_icon = "rotate"
    menu_order = 156
    items = (RefundsDesk, DisputesDesk, AlertsDesk, PayoutsDesk)


class GiftAid(ViewSetGroup):
    menu_label = "Gift Aid"
    menu_name = "gift-aid"
    menu_icon = "form"
    menu_order = 158
    items = (DeclarationsDesk, ClaimsDesk)


class Books(ViewSetGroup):
    menu_label = _("Books")
    menu_name = "books"
    menu_icon = "form"
    menu_order = 157
    items = (
        *(FinanceDesk, PeriodsDesk, JournalDesk, ExportsDesk, ChecksDesk, ChartDesk),
        *(SeriesDesk, LackingDesk, RunsDesk, CutOverDesk, PacksDesk),
    )


class Bank(ViewSetGroup):
    menu_label = _("Bank")
    menu_name = "bank"
    menu_icon = "home"
    menu_order = 158
    items = (LinesDesk, StatementsDesk, AccountsDesk)


class Operations(ViewSetGroup):
    menu_label = _("Operations")
    menu_name = "operations"
    menu_icon = "cogs"
    menu_order = 160
    items = (InboxDesk, ReconciliationDesk, MailsDesk, WindowsDesk)


@hooks.register("register_admin_viewset")
def desks() -> list[ViewSetGroup]:
    return [
        *(Giving(), RegularGiving(), Afterwards(), Books(), Bank(), GiftAid(), Operations()),
    ]
