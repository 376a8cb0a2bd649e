"""What the public sees of wishes: the list, a page for each, and the picture for sharing."""
