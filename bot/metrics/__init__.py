"""Metrics for Prometheus, and whether the bot is ready. Served by bot/web/health.py."""
