"""The doctor: small checks of everything that can be wrong, each with what to do about it. Shown by bot/cli/doctor.py."""
