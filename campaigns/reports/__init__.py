"""What giving did, in figures from which nobody can be found. The argument: docs/reports.md."""
