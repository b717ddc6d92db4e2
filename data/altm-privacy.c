/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-privacy.h"

#include <string.h>

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* A letter that is none of A to Z, and a character that is neither letter nor sign of ours. */
#define OTHER_LETTER 'x'
#define OTHER '!'

/* ISO 13616 lets an IBAN have 34 characters, the longest of what is looked for. */
#define LONGEST 34

/* A text with one byte for each character that shows: digits of any script are 0 to 9, letters
 * are upper case, every blank is a space and every dash "-"; @offsets says where they stood. */
typedef struct
{
  GString *signs;
  GArray *offsets;
} Folded;

/* Digits or letters with separators among them. */
typedef struct
{
  char signs[LONGEST + 1];
  char groups[LONGEST + 1]; /* the length of each group, as '0' + length */
  gsize n;
  const char *end;
} Run;

static void
clear_folded (Folded *self)
{
  g_string_free (self->signs, TRUE);
  g_array_unref (self->offsets);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Folded, clear_folded)

/* What is seen as nothing separates nothing: a soft hyphen, a zero-width space, an accent apart. */
static gboolean
is_unseen (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_FORMAT || type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK;
}

/* The full-width forms of ASCII (U+FF01 to U+FF5E) are ASCII, U+FEE0 higher. */
static char
fold (gunichar c)
{
  GUnicodeType type;

  if (c >= 0xff01 && c <= 0xff5e)
    c -= 0xfee0;
  type = g_unichar_type (c);
  if (g_unichar_isdigit (c))
    return (char) ('0' + g_unichar_digit_value (c));
  if (c < 0x80 && g_ascii_isgraph ((char) c))
    return g_ascii_toupper ((char) c);
  if (g_unichar_isalnum (c))
    return OTHER_LETTER;
  if (type == G_UNICODE_DASH_PUNCTUATION || c == 0x2212)
    return '-';
  if (c == '\t' || type == G_UNICODE_SPACE_SEPARATOR)
    return ' ';
  return c == 0xb7 || c == 0x2022 ? '.' : OTHER;
}

static void
fold_text (Folded *self, const char *text)
{
  guint offset = 0;

  self->signs = g_string_new (NULL);
  self->offsets = g_array_new (FALSE, FALSE, sizeof offset);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (is_unseen (c))
        continue;
      offset = (guint) (at - text);
      g_array_append_val (self->offsets, offset);
      g_string_append_c (self->signs, fold (c));
    }
  offset = (guint) strlen (text);
  g_array_append_val (self->offsets, offset);
}

static gboolean
is_one_of (char c, const char *signs)
{
  return c != '\0' && strchr (signs, c) != NULL;
}

static gboolean
is_digit (char c)
{
  return g_ascii_isdigit (c);
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c);
}

/* How many separators stand at @at, -1 where they are more than the three of " - ". */
static int
count_separators (const char *at, const char *separators)
{
  gsize n = strspn (at, separators);

  return n > 3 ? -1 : (int) n;
}

/* Takes up to @most of @signs from @at on, over @separators. */
static void
take_run (Run *run, const char *at, const char *signs, const char *separators, gsize most)
{
  gsize group = 0, n_groups = 0;

  run->n = 0;
  run->end = at;
  while (run->n < most)
    {
      int n = run->n == 0 ? 0 : count_separators (at, separators);

      if (n < 0 || !is_one_of (at[n], signs))
        break;
      if (n > 0)
        {
          run->groups[n_groups++] = (char) ('0' + group);
          group = 0;
        }
      run->signs[run->n++] = at[n];
      group++;
      at += n + 1;
      run->end = at;
    }
  run->groups[n_groups++] = (char) ('0' + group);
  run->signs[run->n] = '\0';
  run->groups[n_groups] = '\0';
}

/* The ten digits of ARCEP's numbering plan, as people group them. A day and an hour, 01/12/2026
 * 14 h, are ten digits too, but grouped otherwise. */
static const char *const phone_groups[] = {
  ":", "22222", "4222", "433", "244", "28", "46", "2332", "2233", "334", "3322", "64", "19", "12222",
};

