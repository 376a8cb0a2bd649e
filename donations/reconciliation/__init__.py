"""Stripe against the books: everything both sides hold of a stretch of time, held side by side.

    run.reconcile(since, until) → for each family: list at Stripe · list ours · name each difference
                                → repair: fetch and take over again, then look once more

Each family is a module here and a line in `run.FAMILIES`.
"""
