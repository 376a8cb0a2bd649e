"""What a donor may expect to hear of a thing, said before she pays; each wording has a version."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CURRENT = "discretion-1"
# A changed wording gets a new version; what earlier donors have seen stays to be read.
WORDINGS: dict[str, str | Promise] = {
    "discretion-1": _(
        "You will see when it was bought and checked. So that nobody can be found through a gift, "
        "we never tell who received it: news of things in use comes for whole groups, at the end "
        "of a quarter, and some news comes late or not at all."
    ),
}
