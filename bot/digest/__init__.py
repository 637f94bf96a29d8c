"""A day's papers as a reader wants them: the calendar of lists, filtering and ranking, composing messages."""
