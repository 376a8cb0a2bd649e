"""A pack for an auditor: what a period's books say, and a sample of gifts with their papers."""
