"""Things given instead of money: offered, decided on, taken in, checked, and their papers."""
