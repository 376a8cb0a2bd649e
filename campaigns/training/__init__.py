"""Awareness training: courses by sector, a check of what was learned, certificates, workplaces."""
