"""Sending digests: what is due, planning, the engine, pace, and the rules after each send."""
