"""From bytes to text: byte order marks, UTF-8, UTF-16, and Windows-1252 for what is none of them."""

from __future__ import annotations

import codecs

import msgspec

from navigator_export.errors import Problem, SourceError
from navigator_export.readers.options import ReadOptions

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


class Encoding(msgspec.Struct, frozen=True):
    """How bytes are a text."""

    codec: str
    name: str
    remark: str = ""
    """What was taken for granted; empty where nothing was."""


def find_encoding(data: bytes, file: str, options: ReadOptions) -> Encoding:
    """Return the encoding of a text: what the options say, its byte order mark, UTF-8, else Windows-1252.

    Old Excel saves CSV in the machine's code page, which in most places is Windows-1252; a guess by letter frequency
    goes wrong on lists this short, so any other has to be named. Raises SourceError where nothing fits.
    """
    if options.encoding:
        return _named(data, file, options.encoding)
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return Encoding(_checked(data, file, codec), name)
    if b"\0" in data[:4] and len(data) > 1:
        codec = "utf-16-le" if data[1] == 0 else "utf-16-be"
        return Encoding(_checked(data, file, codec), "UTF-16 without a byte order mark")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        wrong = error
    else:
        return Encoding("utf-8", "UTF-8")
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        line = data[: wrong.start].count(b"\n") + 1
        message = f"byte 0x{data[wrong.start]:02x} is neither UTF-8 nor Windows-1252"
        raise SourceError(file, [Problem(message, f"line {line}", "`reading.encoding` names its encoding")]) from None
    return Encoding(
        "cp1252",
        "Windows-1252",
        "the text is not UTF-8; assuming Windows-1252; `reading.encoding` changes that",
    )


def _named(data: bytes, file: str, name: str) -> Encoding:
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        raise SourceError(file, [Problem(f"unknown encoding {name!r}", "reading.encoding", "such as cp1250")]) from None
    if not codec._is_text_encoding:
        raise SourceError(file, [Problem(f"{name!r} is not a text encoding", "reading.encoding", "such as cp1250")])
    codec_name = "utf-8-sig" if codec.name == "utf-8" and data.startswith(codecs.BOM_UTF8) else codec.name
    return Encoding(_checked(data, file, codec_name), codec.name)


def _checked(data: bytes, file: str, codec: str) -> str:
    try:
        data.decode(codec)
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        raise SourceError(file, [Problem(f"the text is not {codec.upper()}", f"byte {start}")]) from None
    return codec
