/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-privacy.h"
#include "altm-test.h"

#define PHONE ALTM_PRIVACY_PHONE
#define EMAIL ALTM_PRIVACY_EMAIL
#define NIR ALTM_PRIVACY_NIR
#define IBAN ALTM_PRIVACY_IBAN

/* @found: the very characters that are found, in @text once. */
static const struct
{
  const char *text;
  AltmPrivacyKind kind;
  const char *found;
} found_cases[] = {
  /* The ways in which a French number is written. */
  { "0612345678", PHONE, "0612345678" },
  { "rappeler au 06 12 34 56 78 demain", PHONE, "06 12 34 56 78" },
  { "06.12.34.56.78", PHONE, "06.12.34.56.78" },
  { "06-12-34-56-78.", PHONE, "06-12-34-56-78" },
  { "06/12/34/56/78", PHONE, "06/12/34/56/78" },
  { "07 . 12 . 34 . 56 . 78", PHONE, "07 . 12 . 34 . 56 . 78" },
  { "tel:0712345678,merci", PHONE, "0712345678" },
  { "tél0712345678", PHONE, "0712345678" },
  { "0712345678ou le soir", PHONE, "0712345678" },
  { "0478 12 34 56", PHONE, "0478 12 34 56" },
  { "0478 123 456", PHONE, "0478 123 456" },
  { "04 7812 3456", PHONE, "04 7812 3456" },
  { "06 123 456 78", PHONE, "06 123 456 78" },
  { "porte 2, 09 12 34 56 78 le matin", PHONE, "09 12 34 56 78" },
  { "bâtiment 2 06 12 34 56 78 14h", PHONE, "06 12 34 56 78" },
  { "06 12 34 56 78 69003 Lyon", PHONE, "06 12 34 56 78" },
  { "+33 6 12 34 56 78", PHONE, "+33 6 12 34 56 78" },
  { "+33612345678", PHONE, "+33612345678" },
  { "+33(0)6 12 34 56 78", PHONE, "+33(0)6 12 34 56 78" },
  { "+33 (0)6.12.34.56.78", PHONE, "+33 (0)6.12.34.56.78" },
  { "+ 33 6 12 34 56 78", PHONE, "+ 33 6 12 34 56 78" },
  { "0033 6 12 34 56 78", PHONE, "0033 6 12 34 56 78" },
  { "00 33 (0)6 12 34 56 78", PHONE, "00 33 (0)6 12 34 56 78" },
  { "0033612345678", PHONE, "0033612345678" },
  /* Other countries'. */
  { "+213 661 23 45 67", PHONE, "+213 661 23 45 67" },
  { "+41-22-123-45-67", PHONE, "+41-22-123-45-67" },
  { "+1 (212) 555-0123", PHONE, "+1 (212) 555-0123" },
  { "00213661234567", PHONE, "00213661234567" },
  { "+35212345", PHONE, "+35212345" },
  { "+33612345678 puis 12 autres", PHONE, "+33612345678" },
  { "+212612345678 69003 Lyon", PHONE, "+212612345678" },
  /* Blanks, dashes and digits that only look otherwise. */
  { "06\u00a012\u00a034\u00a056\u00a078", PHONE, "06\u00a012\u00a034\u00a056\u00a078" },
  { "06\u202f12\u202f34\u202f56\u202f78", PHONE, "06\u202f12\u202f34\u202f56\u202f78" },
  { "06\u201312\u201334\u201356\u201378", PHONE, "06\u201312\u201334\u201356\u201378" },
  { "06\u200b12345678", PHONE, "06\u200b12345678" },
  { "\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", PHONE,
    "\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668" },
  { "\uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18", PHONE,
    "\uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18" },

  { "jean.dupont@exemple.fr", EMAIL, "jean.dupont@exemple.fr" },
  { "écrire à <a.b+c@mail.exemple.com>.", EMAIL, "a.b+c@mail.exemple.com" },
  { "Mél : J_D@EXEMPLE.ORG, le soir", EMAIL, "J_D@EXEMPLE.ORG" },
  { "zoé@exemple.fr", EMAIL, "zoé@exemple.fr" },
  { "jean\uff20exemple.fr", EMAIL, "jean\uff20exemple.fr" },
  { "0612345678@exemple.fr", EMAIL, "0612345678@exemple.fr" },

  /* Made-up persons; the keys are right. */
  { "255081416802538", NIR, "255081416802538" },
  { "2 55 08 14 168 025 38", NIR, "2 55 08 14 168 025 38" },
  { "n° 2-55-08-14-168-025-38, caf", NIR, "2-55-08-14-168-025-38" },
  { "2\u00a055\u00a008\u00a014\u00a0168\u00a0025\u00a038", NIR, "2\u00a055\u00a008\u00a014\u00a0168\u00a0025\u00a038" },
  { "25508 14168 02538", NIR, "25508 14168 02538" },
  { "2550814168025", NIR, "2550814168025" },
  { "2 55 08 14 168 025", NIR, "2 55 08 14 168 025" },
  { "1 85 05 2A 004 084 95", NIR, "1 85 05 2A 004 084 95" },
  { "185052B033084", NIR, "185052B033084" },
  { "1 85 25 99 216 001", NIR, "1 85 25 99 216 001" },
  { "2 55 08 14 168 025 et 12 personnes", NIR, "2 55 08 14 168 025" },

  { "FR1420041010050500013M02606", IBAN, "FR1420041010050500013M02606" },
  { "FR14 2004 1010 0505 0001 3M02 606", IBAN, "FR14 2004 1010 0505 0001 3M02 606" },
  { "fr14 2004 1010 0505 0001 3m02 606 merci", IBAN, "fr14 2004 1010 0505 0001 3m02 606" },
  { "RIB:FR14-2004-1010-0505-0001-3M02-606", IBAN, "FR14-2004-1010-0505-0001-3M02-606" },
  { "FR14\u00a02004\u00a01010\u00a00505\u00a00001\u00a03M02\u00a0606", IBAN,
    "FR14\u00a02004\u00a01010\u00a00505\u00a00001\u00a03M02\u00a0606" },
  { "DE89 3704 0044 0532 0130 00", IBAN, "DE89 3704 0044 0532 0130 00" },
  { "GB82WEST12345698765432", IBAN, "GB82WEST12345698765432" },
  { "BE68 5390 0754 7034", IBAN, "BE68 5390 0754 7034" },
  { "MT84 MALT 0110 0001 2345 MTLC AST0 01S", IBAN, "MT84 MALT 0110 0001 2345 MTLC AST0 01S" },
  { "TN59 1000 6035 1835 9847 8831", IBAN, "TN59 1000 6035 1835 9847 8831" },
};

