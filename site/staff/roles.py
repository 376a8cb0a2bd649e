"""Who may do what: a table from role to permissions. `manage.py roles` writes it into the database.

A permission that no role lists is nobody's. Editors touch no money, finance touches no page;
whoever needs both holds both roles.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
)

ENTER = "wagtailadmin.access_admin"


@dataclass(frozen=True)
class Role:
    """What a role may do to rows ("app.codename"), to all pages, and to all that was uploaded.

    A role that does not enter the admin has its own door elsewhere.
    """

    permissions: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()
    enters: bool = True


def _money(*codenames: str) -> tuple[str, ...]:
    return tuple(f"donations.{name}" for name in codenames)


def _things(*codenames: str) -> tuple[str, ...]:
    return tuple(f"gifts.{name}" for name in codenames)


def _confidential(*codenames: str) -> tuple[str, ...]:
    """Of the other database; who holds them stands in this one, as all roles do."""
    return tuple(f"vault.{name}" for name in codenames)


# A campaign's goal, dates and purpose. What it brings is read from the books.
CAMPAIGNS = (
    *("campaigns.view_campaign", "campaigns.add_campaign", "campaigns.change_campaign"),
    # What sponsors promised; nothing of it moves money.
    *("campaigns.view_challenge", "campaigns.add_challenge", "campaigns.change_challenge"),
)
# What is left to people when a story could not go public or was taken back.
STORIES = ("campaigns.view_storytask", "campaigns.change_storytask")
# What readers write below stories. Who reads what was marked as safeguarding has a role of her own.
COMMENTS = (
    *("campaigns.view_storycomment", "campaigns.decide_storycomment"),
    *("campaigns.view_storytalk", "campaigns.change_storytalk"),
)
# Figures of impact reports: gathered and published by publishers, read by those who count money.
REPORTS = ("campaigns.view_reportedition", "campaigns.view_board")
PUBLISHES_REPORTS = (
    *REPORTS,
    "campaigns.add_reportedition",
    "campaigns.delete_reportedition",
    "campaigns.publish_reportedition",
)
# Who gets news, and ending it for whoever asks; addresses, so not for editors.
READERS = ("campaigns.view_reader", "campaigns.end_reader")
# Courses, the sectors they are for, and counts of who learned.
TRAINING = (
    *("campaigns.view_sector", "campaigns.add_sector", "campaigns.change_sector"),
    "campaigns.view_coursepage",
)
# Organizations whose people learn, with their coordinators' addresses; so not for editors.
WORKPLACES = ("campaigns.view_workplace", "campaigns.close_workplace")
# A draft in another language; what may become public of it is asked of that draft.
TRANSLATING = ("simple_translation.submit_translation",)
LETTERS = ("campaigns.view_letter", "campaigns.add_letter", "campaigns.change_letter")
WRITING = Role(
    permissions=(*CAMPAIGNS, *LETTERS, *STORIES, *COMMENTS, *TRAINING, *TRANSLATING),
    pages=("add_page", "change_page"),
    uploads=(
        *("add_image", "change_image", "choose_image"),
        *("add_document", "change_document", "choose_document"),
    ),
)
PUBLISHING = Role(
    pages=(*WRITING.pages, "publish_page", "lock_page", "unlock_page"),
    uploads=WRITING.uploads,
    permissions=(
        *CAMPAIGNS,
        *STORIES,
        *LETTERS,
        *COMMENTS,
        "campaigns.erase_storycomment",
        *TRAINING,
        *TRANSLATING,
        # Whoever publishes answers for what a course says.
        *("campaigns.send_letter", "campaigns.check_course"),
        *PUBLISHES_REPORTS,
        *("wagtailredirects.add_redirect", "wagtailredirects.change_redirect"),
    ),
)
DONOR_CARE = Role(
    permissions=_money(
        *("view_donation", "view_donor", "change_donor", "view_receipt", "view_mail"),
        *("view_plan", "change_plan"),
        *("resend_receipt", "replace_receipt", "resend_mail"),
        *("view_staffnote", "add_staffnote", "change_staffnote"),
        *("view_eventwindow", "add_eventwindow"),
        *("view_refund", "request_refund", "view_dispute", "view_riskalert"),
        *("view_declaration", "add_declaration"),
    )
    + READERS
    + WORKPLACES
)
FINANCE = Role(
    permissions=_money(
        *("view_donation", "view_donor", "view_receipt", "view_entry", "view_event", "view_mail"),
        *("view_designation", "view_givingoptions", "view_legalentity", "view_plan"),
        *("resend_receipt", "replace_receipt", "void_receipt", "replay_event"),
        *("view_reconciliation", "run_reconciliation"),
        *("view_staffnote", "add_staffnote", "change_staffnote"),
        *("view_refund", "request_refund", "approve_refund", "view_dispute", "view_payout"),
        *("view_riskalert", "settle_riskalert", "view_export", "add_export"),
        *("view_period", "close_period", "reopen_period", "view_chartaccount", "add_linemove"),
        *("view_declaration", "add_declaration", "view_claim", "add_claim"),
        *("view_receiptseries", "issue_receipt"),
        *("view_statementrun", "add_statementrun", "issue_statementrun"),
        *("view_giftbatch", "add_giftbatch", "post_giftbatch", "reverse_offlinegift"),
        "view_cutover",
        *("view_bookscheck", "add_bookscheck", "view_auditpack", "add_auditpack"),
        *("view_bankaccount", "view_bankstatement", "add_bankstatement", "view_bankline"),
        "match_bankline",
    )
    # Whoever lets money go has not ordered: the database holds it for each single order.
    + _things(
        *("view_wish", "view_unit", "view_purchaseorder", "view_supplier", "approve_order"),
        *("add_invoice", "approve_invoice", "pay_invoice", "cover_order", "close_order"),
    )
    # What given things are worth to the books and the tax office.
    + _things("view_offer", "sign_form_8283", "view_giventhing", "value_giventhing")
    + REPORTS
)
FINANCE_LEAD = Role(
    permissions=(
        *FINANCE.permissions,
        *_money("add_designation", "change_designation"),
        *_money("add_chartaccount", "change_chartaccount", "add_cutover", "load_cutover"),
        *_money("add_bankaccount", "change_bankaccount"),
        *_money("add_givingoptions", "change_givingoptions", "change_legalentity"),
        # Names and addresses of all donors in one file.
        *_money("export_donors"),
    )
)
# Comes for a time and reads: the day after which no page opens stands with her account. Nothing of
# donors but their gifts, no notes, no mails, no files but the packs made for her.
AUDITOR = Role(
    permissions=(
        "accounts.view_for_a_time",
        *_money("view_entry", "view_period", "view_chartaccount", "view_bookscheck"),
        *_money("view_designation", "view_legalentity", "view_donation", "view_receipt"),
        *_money("view_refund", "view_dispute", "view_payout", "view_reconciliation"),
        *_money("view_bankaccount", "view_bankstatement", "view_bankline", "view_auditpack"),
    )
)
# Words, goals and publishing of wishes; whoever wrote a text is not who passes it.
GIFTS_COORDINATOR = Role(
    permissions=_things(
        *("view_wish", "add_wish", "change_wish", "review_wish", "publish_wish"),
        *("view_itemkind", "add_itemkind", "change_itemkind"),
        *("view_itemcost", "add_itemcost", "change_itemcost"),
        *("view_unit", "move_unit"),
        *("view_purchaseorder", "approve_order", "receive_order"),
        *("view_offer", "decide_offer", "receive_offer", "view_giventhing", "check_giventhing"),
        *("dispose_giventhing", "view_handovertext", "add_handovertext", "change_handovertext"),
        *("view_release", "view_releasenote", "add_releasenote", "pass_releasenote"),
    )
    # Codes and offices of partners; nothing of a person.
    + _confidential(
        *("view_matchrun", "run_matching", "approve_matching"),
        *("view_batch", "send_batch", "view_parcel", "settle_parcel"),
    )
    # Codes and plain columns; nothing sealed, unless in an emergency of which two others hear.
    + _confidential("view_partner", "view_need", "view_breakglass", "add_breakglass")
)
PURCHASER = Role(
    permissions=_things(
        *("view_wish", "view_unit", "move_unit", "view_itemkind"),
        *("view_itemcost", "add_itemcost", "change_itemcost"),
        *("view_supplier", "add_supplier", "change_supplier", "add_invoice"),
        *("view_purchaseorder", "add_purchaseorder", "change_purchaseorder", "place_order"),
    )
)
# Partners and needs, and what a need is for; not who the person is.
NEEDS_KEEPER = Role(
    permissions=_confidential(
        *("view_partner", "add_partner", "change_partner", "assess_partner"),
        *("view_need", "add_need", "change_need", "verify_need"),
        *("view_breakglass", "add_breakglass"),
    )
)
# Who looked at what; what a person is owed; what she allowed to be said.
PRIVACY_LEAD = Role(
    permissions=_confidential(
        *("view_partner", "view_need", "view_recipient", "erase_recipient"),
        *("view_access", "review_access", "view_breakglass", "add_breakglass"),
        *("view_subjectrequest", "add_subjectrequest", "change_subjectrequest"),
        *("view_consent", "add_consent", "change_consent"),
    )
)
# Named to read what a person in danger wrote into a comment; an administrator does not.
SAFEGUARDING = Role(permissions=("campaigns.view_storycomment", "campaigns.hold_commentconcern"))
# Members of the board read one page, of published figures, and nothing else.
BOARD = Role(permissions=("campaigns.view_board",))
# Her rights are those of her row in the vault, asked on every request (gifts/partners/door.py).
CASE_WORKER = Role(enters=False)
# Whoever gives out roles could give herself any; so nothing is withheld, and it is said openly.
# Except what partners confided: for that she would have to take a role, which is on record.
ADMINISTRATOR = Role(
    permissions=tuple(
        dict.fromkeys(
            (
                *PUBLISHING.permissions,
                *FINANCE_LEAD.permissions,
                *DONOR_CARE.permissions,
                *GIFTS_COORDINATOR.permissions,
                *PURCHASER.permissions,
                *("accounts.add_user", "accounts.change_user"),
                *("staff.view_factorreset", "staff.ask_factorreset"),
                *("staff.confirm_factorreset", "staff.view_codesheet", "staff.issue_codesheet"),
                "pages.change_organisationsettings",
            )
        )
    ),
    pages=(*PUBLISHING.pages, "bulk_delete_page"),
    uploads=(*PUBLISHING.uploads, "delete_image"),
)

ROLES: Mapping[str, Role] = {
    "Administrator": ADMINISTRATOR,
    "Editor": WRITING,
    "Publisher": PUBLISHING,
    "Donor care": DONOR_CARE,
    "Finance": FINANCE,
    "Finance lead": FINANCE_LEAD,
    "Auditor": AUDITOR,
    "Gifts coordinator": GIFTS_COORDINATOR,
    "Purchaser": PURCHASER,
    "Needs keeper": NEEDS_KEEPER,
    "Privacy lead": PRIVACY_LEAD,
    "Safeguarding": SAFEGUARDING,
    "Board": BOARD,
    "Case worker": CASE_WORKER,
}
# Wagtail makes these two; their members move to a role of ours by hand.
STOCK = ("Editors", "Moderators")
# It makes this workflow too, with one task of the same name, and lets the second of these pass it.
STOCK_WORKFLOW = "Moderators approval"


@transaction.atomic
def sync() -> None:
    """Make the groups say exactly what the table says. Safe to repeat.

    Raises:
        LookupError: the table names a permission that does not exist.
    """
    for name, role in ROLES.items():
        group, _made = Group.objects.get_or_create(name=name)
        entering = (ENTER,) if role.enters else ()
        group.permissions.set(_permissions((*entering, *role.permissions)))
        _scope_pages(group, role.pages)
        _scope_uploads(group, role.uploads)
    _sync_workflow()
    Group.objects.filter(name__in=STOCK, user=None).delete()


def workflow_name() -> str:
    """As it stands in the database, in the site's first language."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("Look-over by a publisher")