static const char *const phone_separators[] = { " .-", "/" };

/* Numbers in 08 are services', not persons' (ARCEP, plan national de numérotation). */
static const char *
match_french_phone (const char *at)
{
  for (gsize i = 0; i < G_N_ELEMENTS (phone_separators); i++)
    {
      Run run;

      take_run (&run, at, DIGITS, phone_separators[i], 10);
      if (run.n != 10 || is_digit (*run.end) || run.signs[0] != '0' || is_one_of (run.signs[1], "08"))
        continue;
      for (gsize j = 0; j < G_N_ELEMENTS (phone_groups); j++)
        if (strcmp (run.groups, phone_groups[j]) == 0)
          return run.end;
    }
  return NULL;
}

/* The end of the longest whole number of groups from @at on that have @least to 15 digits in all
 * (ITU-T E.164), NULL where there is none. */
static const char *
match_groups (const char *at, gsize least)
{
  const char *end = NULL;

  for (gsize most = least; most <= 15; most++)
    {
      Run run;

      take_run (&run, at, DIGITS, " .-()", most);
      if (run.n == most && !is_digit (*run.end))
        end = run.end;
    }
  return end;
}

/* After "+" any country's; after 00, its other form, only where it is as long as most are and goes
 * on no longer number, an IBAN that is still being typed say. */
static const char *
match_foreign_phone (const char *text, const char *at)
{
  gboolean is_plus = at[0] == '+';

  if (!is_plus && (strncmp (at, "00", 2) != 0 || (at - text >= 2 && is_one_of (at[-1], " .-") && is_digit (at[-2]))))
    return NULL;
  at += is_plus ? 1 : 2;
  at += is_one_of (*at, " (");
  return is_digit (*at) && *at != '0' ? match_groups (at, is_plus ? 8 : 10) : NULL;
}

static const char *
match_phone (const char *text, const char *at)
{
  const char *end;

  if (*at != '0' && *at != '+')
    return NULL;
  if (*at == '0' && at > text && is_digit (at[-1]))
    return NULL;
  end = match_french_phone (at);
  return end != NULL ? end : match_foreign_phone (text, at);
}

/* The least that is taken for an address (RFC 5321): LOCAL@DOMAIN.TOP, TOP of two letters or more. */
#define LOCAL_SIGNS DIGITS LETTERS "x.#$%&'*+-/=?^_`{|}~"
#define DOMAIN_SIGNS DIGITS LETTERS "x-"

static const char *
match_domain (const char *at)
{
  const char *end = NULL;

  for (gsize n_labels = 1;; n_labels++)
    {
      gsize length = strspn (at, DOMAIN_SIGNS);

      if (length == 0)
        return end;
      if (n_labels > 1 && strspn (at, LETTERS "x") >= 2)
        end = at + length;
      at += length;
      if (*at != '.')
        return end;
      at++;
    }
}

static const char *
match_email (const char *text, const char *at)
{
  gsize length;

  if (at > text && is_one_of (at[-1], LOCAL_SIGNS))
    return NULL;
  length = strspn (at, LOCAL_SIGNS);
  return length > 0 && at[length] == '@' ? match_domain (at + length + 1) : NULL;
}

static guint
read_number (const char *digits, gsize n)
{
  guint number = 0;

  for (gsize i = 0; i < n; i++)
    number = number * 10 + (guint) (digits[i] - '0');
  return number;
}

/* INSEE: sex, year, month (20 to 42 and 50 to 99 where it is not known), department, commune and
 * order. 2A and 2B, Corsica, count as 19 and 18 in the key. */
