"""Standing gifts. Stripe holds the clock and the card; here are the terms, the story, the words.

start      the first payment makes a plan of what the form began
refresh    taking over what Stripe says of a plan; each difference is a step of its story
renewals   each paid invoice becomes a donation, once
changes    a wish is stored, carried out at Stripe, then seen in what Stripe says
actions    amount, purpose, pause, skip, resume, stop, take up again; what each will mean
addressing name, language and address of its mails
cards      another card, and the open payment tried with it at once
calendar   the one rule of dates
steps, letters, links     the story, its mails, the links in them
showing, forms            what the donor's pages tell and ask (donations/views/plans.py and on)
notices    what is told ahead of time, and plans whose payments failed for good
"""
