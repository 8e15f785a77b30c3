"""Audit NetSuite roles, role permissions and access tokens against what an integration requires."""

__version__ = "0.1.0"
