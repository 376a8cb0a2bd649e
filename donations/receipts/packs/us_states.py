"""What states of the United States want donors to read, in their statutory English.

A row that was used stays: set `ended`, and add a row with the new text and its first day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from donations.receipts.snapshot import Entity


@dataclass(frozen=True)
class Disclosure:
    """A state's sentence. `{registration}` stands where it wants the organization's number."""

    region: str
    effective: date
    text: str
    source: str
    ended: date | None = None


_USED_SINCE = date(2026, 1, 1)
DISCLOSURES: tuple[Disclosure, ...] = (
    Disclosure(
        "FL",
        _USED_SINCE,
        "A COPY OF THE OFFICIAL REGISTRATION AND FINANCIAL INFORMATION MAY BE OBTAINED FROM THE "
        "DIVISION OF CONSUMER SERVICES BY CALLING TOLL-FREE 1-800-HELP-FLA (435-7352) WITHIN THE "
        "STATE OR AT www.FloridaConsumerHelp.com. REGISTRATION DOES NOT IMPLY ENDORSEMENT, "
        "APPROVAL, OR RECOMMENDATION BY THE STATE.{registration}",
        "Fla. Stat. 496.411",
    ),
    Disclosure(
        "MD",
        _USED_SINCE,
        "A copy of the current financial statement of {name} is available by writing to {address} "
        "or by calling {phone}. Documents and information submitted under the Maryland "
        "Solicitations Act are also available, for the cost of postage and copies, from the "
        "Maryland Secretary of State, State House, Annapolis, MD 21401, (410) 974-5534.",
        "Md. Code, Bus. Reg. 6-411",
    ),
    Disclosure(
        "NJ",
        _USED_SINCE,
        "Information filed with the Attorney General concerning this charitable solicitation and "
        "the percentage of contributions received by the charity during the last reporting period "
        "that were dedicated to the charitable purpose may be obtained from the Attorney General "
        "of the State of New Jersey by calling (973) 504-6215 and is available on the internet at "
        "www.njconsumeraffairs.gov. Registration with the Attorney General does not imply "
        "endorsement.",
        "N.J.A.C. 13:48-11.2",
    ),
    Disclosure(
        "NY",
        _USED_SINCE,
        "A copy of our latest annual report may be obtained, upon request, from us at {address} or "
        "from the Charities Registry at www.charitiesnys.com or the Charities Bureau, 28 Liberty "
        "Street, New York, NY 10005, (212) 416-8686.",
        "N.Y. Exec. Law 174-b",
    ),
    Disclosure(
        "NC",
        _USED_SINCE,
        "Financial information about this organization and a copy of its license are available "
        "from the State Solicitation Licensing Section at 1-888-830-4989. The license is not an "
        "endorsement by the State.",
        "N.C. Gen. Stat. 131F-9",
    ),
    Disclosure(
        "PA",
        _USED_SINCE,
        "The official registration and financial information of {name} may be obtained from the "
        "Pennsylvania Department of State by calling toll free, within Pennsylvania, "
        "1-800-732-0999. Registration does not imply endorsement.",
        "10 P.S. 162.13",
    ),
    Disclosure(
        "VA",
        _USED_SINCE,
        "A financial statement is available from the Virginia Department of Agriculture and "
        "Consumer Services, Office of Charitable and Regulatory Programs, upon request.",
        "Va. Code 57-55.2",
    ),
    Disclosure(
        "WA",
        _USED_SINCE,
        "{name} is registered with the Washington Secretary of State. Additional information is "
        "available at 1-800-332-4483 or www.sos.wa.gov/charities.",
        "RCW 19.09.100",
    ),
    Disclosure(
        "WV",
        _USED_SINCE,
        "West Virginia residents may obtain a summary of the registration and financial documents "
        "from the Secretary of State, State Capitol, Charleston, West Virginia 25305. Registration "
        "does not imply endorsement.",
        "W. Va. Code 29-19-8",
    ),
)

# A new row's state is named here as well.
REGIONS: Mapping[str, str | Promise] = {
    "FL": _("Florida"),
    "MD": _("Maryland"),
    "NC": _("North Carolina"),
    "NJ": _("New Jersey"),
    "NY": _("New York"),
    "PA": _("Pennsylvania"),
    "VA": _("Virginia"),
    "WA": _("Washington"),
    "WV": _("West Virginia"),
}


def disclosures(region: str, on: date, entity: Entity, registration: str = "") -> tuple[str, ...]:
    """The sentences that a donor's state wants on a receipt, filled in for this organization.

    Args:
        region: two letters, as in the donor's address.
        registration: the organization's number in that state, where it prints one.
    """
    facts = {
        "name": entity.name,
        "address": ", ".join(entity.address),
        "phone": entity.phone,
        "registration": f" REGISTRATION NO. {registration}." if registration else "",
    }
    return tuple(
        row.text.format(**facts)
        for row in DISCLOSURES
        if row.region == region.upper()
        and row.effective <= on
        and (not row.ended or on < row.ended)
    )
