"""What a mail about a declaration says."""

from typing import Any

from donations.models import Declaration, Mail


def of_declaration(mail: Mail, _preview: bool) -> dict[str, Any]:
    """Everything that was taken down by telephone, for the donor to read and to keep."""
    row = Declaration.objects.select_related("legal_entity").get(pk=mail.about)
    return {
        "name": f"{row.first_name} {row.last_name}".strip(),
        "address": row.address,
        "text": row.text,
        "declared_on": row.declared_on,
        "organisation": row.legal_entity.short_name,
        "help_email": row.legal_entity.email,
    }
