"""Reasons as sentences that somebody without training understands."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from gifts.matching.reasons import Reason
from gifts.models import Keyboard, Purpose, Region, SpecClass, Voltage


def sentence(reason: Reason, *, kind: str) -> str:
    """One reason in the reader's language.

    Args:
        kind: one thing of its kind, as the catalogue names it.
    """
    return SENTENCES[reason["code"]]({**reason, "kind": kind})


def day(text: str) -> str:
    # Translators: format of a date without its year, as Django writes formats.
    return date_format(date.fromisoformat(text), gettext("F j"))


def days(count: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def keyboard(code: str) -> str:
    return str(Keyboard(code).label) if code in Keyboard else code


def voltage(code: str) -> str:
    return str(Voltage(code).label) if code in Voltage else code


def region(code: str) -> str:
    return str(Region(code).label) if code in Region else code


def _bound(facts: Reason) -> str:
    purpose = str(Purpose(facts["purpose"]).label) if facts["purpose"] in Purpose else ""
    place = region(facts["region"]) if facts["region"] else ""
    told = {"what": " · ".join(filter(None, [purpose, place]))}
    return gettext("Its donors gave for this: %(what)s.") % told


def _better(facts: Reason) -> str:
    count = facts["count"]
    return ngettext(
        "The thing is one class better than needed; nothing plainer was free.",
        "The thing is %(n)d classes better than needed; nothing plainer was free.",
        count,
    ) % {"n": count}


def _better_than_free(facts: Reason) -> str:
    count = facts["count"]
    return ngettext(
        "The thing is one class better than needed; the plainer one that is free lies farther away "
        "or is special in another way.",
        "The thing is %(n)d classes better than needed; the plainer one that is free lies farther "
        "away or is special in another way.",
        count,
    ) % {"n": count}


def _next(facts: Reason) -> str:
    if facts["days"]:
        text = gettext(
            "Next in line is %(need)s; giving it there would cost as much as %(days)s more of "
            "waiting."
        )
    else:
        text = gettext("%(need)s presses just as much; it was stated later or has a later code.")
    return text % {"need": facts["need"], "days": days(facts["days"])}


def _swap(facts: Reason) -> str:
    if facts["days"]:
        text = gettext(
            "What would change it: taking %(thing)s from %(need)s. That costs as much as %(days)s "
            "more of waiting."
        )
    else:
        text = gettext("%(thing)s could come from %(need)s just as well: that costs nothing.")
    return text % {**facts, "days": days(facts["days"])}


def _taken(facts: Reason) -> str:
    count = facts["count"]
    return ngettext(
        "The one thing that would fit goes to a need that presses more or a partner that got less.",
        "All %(n)d things that would fit go to needs that press more or partners that got less.",
        count,
    ) % {"n": count}


def _no(text: str, label: Callable[[str], str] = str) -> Callable[[Reason], str]:
    """A sentence about what the things that are ready lack."""

    def told(facts: Reason) -> str:
        return gettext(text) % {
            "n": facts["count"],
            "kind": facts["kind"],
            "wanted": label(facts["wanted"]),
        }

    return told


def exactly(spec_class: int, keyboard_code: str, voltage_code: str) -> str:
    """As in "Standard: office work, courses; Thai; 220 to 240 volts"."""
    told = [
        str(SpecClass(spec_class).label) if spec_class else "",
        keyboard(keyboard_code) if keyboard_code else "",
        voltage(voltage_code) if voltage_code else "",
    ]
    return "; ".join(filter(None, told)) or gettext("any")


def _no_such(facts: Reason) -> str:
    wanted = exactly(facts["spec_class"], facts["keyboard"], facts["voltage"])
    return gettext(
        "Of %(n)s that are ready none is right in every respect, its donors' purpose and region "
        "included: %(wanted)s."
    ) % {"n": facts["count"], "wanted": wanted}


def _plain(text: str, **told: Callable[[Any], str]) -> Callable[[Reason], str]:
    def sentence(facts: Reason) -> str:
        return gettext(text) % {**facts, **{name: say(facts[name]) for name, say in told.items()}}

    return sentence


SENTENCES: dict[str, Callable[[Reason], str]] = {
    # Why a need gets its thing.
    "urgent": _plain(_("Most pressing, says its partner.")),
    "due": _plain(_("Needed by %(date)s."), date=day),
    "overdue": _plain(_("Was needed by %(date)s."), date=day),
    "longest": _plain(_("Waits %(days)s, the longest of its kind."), days=days),
    "waits": _plain(_("Waits %(days)s."), days=days),
    "keyboard": _plain(_("Has the keyboard it needs: %(keyboard)s."), keyboard=keyboard),
    "purse": _bound,
    "better": _better,
    "better_than_free": _better_than_free,
    "far": _plain(_("Comes from %(region)s; nothing that fits was free nearer."), region=region),
    "farther_than_free": _plain(
        _("Comes from %(region)s; what is free nearer is better than it needs to be."),
        region=region,
    ),
    "share": _plain(_("With this its partner has %(got)s of %(of)s things asked for.")),
    "next": _next,
    "alone": _plain(_("Nobody else who waits could use this thing.")),
    # Why a need gets none.
    "paused": _plain(_("Its partner may not receive anything just now.")),
    "none": _plain(_("No thing of this kind is ready: %(kind)s.")),
    "no_keyboard": _no(_("Of %(n)s that are ready none has this keyboard: %(wanted)s."), keyboard),
    "no_voltage": _no(_("Of %(n)s that are ready none runs on %(wanted)s."), voltage),
    "no_spec": _no(_("Of %(n)s that are ready none is capable enough.")),
    "no_purse": _no(_("Of %(n)s that are ready all were given for another purpose or region.")),
    "no_such": _no_such,
    "taken": _taken,
    "swap": _swap,
}
