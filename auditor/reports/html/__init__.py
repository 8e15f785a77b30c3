"""``index.html``: the page of a run folder, from which a person finds every account, finding and file."""

from auditor.reports.html.page import IndexPage

__all__ = ["IndexPage"]
