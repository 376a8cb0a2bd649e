"""What of pages, stories, letters and campaigns waits for an editor, for the first page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.models import Revision, WorkflowState
from wagtail.permission_policies.pages import PagePermissionPolicy

from campaigns.editing import behind
from campaigns.models import Campaign, Letter, StoryPage
from donations.staff.cells import Notice

# Whoever keeps campaigns writes pages, too.
SEE, WRITE = "campaigns.view_campaign", "campaigns.view_letter"
SOON = timedelta(days=14)
NAMED = 3


def waiting(user: Any) -> list[Notice]:
    """Each a count that leads to where it is seen to, in queries that do not grow with it."""
    found: list[Notice] = []
    if user.has_perm(SEE):
        found += [*_moderation(user), *_stories(), *_planned(), *_behind(), *_ending()]
    if user.has_perm(WRITE):
        found += _letters()
    return found


def _moderation(user: Any) -> list[Notice]:
    """Handed in by others; whoever may publish opens and passes them."""
    if not PagePermissionPolicy().user_has_permission(user, "publish"):
        return []
    handed_in = WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS)
    count = handed_in.exclude(requested_by=user).count()
    if not count:
        return []
    text = ngettext("%(n)d page waits for your yes", "%(n)d pages wait for your yes", count)
    url = reverse("wagtailadmin_reports:workflow")
    return [Notice(text % {"n": count}, f"{url}?status=in_progress", "warn")]


def _stories() -> list[Notice]:
    """Written, and neither public as they are nor planned for a day."""
    drafts = StoryPage.objects.filter(Q(live=False) | Q(has_unpublished_changes=True))
    pages = list(drafts.filter(go_live_at=None).order_by("pk").values_list("pk", "draft_title"))
    if not pages:
        return []
    text = ngettext(
        "%(n)d story is not public: a consent or a second person may be lacking (%(names)s)",
        "%(n)d stories are not public: a consent or a second person may be lacking (%(names)s)",
        len(pages),
    )
    told = {"n": len(pages), "names": _names([title for _pk, title in pages])}
    return [Notice(text % told, _page(pages))]


def _planned() -> list[Notice]:
    planned = Revision.objects.page_revisions().filter(approved_go_live_at__isnull=False)
    found = planned.order_by("approved_go_live_at").values_list("object_id", "object_str")
    pages = [(int(key), title) for key, title in found]
    if not pages:
        return []
    text = ngettext(
        "%(n)d page is planned for a day (%(names)s)",
        "%(n)d pages are planned for a day (%(names)s)",
        len(pages),
    )
    told = {"n": len(pages), "names": _names([title for _pk, title in pages])}
    return [Notice(text % told, _page(pages), "good")]


def _behind() -> list[Notice]:
    """Translations of public pages; leads to the first that is named."""
    told = behind.of_all().values()
    pages = [page for page, source, found in told if source.live and found.parts]
    if not pages:
        return []
    pages.sort(key=lambda page: (not page.live, page.pk))
    text = ngettext(
        "%(n)d translation is behind its page (%(names)s)",
        "%(n)d translations are behind their pages (%(names)s)",
        len(pages),
    )
    names = _names([page.draft_title or page.title for page in pages])
    url = reverse("wagtailadmin_pages:edit", args=[pages[0].pk])
    return [Notice(text % {"n": len(pages), "names": names}, url, "warn")]


def _ending() -> list[Notice]:
    today = timezone.localdate()
    rows = Campaign.objects.filter(ends_on__range=(today, today + SOON), starts_on__lte=today)
    ending = list(rows.order_by("ends_on", "pk").values_list("pk", "name"))
    if not ending:
        return []
    text = ngettext(
        "%(n)d campaign ends within two weeks (%(names)s): are its thanks written?",
        "%(n)d campaigns end within two weeks (%(names)s): are their thanks written?",
        len(ending),
    )
    told = {"n": len(ending), "names": _names([name for _pk, name in ending])}
    alone = reverse("campaigns:report", args=[ending[0][0]])
    url = alone if len(ending) == 1 else reverse("campaigns:index")
    return [Notice(text % told, url)]


def _letters() -> list[Notice]:
    going = (Letter.State.WAITING, Letter.State.SENDING, Letter.State.PAUSED)
    states = list(Letter.objects.filter(state__in=going).values_list("state", flat=True))
    found = []
    paused = states.count(Letter.State.PAUSED)
    if paused:
        text = ngettext("%(n)d letter is paused", "%(n)d letters are paused", paused)
        found.append(Notice(text % {"n": paused}, reverse("letters:index"), "warn"))
    if others := len(states) - paused:
        text = ngettext("%(n)d letter is on its way", "%(n)d letters are on their way", others)
        found.append(Notice(text % {"n": others}, reverse("letters:index"), "good"))
    return found


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    return gettext("%(names)s and %(n)d more") % {"names": shown, "n": more} if more > 0 else shown


def _page(pages: Sequence[tuple[int, str]]) -> str:
    """The one itself, else the tree in which they are."""
    if len(pages) == 1:
        return reverse("wagtailadmin_pages:edit", args=[pages[0][0]])
    return reverse("wagtailadmin_explore_root")
