"""What a comment says: its sentences, which of them speak of this technique, and its licence sentence."""

from navigator_export.layer.passages.choice import Passages
from navigator_export.layer.passages.licence import licence_of

__all__ = ["Passages", "licence_of"]