/* What notes are full of. */
static const char *const ordinary[] = {
  "",
  "12 personnes",
  "bus 27 et métro D",
  "le 24/11/2026",
  "24.11.2026 à 18h30",
  "01/12/2026 14h30",
  "01/12/2026 14 h",
  "01-12-2026 à 09:30-10:15",
  "01 12 2026 14 30",
  "2026-11-24T18:12:03",
  "de 08:30 à 12:00, puis 14h-18h",
  "69003 Lyon, 42000 Saint-Étienne",
  "3 rue de la Paix 69120 Vaulx-en-Velin",
  "appeler le 115, le 119, le 3919 ou le 39 19",
  "112, 15, 17, 18, 114, 116 117",
  "numéro vert 0 800 123 456 ou 0800 12 34 56",
  "un loyer de 1 250,50 euros",
  "10 000 000 000 euros",
  "1 000 000 000 000",
  "dette de 12345678 euros",
  "+5 personnes, +12 depuis hier",
  "+3 12/11/2026",
  "entre 40 et 59 ans",
  "bâtiment 12, allée 3, étage 4, porte 405",
  "QN06913M et insee:69266",
  "code K7F3, dossier 2026-000123",
  "colis 6A12345678901 et RR123456789FR",
  "facture 123456789",
  "SIRET 123 456 789 00012",
  "1 2 3 4 5 6 7 8 9 10 11 12 13",
  "lignes 1, 2, 3, 04, 05 et 06",
  "de 12 personnes à 24 personnes dans la file du matin au soir",
  "il 15 fois, se 20 fois, si 15 fois, me 18 fois",
  "FR 14 jours",
  "FR1520041010050500013M02606",
  "DE89 3704 0044 0532 0130 0",
  "AA14 2004 1010 0505 0001 3M02 606",
  "@mairie, rdv @ 14h",
  "médiateur@poste",
  "a@b, a@.fr, @exemple.fr",
  "255081416802599",
  "2 55 13 14 168 025",
  "3 55 08 14 168 025",
  "9550814168025",
  "2 55 08 00 168 025",
  "061234567",
  "06123456789",
  "0012345678",
  "06 12 34",
  "06 12 34 56 7",
  "06    12    34    56    78",
  "06\n12 34 56 78",
  "ligne 20612345678",
  "-----...((((    ))))////",
  "\u00e9\u0301\u200b\u202f",
};

