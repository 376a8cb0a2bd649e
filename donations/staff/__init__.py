"""What staff see of the money part in Wagtail's admin: one module for each desk."""
