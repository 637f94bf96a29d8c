"""One SQLite file: schema, connection, and one module a subject."""
