"""The main job unattended, on a fresh system: `make tour`. What it leaves lies in var/tour."""
