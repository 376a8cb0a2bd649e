"""Labels: code, kind and a QR of the code, and nothing else."""

from io import BytesIO
from unittest import mock

import pikepdf

from core import pdf
from gifts.buying import labels
from gifts.models import Unit


def test_a_sheet_names_code_and_kind_and_nothing_of_wish_or_money(buying):
    wish = buying.wish(48000)
    buying.placed(wish)
    unit = Unit.objects.get()
    with mock.patch.object(pdf, "render") as render:
        labels.sheet([unit])
    html = render.call_args.args[0]
    assert unit.code in html
    assert wish.kind.name in html
    for hidden in (wish.get_region_display(), "university", "480", "North Star", wish.slug):
        assert hidden not in html


def test_thirty_fit_on_a_sheet(buying):
    buying.placed(buying.wish(310000), quantity=31, price=10000)
    sheet = labels.sheet(Unit.objects.select_related("kind"))
    with pikepdf.open(BytesIO(sheet)) as found:
        assert len(found.pages) == 2
