"""Upgrading of anybody's layers: to today's format, and where asked to another ATT&CK release."""

from navigator_export.upgrading.changes import Change, Mend
from navigator_export.upgrading.layer_file import Upgrade, UpgradeOptions, upgrade
from navigator_export.upgrading.mends import MENDS
from navigator_export.upgrading.merging import ON_MERGE, OnMerge

__all__ = ["MENDS", "ON_MERGE", "Change", "Mend", "OnMerge", "Upgrade", "UpgradeOptions", "upgrade"]
