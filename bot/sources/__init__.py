"""Where papers come from: the Hub, arXiv, Markdown archives, JSON Lines."""
