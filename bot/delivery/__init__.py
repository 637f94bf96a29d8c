"""Sending digests: due instants, planning, the engine, pace, and the rules after each send."""