static gboolean
read_nir (const Run *run, const char *sexes, char *digits)
{
  guint month;

  memcpy (digits, run->signs, run->n + 1);
  if (digits[5] == '2' && is_one_of (digits[6], "AB"))
    {
      digits[5] = '1';
      digits[6] = digits[6] == 'A' ? '9' : '8';
    }
  if (strspn (digits, DIGITS) != run->n || !is_one_of (digits[0], sexes))
    return FALSE;
  month = read_number (digits + 3, 2);
  return ((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50) && read_number (digits + 5, 2) > 0 &&
         read_number (digits + 10, 3) > 0;
}

/* The key is what 97 lacks of the remainder by 97 of the 13 digits. */
static gboolean
has_key (const char *digits)
{
  guint64 number = 0;

  for (gsize i = 0; i < 13; i++)
    number = number * 10 + (guint64) (digits[i] - '0');
  return read_number (digits + 13, 2) == 97 - number % 97;
}

/* Where groups end that are those of the NIR, 1 23 45 67 890 123, some of them run together. */
static gboolean
has_nir_groups (const char *groups)
{
  static const char borders[] = { 1, 3, 5, 7, 10, 13 };
  int n = 0;

  for (; *groups != '\0'; groups++)
    {
      n += *groups - '0';
      if (memchr (borders, n, sizeof borders) == NULL)
        return FALSE;
    }
  return TRUE;
}

/* With its key a NIR is one however it is written and whoever's it is (3, 4, 7 and 8 are those
 * that wait for theirs); without it only where it looks like one in all. */
static const char *
match_nir (const char *text, const char *at)
{
  char digits[LONGEST + 1];
  Run run;

  if (!is_one_of (*at, "123478") || (at > text && is_word (at[-1])))
    return NULL;
  take_run (&run, at, DIGITS "AB", " .-", 15);
  if (run.n == 15 && !is_word (*run.end) && read_nir (&run, "123478", digits) && has_key (digits))
    return run.end;
  take_run (&run, at, DIGITS "AB", " .-", 13);
  if (run.n == 13 && !is_word (*run.end) && read_nir (&run, "12", digits) && has_nir_groups (run.groups))
    return run.end;
  return NULL;
}

/* What follows an IBAN's country and check digits, from the registry of ISO 13616 that SWIFT
 * keeps: n digits, a letters, c either. */
static const struct
{
  const char *country;
  const char *account;
} accounts[] = {
  { "AD", "n8c12" },   { "AE", "n19" },       { "AL", "n8c16" },  { "AT", "n16" },      { "AZ", "a4c20" },
  { "BA", "n16" },     { "BE", "n12" },       { "BG", "a4n6c8" }, { "BH", "a4c14" },    { "BR", "n23a1c1" },
  { "BY", "c4n4c16" }, { "CH", "n5c12" },     { "CR", "n18" },    { "CY", "n8c16" },    { "CZ", "n20" },
  { "DE", "n18" },     { "DK", "n14" },       { "DO", "c4n20" },  { "EE", "n16" },      { "EG", "n25" },
  { "ES", "n20" },     { "FI", "n14" },       { "FO", "n14" },    { "FR", "n10c11n2" }, { "GB", "a4n14" },
  { "GE", "a2n16" },   { "GI", "a4c15" },     { "GL", "n14" },    { "GR", "n7c16" },    { "GT", "c24" },
  { "HR", "n17" },     { "HU", "n24" },       { "IE", "a4n14" },  { "IL", "n19" },      { "IQ", "a4n15" },
  { "IS", "n22" },     { "IT", "a1n10c12" },  { "JO", "a4n4c18" }, { "KW", "a4c22" },   { "KZ", "n3c13" },
  { "LB", "n4c20" },   { "LC", "a4c24" },     { "LI", "n5c12" },  { "LT", "n16" },      { "LU", "n3c13" },
  { "LV", "a4c13" },   { "MC", "n10c11n2" },  { "MD", "c20" },    { "ME", "n18" },      { "MK", "n3c10n2" },
  { "MR", "n23" },     { "MT", "a4n5c18" },   { "MU", "a4n19a3" }, { "NL", "a4n10" },   { "NO", "n11" },
  { "PK", "a4c16" },   { "PL", "n24" },       { "PS", "a4c21" },  { "PT", "n21" },      { "QA", "a4c21" },
  { "RO", "a4c16" },   { "RS", "n18" },       { "SA", "n2c18" },  { "SE", "n20" },      { "SI", "n15" },
  { "SK", "n20" },     { "SM", "a1n10c12" },  { "ST", "n21" },    { "TL", "n19" },      { "TN", "n20" },
  { "TR", "n6c16" },   { "UA", "n6c19" },     { "VA", "n18" },    { "VG", "a4n16" },    { "XK", "n16" },
};

static const char *
find_account (const char *at)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accounts); i++)
    if (strncmp (at, accounts[i].country, 2) == 0)
      return accounts[i].account;
  return NULL;
}

