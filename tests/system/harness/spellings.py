"""Synthetic secrets, the spellings that other programs give them, and a search for them all."""

import base64
import html
import json
import re
import shlex
import string
import urllib.parse
import xml.sax.saxutils

LETTERS = string.ascii_letters + string.digits
MARKS = "+/=%&<>\"'\\ -_.,:;?!@#$^*()[]{}|~`"
FOREIGN = "äöüßéñøłжщ日本語€😀"
BYTES_MIN, BYTES_MAX = 8, 300
BASE64_BITS = (0, 2, 3)  # characters at the front that hold bits of a neighbour
PART = 12  # bytes of a secret that must not be left of it


def make(random, number):
    """(value, multiline); of several lines each seventh."""
    size = random.choice((BYTES_MIN, BYTES_MIN + 1, 16, 24, 40, 64, random.randint(65, BYTES_MAX)))
    alphabet = random.choice((LETTERS, LETTERS + MARKS, LETTERS + MARKS, LETTERS + MARKS + FOREIGN))
    multiline = number % 7 == 3
    value = "".join(random.choice(alphabet) for _ in range(size))
    if multiline:
        value = "\n".join(value[at : at + 20] for at in range(0, size, 20)) + "\nend"
    # Spaces at its ends are lost where lines are trimmed, by whoever reads them.
    return "s" + value[1:-1] + str(number % 10), multiline


def base64_of(value, before, encode):
    """A text that holds `value` after so many other bytes, and what of it only `value` decides."""
    data = value.encode()
    whole = encode(b"~" * before + data + b"?" * (-(before + len(data)) % 3)).decode()
    bits = (before + len(data)) * 8
    return whole, whole[BASE64_BITS[before] : bits // 6]


def spell(value):
    """Name to (text, what must not be found)."""
    data = value.encode()
    attribute = xml.sax.saxutils.quoteattr(value)[1:-1]
    plain = {
        "raw": value,
        "url": urllib.parse.quote(value),
        "url, all": urllib.parse.quote(value, safe=""),
        "url, lower": re.sub("%..", lambda m: m[0].lower(), urllib.parse.quote(value, safe="")),
        "form": urllib.parse.quote_plus(value),
        "json": json.dumps(value, ensure_ascii=False)[1:-1],
        "json, ascii": json.dumps(value)[1:-1],
        "json, slashes": json.dumps(value)[1:-1].replace("/", "\\/"),
        "xml": xml.sax.saxutils.escape(value),
        "xml, attribute": attribute,
        "xml, ascii": xml.sax.saxutils.escape(value).encode("ascii", "xmlcharrefreplace").decode(),
        "html": html.escape(value),
        "shell": shlex.quote(value)[1:-1] if shlex.quote(value) != value else value,
        "shell, bash": value.replace("'", "'\\''"),
        "shell, double quotes": re.sub(r'(["\\$`])', r"\\\1", value),
        "hex": data.hex(),
        "hex, upper": data.hex().upper(),
        "python": repr(value)[1:-1],
        "python, bytes": repr(data)[2:-1],
    }
    found = {name: (text, text) for name, text in plain.items()}
    for before in range(3):
        found[f"base64 at {before}"] = base64_of(value, before, base64.b64encode)
        found[f"base64url at {before}"] = base64_of(value, before, base64.urlsafe_b64encode)
    found["base64 in lines"] = (base64.encodebytes(data).decode().strip(),) * 2
    return found


def needles(value):
    """bytes to the name of the spelling."""
    found = {needle.encode(): name for name, (_, needle) in spell(value).items()}
    if len(value.encode()) >= 2 * PART and "\n" not in value:
        found[value.encode()[:PART]] = "its first bytes"
        found[value.encode()[-PART:]] = "its last bytes"
    return found


class Search:
    def __init__(self, values):
        self.needles = {}
        for value in values:
            self.needles.update(needles(value))
        self.by_start = {}
        for needle in self.needles:
            self.by_start.setdefault(needle[:BYTES_MIN], []).append(needle)

    def of(self, data):
        """(spelling, needle) of each that `data` holds, as it stands or as JSON or XML of it."""
        views = {data, html.unescape(data.decode(errors="replace")).encode()}
        views.add(re.sub(rb'\\(["\\/])', rb"\1", data).replace(rb"\n", b"\n"))
        return [hit for view in views for hit in self._of_view(view)]

    def _of_view(self, data):
        starts = {data[at : at + BYTES_MIN] for at in range(len(data) - BYTES_MIN + 1)}
        for start in starts & self.by_start.keys():
            for needle in self.by_start[start]:
                if needle in data:
                    yield self.needles[needle], needle
