from django.db import migrations

# Where the ledger's accounts stand, as many nonprofits number theirs; the Finance lead edits them.
CHART = [
    ("bank_account", "1010", "Operating bank account", "asset"),
    ("processor_balance", "1050", "Stripe clearing", "asset"),
    ("bank_transit", "1060", "Cash in transit", "asset"),
    ("advances", "1300", "Advances to partners", "asset"),
    ("things_given", "1400", "Donated goods on hand", "asset"),
    ("unclear", "1990", "Suspense", "asset"),
    ("payable", "2010", "Accounts payable", "liability"),
    ("committed", "3900", "Committed to orders", "net_assets"),
    ("transfers", "3910", "Transfers between designations", "net_assets"),
    ("released", "3920", "Net assets released from restriction", "net_assets"),
    ("released_to", "3930", "Net assets received from restriction", "net_assets"),
    ("contributions", "4010", "Contributions", "income"),
    ("refunds", "4080", "Contributions refunded", "income"),
    ("disputes", "4090", "Contributions disputed", "income"),
    ("contributions_in_kind", "4200", "Contributions in kind", "income"),
    ("purchases", "5010", "Program supplies and fees", "expense"),
    ("things_given_used", "5200", "Donated goods used", "expense"),
    ("processing_fees", "6010", "Payment processing fees", "expense"),
    ("currency_exchange", "6090", "Currency exchange", "expense"),
    ("undeposited", "1020", "Undeposited funds", "asset"),
    ("securities", "1350", "Donated securities", "asset"),
    ("opening_balances", "3010", "Opening balances", "net_assets"),
    ("gift_aid_tax", "4030", "Gift Aid received", "income"),
]


def seed_chart(apps, editor):
    ChartAccount = apps.get_model("donations", "ChartAccount")
    for account, number, name, family in CHART:
        ChartAccount.objects.create(account=account, number=number, name=name, family=family)


class Migration(migrations.Migration):

    dependencies = [("donations", "0001_initial")]
    operations = [migrations.RunPython(seed_chart, migrations.RunPython.noop)]
