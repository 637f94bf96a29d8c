"""Chat platforms, one package each, found through the entry-point group `daily_papers.adapters`."""
