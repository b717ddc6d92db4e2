# SPDX-License-Identifier: GPL-3.0-or-later
"""The app's words, in English and in French: every message that is shown is translated, in every plural form and with its
places for numbers and names; typography, length where there is little room, and for each error its next step in both."""

import collections
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

SOURCE = pathlib.Path(__file__).parents[2]
FRENCH = SOURCE / "po" / "fr.po"
LISTED = SOURCE / "po" / "POTFILES.in"
KEYWORDS = ("_", "N_", "C_:1c,2", "NC_:1c,2", "ngettext:1,2", "g_dngettext:2,3", "g_dpgettext2:2c,3")
CALLS = re.compile(r"(?<![\w\"])(?:_|N_|C_|NC_|ngettext) ?\(|translatable=\"yes\"")
PLACE = re.compile(r"%(?:(\d)\$)?[-0+ #]*\d*(?:\.\d+)?(?:l|ll|z|h)?([diouxXeEfgGcs])|%%|\{(\w*)\}")
NARROW = "\u202f"  # the space before French double punctuation
ENDS = ".:;!?…"
# Its absence. What stands in an address or in what is put in is not meant.
UNSPACED = re.compile(rf"[^{NARROW}][;!?»](?=\W|$)|[^{NARROW}]:(?=\s|$)|«(?!{NARROW})|[^{NARROW}]%%")

# Properties whose text a person reads.
READ = {"label", "title", "subtitle", "description", "tooltip-text", "placeholder-text", "heading", "body", "button-label"}
# Names, and numbers that are dialled: the same in every language.
NAMES = re.compile(r"ALTM Field|[\d ·+−-]*|[^\w]*|\d+ ?s?")

# What can be done next begins a sentence or a part of one.
BEGINS = r"(?:^|[.:;,]\s+|\n|\bthen |\band |\bor |\bpuis |\bet |\bou )"
STEPS = {
    "en": "ask|call|change|check|choose|close|delete|nothing to do|record it|record the|restart|save again|set a|take out|tell|"
          "try|unlock|update|use|wait",
    "fr": "appelez|attendez|changez|choisissez|contactez|demandez|déverrouillez|dites|enregistrez|fermez|mettez|modifiez|"
          "patientez|prévenez|recommencez|redémarrez|refaites|ressaisissez|retirez|rien à faire|réessayez|saisissez|signalez|"
          "supprimez|utilisez|vérifiez",
}
# Plural messages that are not shown where there is none: one need not be a number there.
NEVER_NONE = {"See the %u to follow up", "Headquarters will count it no more. Its referral goes with it."}


# Where there is little room on a screen of 360 pixels: the property of a page that says it, how wide a line is, how many
# there may be. What is around the text is taken off: margins, padding, what stands beside it.
ROOM = {
    ("AdwViewStackPage", "title"): (84, 1),
    ("AltmTile", "label"): (138, 2),
    ("AltmTile", "title"): (138, 2),
    ("GtkButton", "label"): (304, 2),
    ("AltmPageHeader", "title"): (230, 2),
    ("AdwActionRow", "title"): (284, 2),
    ("AdwComboRow", "title"): (284, 2),
    ("AdwEntryRow", "title"): (284, 2),
    ("AdwPreferencesGroup", "title"): (336, 2),
}
FONT = "DejaVu Sans 14px"  # wider than what the shells come with

# The tables of what can go wrong, with where each of their members is told of: file, the enumeration and its header, and
# what is not told of by the table, as its message is for people already.
TABLES = (
    ("app/altm-problem.c", "data/altm-store.h", "ALTM_STORE_ERROR_", ()),
    ("app/altm-problem.c", "sync/client/altm-enrolment.h", "ALTM_ENROLMENT_ERROR_", ()),
    ("app/altm-problem.c", "data/altm-lock.h", "ALTM_LOCK_ERROR_", ()),
    ("app/altm-problem.c", "data/altm-vault.h", "ALTM_VAULT_ERROR_", ("WEAK",)),
)


