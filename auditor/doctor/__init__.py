"""Looks at each account before the first night: is the way open, may the tool read, and is its role the right one.

It judges the tool's own footing and nothing else: what it finds is for whoever runs the audit, not for the auditor.
"""

from auditor.doctor.examination import examine
from auditor.doctor.report import AccountExamination, Examination, Fitness, Mark, RoleRow, Step, TableRow

__all__ = ["AccountExamination", "Examination", "Fitness", "Mark", "RoleRow", "Step", "TableRow", "examine"]
