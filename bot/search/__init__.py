"""Search: words, spellings, queries and ranking. Pure; the rows are in bot/store/search*.py."""
