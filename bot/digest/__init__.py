"""A day's papers as a reader wants them: the calendar of lists, choosing, composing."""
