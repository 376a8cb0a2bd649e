"""What became of a gift: the thing's side on its day, the person's side in groups alone."""
