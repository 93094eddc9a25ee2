"""What a manifest's published sets and addresses are pinned to: `layers.lock`, beside `layers.yaml`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

import msgspec

from navigator_export.errors import Problem, SourceError, reason
from navigator_export.output import write
from navigator_export.readers.options import Limits
from navigator_export.sets.names import find, is_name, name_of, with_newer
from navigator_export.sets.registry import PublishedSet, Sha256, known
from navigator_export.sources.address import contents_at, pin_of, public
from navigator_export.sources.registry import contents

FORMAT: Final = 1


class Pins(msgspec.Struct, frozen=True):
    """The file of each name and the hash of each address that a manifest's sources have."""

    format: Literal[1] = FORMAT
    sets: dict[str, PublishedSet] = {}
    """By the name as the manifest has it."""
    addresses: dict[str, Sha256] = {}
    """SHA-256 by address."""

    def has(self, word: str) -> bool:
        """Return whether a name or an address is pinned."""
        return word in self.sets or word in self.addresses


def lock_of(manifest: str) -> Path:
    """Return the file of a manifest's pins, whether it exists or not."""
    return Path(manifest).with_suffix(".lock")


def read_pins(manifest: str) -> Pins | None:
    """Return the pins of a manifest; None where there are none. Raises SourceError where they cannot be read."""
    file = lock_of(manifest)
    if not file.exists():
        return None
    hint = "mend it, or delete it and make it anew with `build --lock`"
    try:
        pins = msgspec.json.decode(contents(str(file)), type=Pins)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(str(file), [Problem(f"is no lock: {reason(error)}", hint=hint)]) from None
    if any(not one.commit or not one.repository for one in pins.sets.values()):
        raise SourceError(str(file), [Problem("is no lock: a set has no repository or commit", hint=hint)])
    return pins


def write_pins(pins: Pins, manifest: str) -> bool:
    """Write the pins of a manifest; return whether they changed. Raises OutputError where that cannot be done."""
    file = lock_of(manifest)
    text = msgspec.json.format(msgspec.json.encode(_sorted(pins)), indent=2) + b"\n"
    if file.is_file() and contents(str(file)) == text:
        return False
    write(text, file)
    return True


class Move(msgspec.Struct, frozen=True):
    """A name or an address that is, or would be, pinned to something else."""

    word: str
    before: str
    """Empty where it was not pinned."""
    after: str

    def __str__(self) -> str:
        return f"{self.word}: {self.before or 'not pinned'} → {self.after}"


def pin(words: Iterable[str], pins: Pins) -> Pins:
    """Return pins of names and addresses: as they are pinned already, else as the registry has them, and as they are.

    Raises SourceError where there is no such set, or an address cannot be fetched.
    """
    sets: dict[str, PublishedSet] = {}
    addresses: dict[str, str] = {}
    for word in words:
        if is_name(word):
            sets[word] = pins.sets.get(word) or find(word, known().sets)
        else:
            addresses[word] = pins.addresses.get(word) or _hash_at(word)
    return Pins(sets=sets, addresses=addresses)


def renew(words: Iterable[str], pins: Pins, upstream: Iterable[PublishedSet], *, offline: bool) -> Pins:
    """Return pins of the newest that names and addresses stand for: of the registry, of upstream, or of the pins.

    A set of upstream may be one that is listed alone, to be `completed`. Raises SourceError as `pin` does.
    """
    sets: dict[str, PublishedSet] = {}
    addresses: dict[str, str] = {}
    known_sets = with_newer(with_newer(known().sets, pins.sets.values()), upstream)
    for word in words:
        if is_name(word):
            newest, before = find(word, known_sets), pins.sets.get(word)
            # The same content at another commit is no news.
            sets[word] = before if before and before.blob == newest.blob else newest
        else:
            before_hash = pins.addresses.get(word)
            addresses[word] = before_hash if offline and before_hash else _hash_at(word)
    return Pins(sets=sets, addresses=addresses)


def moves(before: Pins, after: Pins) -> list[Move]:
    """Return what differs between pins, by name and address."""
    found = []
    for word, one in after.sets.items():
        old = before.sets.get(word)
        if old is None or old.blob != one.blob:
            found.append(Move(word, told(old) if old else "", told(one)))
    for word, sha256 in after.addresses.items():
        if before.addresses.get(word) != sha256:
            found.append(Move(public(word), before.addresses.get(word, ""), sha256))
    return found


def told(one: PublishedSet) -> str:
    """Return a set's name and the start of its commit, which tells contents of one name apart."""
    return f"{name_of(one)} ({one.commit[:7]})"


def _hash_at(word: str) -> str:
    return pin_of(word) or hashlib.sha256(contents_at(word, "", Limits().bytes)[0]).hexdigest()


def _sorted(pins: Pins) -> Pins:
    return msgspec.structs.replace(
        pins, sets=dict(sorted(pins.sets.items())), addresses=dict(sorted(pins.addresses.items()))
    )
