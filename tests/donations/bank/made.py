"""Statements of a bank as files, in two versions of camt.053 and as CSV."""

from decimal import Decimal

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
# Day, amount, reference, text.
LINES = (
    ("2026-10-05", "123.45", "R1", "STRIPE PAYOUT"),
    ("2026-10-06", "-20.00", "R2", "Monthly fee"),
    ("2026-10-07", "500.00", "R3", "Transfer"),
)


def camt(lines=LINES, *, version="08", opening="1000.00", closing=None, number="DE0212", ident="S1",
         currency="USD", pending=()):  # fmt: skip
    total = sum(Decimal(line[1]) for line in lines)
    closing = closing or str(Decimal(opening) + total)
    entries = "".join(_entry(line, version, "BOOK", currency) for line in lines)
    entries += "".join(_entry(line, version, "PDNG", currency) for line in pending)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{NAMESPACE}{version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt>
<Id>{ident}</Id><Acct><Id><IBAN>{number}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{_balance("OPBD", opening, currency)}{_balance("CLBD", closing, currency)}
{entries}</Stmt></BkToCstmrStmt></Document>""".encode()


def _balance(code, amount, currency):
    side = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">'
        f"{amount.lstrip('-')}</Amt><CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-10-31</Dt></Dt></Bal>"
    )


def _entry(line, version, status, currency):
    day, amount, reference, text = line
    side = "DBIT" if amount.startswith("-") else "CRDT"
    state = f"<Cd>{status}</Cd>" if version >= "04" else status
    name = "<Pty><Nm>Ruth</Nm></Pty>" if version >= "08" else "<Nm>Ruth</Nm>"
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount.lstrip("-")}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        f"<Sts>{state}</Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        + (f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else "")
        + f"<NtryDtls><TxDtls><RltdPties><Dbtr>{name}</Dbtr></RltdPties><RmtInf><Ustrd>{text}"
        "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


CSV = """Date,Description,Amount
10/05/2026,STRIPE PAYOUT,123.45
10/06/2026,Monthly fee,(20.00)
10/06/2026,Monthly fee,(20.00)
10/07/2026,"Transfer, from Ruth","1,500.00"
"""
