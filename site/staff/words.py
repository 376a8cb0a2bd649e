"""Words of Wagtail that editors meet in Spanish and that its catalogue lacks or says oddly.

Listed here, they are collected into our catalogue, which wins over the library's.
"""

from django.utils.translation import gettext_noop as _

OURS = (
    _("slug"),
    _("go live date/time"),
    _("expiry date/time"),
    _("Set schedule"),
    _("Set publishing schedule"),
    _("Schedule to publish"),
    _(
        'This publishing schedule will only take effect after you select the "Schedule to publish" '
        "option"
    ),
    _("Saved"),
    _("Autosave is paused"),
    _("Toggle checks"),
)
