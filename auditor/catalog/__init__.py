"""The permission catalogue: permission id, label and aliases, sub-tab, levels offered."""

from auditor.catalog.catalog import Catalog, CatalogEntry, load_catalog, permission_id

__all__ = ["Catalog", "CatalogEntry", "load_catalog", "permission_id"]
