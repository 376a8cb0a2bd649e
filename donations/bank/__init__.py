"""The bank's side: its statements brought in, its lines held against what we sent there."""
