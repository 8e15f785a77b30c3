"""Corrected copies of a customer's own role files, and what to click for the rest. Nothing was ever deployed."""

from auditor.fix.lists import click_list, mass_update
from auditor.fix.project import Refused, project_files
from auditor.fix.role_file import RoleFile, read_role_file

__all__ = ["Refused", "RoleFile", "click_list", "mass_update", "project_files", "read_role_file"]