def _sync_workflow() -> None:
    """Whoever may publish passes what others hand in; a name or groups chosen since stay."""
    stock = Q(name=STOCK_WORKFLOW)
    publishing = [name for name, role in ROLES.items() if "publish_page" in role.pages]
    # Without a group nobody could pass a page, and those who publish could not even edit it.
    for task in GroupApprovalTask.objects.filter(stock | Q(groups=None)):
        task.groups.add(*Group.objects.filter(name__in=publishing))
    GroupApprovalTask.objects.filter(stock).update(name=workflow_name())
    Workflow.objects.filter(stock).update(name=workflow_name())


def matrix() -> str:
    """The table to read: a line for each permission, a column for each role."""
    names = sorted(
        {
            name
            for role in ROLES.values()
            for name in (*role.permissions, *role.pages, *role.uploads)
        }
    )
    width = max(map(len, names))
    lines = [" " * width + "  " + "  ".join(ROLES)]
    for name in names:
        marks = (
            ("x" if name in (*role.permissions, *role.pages, *role.uploads) else "·").center(
                len(title)
            )
            for title, role in ROLES.items()
        )
        lines.append(f"{name:{width}}  {'  '.join(marks)}")
    return "\n".join(lines)


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    wanted = Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(wanted).select_related("content_type")) if names else []
    known = {f"{row.content_type.app_label}.{row.codename}" for row in found}
    if lacking := set(names) - known:
        raise LookupError(f"no such permission: {', '.join(sorted(lacking))}")
    return found


def _scope_pages(group: Group, codenames: tuple[str, ...]) -> None:
    root = Page.get_first_root_node()
    rights = Permission.objects.filter(
        content_type__app_label="wagtailcore", content_type__model="page", codename__in=codenames
    )
    GroupPagePermission.objects.filter(group=group).exclude(
        page=root, permission__in=rights
    ).delete()
    for right in rights:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=right)


def _scope_uploads(group: Group, codenames: tuple[str, ...]) -> None:
    root = Collection.get_first_root_node()
    rights = Permission.objects.filter(
        Q(content_type__app_label="wagtailimages", content_type__model="image")
        | Q(content_type__app_label="wagtaildocs", content_type__model="document"),
        codename__in=codenames,
    )
    GroupCollectionPermission.objects.filter(group=group).exclude(
        collection=root, permission__in=rights
    ).delete()
    for right in rights:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=root, permission=right
        )
