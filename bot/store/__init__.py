"""One SQLite file: schema, connection, and one module per subject."""
