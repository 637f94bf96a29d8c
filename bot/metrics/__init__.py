"""What Prometheus is told, and whether the bot is ready: counted, read, judged. Served by bot/web/health.py."""
