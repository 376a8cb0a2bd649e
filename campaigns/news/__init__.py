"""News by e-mail: asking for it, confirming from the mailbox, leaving by one press."""
