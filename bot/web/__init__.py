"""The web pages: the same ones served by the running process and written as files. Nothing here writes to the store."""
