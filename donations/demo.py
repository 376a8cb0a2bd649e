"""Sample content of the money part: a fictional organisation, its purposes and its amounts."""

from donations.models import ChartAccount, Designation, GivingOptions, LegalEntity, Posting

WITH = Designation.Restriction.WITH


def seed() -> None:
    """Make what is not there yet; what someone has edited stays."""
    LegalEntity.objects.get_or_create(
        code="north-star",
        defaults={
            "name": "North Star Foundation, Inc.",
            "short_name": "North Star",
            "country": "US",
            "tax_id": "12-3456789",
            "address": "100 Harbor Street\nPortland, ME 04101",
            "email": "hello@northstar.example",
            "phone": "+1 207 555 0100",
            "website": "https://northstar.example",
            "statement_descriptor": "NORTH STAR GIFT",
            "is_default": True,
        },
    )
    for position, (code, name, name_es, text, text_es, restriction) in enumerate(DESIGNATIONS):
        purpose, _made = Designation.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_es": name_es,
                "description": text,
                "description_es": text_es,
                "restriction": restriction,
                "is_public": True,
                "is_default": position == 0,
                "position": (position + 1) * 10,
            },
        )
        if restriction == WITH:
            ChartAccount.objects.get_or_create(
                account=Posting.Account.CONTRIBUTIONS,
                designation=purpose,
                defaults={
                    "number": f"41{position + 1}0",
                    "name": f"Contributions:{name}",
                    "family": ChartAccount.Family.INCOME,
                },
            )
    GivingOptions.objects.get_or_create(
        currency="USD",
        frequency=GivingOptions.Frequency.ONCE,
        defaults={"amounts_minor": [2500, 5000, 10000, 25000], "preselected_minor": 5000},
    )
    for frequency, amounts, chosen in STANDING:
        GivingOptions.objects.get_or_create(
            currency="USD",
            frequency=frequency,
            defaults={"amounts_minor": amounts, "preselected_minor": chosen},
        )


STANDING = (
    (GivingOptions.Frequency.MONTHLY, [500, 1000, 2500, 5000], 1000),
    (GivingOptions.Frequency.YEARLY, [6000, 12000, 30000, 60000], 12000),
)
DESIGNATIONS = [
    (
        "where-needed-most",
        "Where it is needed most",
        "Donde más se necesite",
        "Staff put it to work where it helps soonest.",
        "El equipo lo usa donde antes ayuda.",
        Designation.Restriction.WITHOUT,
    ),
    (
        "education",
        "Education fund",
        "Fondo de educación",
        "Course fees, laptops and exam costs.",
        "Matrículas, computadoras y exámenes.",
        WITH,
    ),
    (
        "work",
        "First steps into work",
        "Primeros pasos en el trabajo",
        "Tools, clothing and travel for a first job.",
        "Herramientas, ropa y transporte para un primer empleo.",
        WITH,
    ),
    (
        "medical-travel",
        "Medical travel for two",
        "Viaje médico para dos personas",
        "Fares and a bed where care is far away, for one and a companion.",
        "Pasajes y una cama cuando la atención está lejos, para alguien y su acompañante.",
        WITH,
    ),
]
