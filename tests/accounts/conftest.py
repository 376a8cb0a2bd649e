"""Standing gifts, for what their donors find in their own area."""

from tests.donations.plans.conftest import standing

__all__ = ["standing"]