static gsize
account_length (const char *account)
{
  gsize length = 0;

  while (*account != '\0')
    length += g_ascii_strtoull (account + 1, (char **) &account, 10);
  return length;
}

static gboolean
has_form (const char *signs, const char *account)
{
  while (*account != '\0')
    {
      const char *allowed = *account == 'n' ? DIGITS : *account == 'a' ? LETTERS : DIGITS LETTERS;
      gsize length = g_ascii_strtoull (account + 1, (char **) &account, 10);

      if (strspn (signs, allowed) < length)
        return FALSE;
      signs += length;
    }
  return TRUE;
}

/* ISO 7064, MOD 97-10, over all but the first four and then these; A is 10, Z is 35. */
static gboolean
has_checksum (const char *signs, gsize length)
{
  guint rest = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = signs[(i + 4) % length];

      rest = is_digit (c) ? (rest * 10 + (guint) (c - '0')) % 97 : (rest * 100 + (guint) (c - 'A' + 10)) % 97;
    }
  return rest == 1;
}

static const char *
match_iban (const char *text, const char *at)
{
  const char *account;
  gsize length;
  Run run;

  if (at > text && is_word (at[-1]))
    return NULL;
  account = find_account (at);
  if (account == NULL)
    return NULL;
  length = 4 + account_length (account);
  take_run (&run, at, DIGITS LETTERS, " .-", length);
  if (run.n != length || is_word (*run.end) || strspn (run.signs + 2, DIGITS) < 2 || !has_form (run.signs + 4, account) ||
      !has_checksum (run.signs, length))
    return NULL;
  return run.end;
}

/* In the order in which they are tried where one could begin: an IBAN and a NIR hold digits that
 * would pass for a telephone number. */
static const struct
{
  AltmPrivacyKind kind;
  const char *(*match) (const char *text, const char *at);
} matchers[] = {
  { ALTM_PRIVACY_EMAIL, match_email },
  { ALTM_PRIVACY_IBAN, match_iban },
  { ALTM_PRIVACY_NIR, match_nir },
  { ALTM_PRIVACY_PHONE, match_phone },
};

/* Where what begins at @at ends, NULL where nothing does. */
static const char *
match_at (const char *text, const char *at, AltmPrivacyKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (matchers); i++)
    {
      const char *end = matchers[i].match (text, at);

      *kind = matchers[i].kind;
      if (end != NULL)
        return end;
    }
  return NULL;
}

/**
 * altm_privacy_find:
 * @text: what is being typed, valid UTF-8
 * @wanted: the kinds that matter
 * @start: (out) (optional): where it begins, in bytes
 * @end: (out) (optional): where it ends, in bytes
 *
 * Looks for what would identify a person. It takes a time that grows with the text's length and no
 * faster. Numbers that a note may well hold, of people, lines, days, hours, postcodes, amounts, and
 * the short numbers of services (115, 3919), are none of it.
 *
 * Returns: the first of @wanted in @text, %ALTM_PRIVACY_NONE where there is none
 */
AltmPrivacyKind
altm_privacy_find (const char *text, AltmPrivacyKind wanted, gsize *start, gsize *end)
{
  g_auto(Folded) folded = { NULL };
  const char *at;

  fold_text (&folded, text);
  at = folded.signs->str;
  while (*at != '\0')
    {
      AltmPrivacyKind kind;
      const char *after = match_at (folded.signs->str, at, &kind);

      if (after != NULL && (kind & wanted))
        {
          if (start != NULL)
            *start = g_array_index (folded.offsets, guint, at - folded.signs->str);
          if (end != NULL)
            *end = g_array_index (folded.offsets, guint, after - folded.signs->str);
          return kind;
        }
      at = after != NULL ? after : at + 1;
    }
  return ALTM_PRIVACY_NONE;
}