static void
assert_found (const char *text, AltmPrivacyKind kind, const char *found)
{
  gsize start = 0, end = 0;

  g_test_message ("%s", text);
  g_assert_cmpint (altm_privacy_find (text, ALTM_PRIVACY_ANY, &start, &end), ==, kind);
  if (kind != ALTM_PRIVACY_NONE)
    {
      g_autofree char *part = g_strndup (text + start, end - start);

      g_assert_cmpstr (part, ==, found);
    }
}

static void
what_identifies_is_found (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (found_cases); i++)
    assert_found (found_cases[i].text, found_cases[i].kind, found_cases[i].found);
}

static void
it_is_found_among_other_words (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (found_cases); i++)
    {
      g_autofree char *text = g_strconcat ("le 24/11/2026, 12 personnes : ", found_cases[i].text, " ; bus 27", NULL);

      assert_found (text, found_cases[i].kind, found_cases[i].found);
    }
}

static void
ordinary_notes_are_left_alone (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ordinary); i++)
    assert_found (ordinary[i], ALTM_PRIVACY_NONE, NULL);
}

static void
only_what_is_wanted_is_found (void)
{
  const char *text = "06 12 34 56 78 ou jean@exemple.fr";
  gsize start;

  g_assert_cmpint (altm_privacy_find (text, ALTM_PRIVACY_ANY, NULL, NULL), ==, PHONE);
  g_assert_cmpint (altm_privacy_find (text, ALTM_PRIVACY_NOT_IN_CLEAR, &start, NULL), ==, EMAIL);
  g_assert_cmpuint (start, ==, strlen ("06 12 34 56 78 ou "));
  g_assert_cmpint (altm_privacy_find (text, IBAN, NULL, NULL), ==, ALTM_PRIVACY_NONE);
  /* The end of a NIR would pass for a telephone number by itself. */
  g_assert_cmpint (altm_privacy_find ("2 55 08 14 168 025 38", PHONE, NULL, NULL), ==, ALTM_PRIVACY_NONE);
}

/* What is typed is warned about when it is whole, and not a digit earlier. */
static void
it_is_found_when_it_is_whole (void)
{
  const char *texts[] = { "06 12 34 56 78", "2 55 08 14 168 025", "FR14 2004 1010 0505 0001 3M02 606" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize length = 0; length <= strlen (texts[i]); length++)
      {
        g_autofree char *typed = g_strndup (texts[i], length);

        g_test_message ("%s", typed);
        g_assert_cmpint (altm_privacy_find (typed, ALTM_PRIVACY_ANY, NULL, NULL) != ALTM_PRIVACY_NONE, ==,
                         length == strlen (texts[i]));
      }
}

/* A pattern that goes back and forth would not come to an end with these in a lifetime. */
static void
long_texts_come_to_an_end (void)
{
  static const char *const pieces[] = { "0", "0 ", "06 12 34 56 ", "a.", "a@", "@", "FR14 ", "2 55 08 ", " ", "+33 ", "1A" };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr(GString) text = g_string_new (NULL);

      while (text->len < 200000)
        g_string_append (text, pieces[i]);
      g_test_message ("%s", pieces[i]);
      altm_privacy_find (text->str, IBAN, NULL, NULL);
    }
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/privacy/found", what_identifies_is_found);
  g_test_add_func ("/privacy/among", it_is_found_among_other_words);
  g_test_add_func ("/privacy/ordinary", ordinary_notes_are_left_alone);
  g_test_add_func ("/privacy/wanted", only_what_is_wanted_is_found);
  g_test_add_func ("/privacy/whole", it_is_found_when_it_is_whole);
  g_test_add_func ("/privacy/long", long_texts_come_to_an_end);
  return g_test_run ();
}
