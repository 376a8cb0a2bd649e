"""The way of matched things to partners' offices, and what the two databases tell each other."""
