"""Stories: whose words they are, who passed them, and how they are taken back."""
