"""Receipts to draw in tests and benchmarks: the plain one, and those that hurt."""

from dataclasses import replace
from datetime import date

from donations.receipts.packs.us_states import disclosures
from donations.receipts.snapshot import Benefit, Entity, Line, Snapshot

ENTITY = Entity(
    name="North Star",
    tax_id="12-3456789",
    address=("120 Lantern Street, Suite 4", "Rochester, NY 14604"),
    website="https://northstar.example",
    email="gifts@northstar.example",
    phone="(585) 555-0134",
    statement_descriptor="NORTH STAR GIFTS",
)
PLAIN = Snapshot(
    pack="us",
    pack_version="2026-01",
    number="US-2026-000318",
    code="7KQM-2XRD-94",
    check_url="https://northstar.example/receipt/7KQM2XRD94",
    language="en",
    entity=ENTITY,
    receipt_name="Maya Lindqvist",
    donor_address=("48 Orchard Lane", "Ithaca, NY 14850"),
    donation_reference="G-8F3K-27",
    received_on=date(2026, 10, 5),
    issued_on=date(2026, 10, 6),
    currency="USD",
    amount_minor=25_000,
    lines=(
        Line("Laptops for students", 20_000, True),
        Line("Where it is needed most", 5_000, False),
    ),
    payment_method="Visa ending in 4242",
)
FULL = replace(
    PLAIN,
    receipt_name=(
        "Nguyễn Thị Ánh Tuyết & Maximiliana Featherstonehaugh-Cholmondeley-Warrington III"
    ),
    amount_minor=123_456_784,
    lines=tuple(
        Line(f"{thing} for the education of people in our programs", 15_432_098, thing[0] < "L")
        for thing in (
            *("Laptops", "Computers", "MP3 players", "Course fees"),
            *("Tablets", "Hygiene kits", "Birthdays", "Medical travel"),
        )
    ),
    fee_cover_minor=780,
    benefit=Benefit("one dinner at the autumn evening", 4_500),
    tribute="In honor of Ruth Osei",
    replaces="US-2026-000311",
    discretion=(
        "We keep full control of how gifts are used; "
        "a wish shows what gifts of its kind make possible."
    ),
    disclosures=(
        *disclosures("FL", date(2026, 10, 6), ENTITY, "CH12345"),
        *disclosures("MD", date(2026, 10, 6), ENTITY),
    ),
)
SPANISH = replace(
    PLAIN,
    language="es",
    receipt_name="กัญญารัตน์ ศรีสุวรรณ",
    donor_address=("شارع الملك عبد العزيز ١٢", "محمد بن عبد الله الهاشمي", "Thành phố Hồ Chí Minh"),
)
EAST_ASIAN = replace(PLAIN, receipt_name="王小明 山田太郎 김철수", donor_address=("東京都渋谷区",))
YEN = replace(PLAIN, currency="JPY")
DINAR = replace(PLAIN, currency="KWD")
ALL = {
    "plain": PLAIN,
    "full": FULL,
    "spanish": SPANISH,
    "east asian": EAST_ASIAN,
    "yen": YEN,
    "dinar": DINAR,
    "test": replace(PLAIN, live=False),
}
