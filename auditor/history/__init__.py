"""What earlier runs said: the store (SQLite by default, PostgreSQL by URL), drift from read to read, and trends.

It stands on the model alone. ``drift`` compares two reads, with or without a store; ``store`` keeps a run; ``asking``
answers what was seen when. Import the module that is needed: SQLAlchemy takes a while.
"""
