"""Gift Aid (United Kingdom): declarations, claims and their schedules."""
