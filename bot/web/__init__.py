"""The days on the web: the same pages from the running process and as files. Nothing here writes to the store."""
