"""Several things in one payment: units and shares of wishes, a plain gift, a monthly gift."""
