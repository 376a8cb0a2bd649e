"""A donor's year: what she gave, and what became of it as the traces of her gifts tell it."""
