"""The product; imports no chat platform's library."""
