"""Comments on stories: written by readers, read by people before they show, kept for a time."""
