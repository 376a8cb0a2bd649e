"""How fast it is, beside something others wrote, in the same run: `make bench`."""
