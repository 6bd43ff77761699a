"""Message catalogues without GNU gettext: extract messages, read .po files, compile the .mo files that Django loads.

Translators edit the .po file; `manage.py catalogue` adds missing messages and compiles it.
"""

import ast
import re
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

CALLS = frozenset({"_", "gettext", "gettext_lazy"})
PLURAL_CALLS = frozenset({"ngettext", "ngettext_lazy"})
TRANSLATE = re.compile(r"""\{%-?\s*translate\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
BLOCK = re.compile(r"\{%\s*blocktranslate\b([^%]*)%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
Message = tuple[str, str]  # msgid, and msgid_plural or an empty string


def extract_messages(paths: Iterable[Path]) -> Iterator[Message]:
    """Every translatable message of these templates and modules, in order, each once."""
    seen: set[Message] = set()
    for path in paths:
        text = path.read_text("utf-8")
        for message in _in_template(text) if path.suffix == ".html" else _in_module(text):
            if message not in seen:
                seen.add(message)
                yield message


def _in_template(text: str) -> Iterator[Message]:
    for match in TRANSLATE.finditer(text):
        yield ast.literal_eval(match[1]), ""
    for match in BLOCK.finditer(text):
        singular, _, plural = match[2].partition("{% plural %}")
        trimmed = "trimmed" in match[1]
        yield _block(singular, trimmed), _block(plural, trimmed)


def _block(text: str, trimmed: bool) -> str:
    if trimmed:
        text = " ".join(line.strip() for line in text.splitlines() if line.strip())
    return VARIABLE.sub(r"%(\1)s", text.replace("%", "%%"))


def _in_module(text: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if node.func.id in CALLS and texts:
            yield texts[0], ""
        elif node.func.id in PLURAL_CALLS and len(texts) == 2:
            yield texts[0], texts[1]


def read_po(text: str) -> dict[str, list[str]]:
    """A .po file as `{msgid: translations}`; the key of a plural is msgid and msgid_plural, joined by NUL."""
    entries: dict[str, list[str]] = {}
    for block in re.split(r"\n\s*\n", text):
        parts: dict[str, str] = {}
        current = ""
        for line in block.splitlines():
            match = re.match(r'(msgid|msgid_plural|msgstr(?:\[\d\])?)?\s*("(?:[^"\\]|\\.)*")$', line.strip())
            if match:
                current = match[1] or current
                parts[current] = parts.get(current, "") + ast.literal_eval(match[2])
        if "msgid" in parts:
            key = "\x00".join(filter(None, [parts["msgid"], parts.get("msgid_plural", "")]))
            entries[key] = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
    return entries


def write_entry(message: Message) -> str:
    """An untranslated entry of a .po file."""
    singular, plural = (part.replace("\\", "\\\\").replace('"', '\\"') for part in message)
    if plural:
        return f'msgid "{singular}"\nmsgid_plural "{plural}"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    return f'msgid "{singular}"\nmsgstr ""\n'


def compile_mo(entries: dict[str, list[str]]) -> bytes:
    """The catalogue in GNU gettext's .mo format (little-endian), without untranslated messages."""
    table = sorted(
        (key.encode(), "\x00".join(texts).encode()) for key, texts in entries.items() if texts and all(texts)
    )
    offset = 7 * 4 + 16 * len(table)
    keys, values, data = b"", b"", b""
    for index, part in enumerate((0, 1)):
        directory = b""
        for pair in table:
            directory += struct.pack("<2I", len(pair[part]), offset + len(data))
            data += pair[part] + b"\x00"
        keys, values = (directory, values) if index == 0 else (keys, directory)
    head = struct.pack("<7I", 0x950412DE, 0, len(table), 28, 28 + 8 * len(table), 0, 28 + 16 * len(table))
    return head + keys + values + data