class Message:
    """One message of a catalogue."""

    def __init__(self, block):
        self.parts = collections.defaultdict(str)
        self.files, self.flags, name = [], [], None
        for line in block.splitlines():
            if line.startswith("#:"):
                self.files += re.findall(r"(\S+):\d+", line)
            elif line.startswith("#,"):
                self.flags += [flag.strip() for flag in line[2:].split(",")]
            elif found := re.match(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (\".*\")$", line):
                name = found[1]
                self.parts[name] += json.loads(found[2])
            elif line.startswith('"'):
                self.parts[name] += json.loads(line)
        self.english = [self.parts[name] for name in ("msgid", "msgid_plural") if name in self.parts]
        self.french = [text for name, text in self.parts.items() if name.startswith("msgstr")]
        self.is_plural = "msgid_plural" in self.parts

    def pairs(self):
        """English and French side by side; a plural's forms are those of one and of many in both."""
        return list(zip(self.english, self.french))


def load_messages():
    blocks = FRENCH.read_text().split("\n\n")
    return [Message(block) for block in blocks if "\nmsgid \"\"\nmsgstr" not in f"\n{block}" or "Language:" not in block]


def list_sources():
    return sorted(path for folder in ("app", "data", "sync/client") for path in (SOURCE / folder).rglob("*.*")
                  if path.suffix in (".c", ".ui"))


def find_places(text):
    """What is put in, by its position and type; %% is none."""
    found = collections.Counter()
    for number, place in enumerate(found_one for found_one in PLACE.finditer(text) if found_one[0] != "%%"):
        found[place[1] or place[3] or str(number + 1), place[2]] += 1
    return found


def find_texts(path):
    """What a page says: the class that says it, the property, the text."""
    for node in xml.etree.ElementTree.parse(path).iter("object"):
        for part in node.findall("property"):
            if part.get("translatable") == "yes":
                yield node.get("class"), part.get("name"), part.text


def find_advice(path):
    """What the tables of a source say is to be done: the last text of each entry, put together."""
    source = path.read_text()
    joined = re.sub(r'"\s*\n\s*"', "", source)
    for found in re.finditer(r'{ (?:NULL|"[a-z-]+"),\s*N_\("[^"]*"\),\s*N_\(("[^"]*")\)|^  "[a-z-]+", N_\("[^"]*"\),\s*'
                             r'N_\(("[^"]*")\)|\[ALTM_\w+\] = N_\(("[^"]*")\)|return _\(("[^"]*")\)', joined, re.MULTILINE):
        yield json.loads(next(text for text in found.groups() if text))


class Measure:
    """How much room a text takes, as Pango lays it out."""

    def __init__(self):
        import gi

        gi.require_version("Pango", "1.0")
        gi.require_version("PangoCairo", "1.0")
        from gi.repository import Pango, PangoCairo

        self.layout = Pango.Layout(PangoCairo.FontMap.get_default().create_context())
        self.layout.set_font_description(Pango.FontDescription(FONT))
        self.layout.set_wrap(Pango.WrapMode.WORD)
        self.unit = Pango.SCALE

    def lines(self, text, width):
        """How many lines of that many pixels; one too many where a word is wider than one."""
        self.layout.set_text(text, -1)
        self.layout.set_width(width * self.unit)
        return self.layout.get_line_count() + (self.layout.get_pixel_size()[0] > width)


class Words(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.messages = load_messages()
        cls.french = {message.english[0]: message.french[0] for message in cls.messages}

    def each(self, look):
        for message in self.messages:
            for english, french in message.pairs():
                with self.subTest(english):
                    look(english, french)

    def test_every_message_is_translated(self):
        with tempfile.NamedTemporaryFile(suffix=".pot") as template:
            subprocess.run(["xgettext", "--from-code=UTF-8", f"--files-from={LISTED}", f"--directory={SOURCE}",
                            "--keyword", *(f"--keyword={word}" for word in KEYWORDS), f"--output={template.name}"],
                           check=True, capture_output=True)
            compared = subprocess.run(["msgcmp", FRENCH, template.name], capture_output=True, text=True, check=False)
        self.assertEqual(compared.returncode, 0, compared.stderr)
        checked = subprocess.run(["msgfmt", "--check", "--check-format", "-o", "/dev/null", FRENCH], capture_output=True,
                                 text=True, check=False)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        self.assertGreater(len(self.messages), 500)
        self.assertEqual([message.english[0] for message in self.messages if "fuzzy" in message.flags], [])

    def test_every_file_with_words_is_listed(self):
        listed = {line for line in LISTED.read_text().splitlines() if line and not line.startswith("#")}
        with_words = {str(path.relative_to(SOURCE)) for path in list_sources() if CALLS.search(path.read_text())}
        self.assertEqual(with_words - listed, set(), "not in POTFILES.in")
        self.assertEqual(listed - with_words, set(), "in POTFILES.in, and without words")

    def test_every_text_of_a_page_is_translatable(self):
        for path in (SOURCE / "app").rglob("*.ui"):
            for node in xml.etree.ElementTree.parse(path).iter("property"):
                text = (node.text or "").strip()
                if node.get("name") in READ and text and not NAMES.fullmatch(text):
                    with self.subTest(f"{path.name}: {text}"):
                        self.assertEqual(node.get("translatable"), "yes")

    def test_plurals(self):
        self.assertRegex(FRENCH.read_text(), r'"Plural-Forms: nplurals=2; plural=\(?n ?> ?1\)?;\\n"')
        plurals = [message for message in self.messages if message.is_plural]
        self.assertGreater(len(plurals), 20)
        for message in plurals:
            with self.subTest(message.english[0]):
                self.assertEqual(len(message.french), 2)
                self.assertTrue(all(message.french))
                # None is of the first form in French: where it is shown, that form has to say how many.
                if message.english[0] not in NEVER_NONE:
                    self.assertEqual(find_places(message.french[0]), find_places(message.english[1]))
                self.assertEqual(find_places(message.french[1]), find_places(message.english[1]))

    def test_what_is_counted_has_its_plural(self):
        for message in self.messages:
            if not message.is_plural:
                with self.subTest(message.english[0]):
                    self.assertNotRegex(message.english[0], r"%(\d\$)?[du] (?!min\b|s\b)(\w+ )?[a-z]+s\b")

    def test_places(self):
        def look(english, french):
            if english not in NEVER_NONE:
                self.assertEqual(find_places(french), find_places(english), french)

        self.each(look)

    def test_edges(self):
        """Beginnings and ends are put together with what stands beside them, so they are alike."""
        def look(english, french):
            self.assertEqual(english[:1].isspace(), french[:1].isspace(), french)
            self.assertEqual(english[-1:].isspace(), french[-1:].isspace(), french)
            ends = [text[-1:] if text[-1:] in ENDS else "" for text in (english, french)]
            self.assertEqual(ends[1], ends[0], french)

        self.each(look)

    def test_typography(self):
        def look(english, french):
            self.assertNotIn("'", english + french)
            self.assertNotIn("...", english + french)
            self.assertNotIn(NARROW, english)
            self.assertNotRegex(french, UNSPACED, "a narrow no-break space stands there")

        self.each(look)

    def test_room(self):
        """In both languages, as wide as it is drawn at 100 %."""
        measure = Measure()
        looked = collections.Counter()
        for path in sorted((SOURCE / "app").rglob("*.ui")):
            for node, name, english in find_texts(path):
                if (node, name) not in ROOM:
                    continue
                width, lines = ROOM[node, name]
                looked[node] += 1
                for text in (english, self.french.get(english, "")):
                    with self.subTest(f"{path.name}: {text}"):
                        self.assertLessEqual(measure.lines(text, width), lines, f"lines of {width} pixels")
        self.assertGreater(sum(looked.values()), 50)
        self.assertGreaterEqual(looked["AdwViewStackPage"], 4)

    def test_labels_have_room(self):
        """A chip is one line; a tile has two of half the screen."""
        measure = Measure()
        vocabulary = json.loads((SOURCE / "data" / "reference" / "vocabulary.json").read_text())["vocabulary"]
        for name, entries in vocabulary.items():
            width, lines = (138, 2) if name in ("canal", "registre", "poste_compteur") else (304, 1)
            for entry in entries:
                for language in ("fr", "en"):
                    text = entry.get(f"short_{language}", entry[f"label_{language}"])
                    with self.subTest(f"{name}: {text}"):
                        self.assertLessEqual(measure.lines(text, width), lines, f"lines of {width} pixels")

    def test_every_error_has_its_next_step(self):
        texts = {text for name in {table[0] for table in TABLES} for text in find_advice(SOURCE / name)}
        self.assertGreater(len(texts), 30)
        for english in sorted(texts):
            for language, text in (("en", english), ("fr", self.french.get(english, ""))):
                with self.subTest(f"{language}: {text}"):
                    self.assertRegex(text.lower(), rf"{BEGINS}(?:{STEPS[language]})\b")

    def test_every_error_is_told_of(self):
        for source, header, prefix, told in TABLES:
            text = (SOURCE / source).read_text()
            members = set(re.findall(rf"^  {prefix}([A-Z_]+)", (SOURCE / header).read_text(), re.MULTILINE))
            self.assertGreater(len(members), 2)
            for member in members - set(told):
                with self.subTest(f"{prefix}{member}"):
                    self.assertIn(f"[{prefix}{member}] =", text)

    def test_every_reason_of_hq_is_told_of(self):
        names = set(re.findall(r'\[ALTM_RECORD_ERROR_\w+\] = "([a-z-]+)"', (SOURCE / "data" / "altm-record.c").read_text()))
        told = set(re.findall(r'^  { "([a-z-]+)", N_\(', (SOURCE / "app" / "altm-problem.c").read_text(), re.MULTILINE))
        self.assertGreater(len(names), 10)
        self.assertEqual(names - told, set())


if __name__ == "__main__":
    unittest.main()
