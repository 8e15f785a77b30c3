"""From nothing to a configuration: ``accounts.toml``, a key pair with its certificate, and the steps in NetSuite."""
