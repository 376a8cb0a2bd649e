"""A plain Wagtail site as the tutorial makes it, for comparison."""
