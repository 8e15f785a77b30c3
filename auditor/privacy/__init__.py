"""Privacy: what an account says of people, without their names and e-mail addresses, and of the same meaning."""

from auditor.privacy.hiding import NAMED, Hiding, hiding

__all__ = ["NAMED", "Hiding", "hiding"]
