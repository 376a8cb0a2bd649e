"""Gifts that came outside Stripe: entered in batches, posted whole, put right by reversal."""
