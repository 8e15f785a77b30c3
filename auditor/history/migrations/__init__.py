"""How the tables of the history came to be, step by step. Alembic runs them when a history is opened."""
