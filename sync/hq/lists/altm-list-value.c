/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-list-value.h"

#include <math.h>
#include <string.h>

#include "altm-calendar.h"

typedef json_t *(*Reader) (const AltmListField *field, const char *text, AltmLists *lists, const char **problem);

static json_t *
refuse (const char **problem, const char *name)
{
  *problem = name;
  return NULL;
}

static json_t *
read_pattern (const char *text, const char *pattern, const char **problem, const char *name)
{
  return g_regex_match_simple (pattern, text, G_REGEX_DOLLAR_ENDONLY, 0) ? json_string (text) : refuse (problem, name);
}

static gboolean
has_control (const char *text, gboolean may_break)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)) && !(may_break && *at == '\n'))
      return TRUE;
  return FALSE;
}

static json_t *
read_text (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  if (has_control (text, field->kind == ALTM_LIST_FIELD_LINES))
    return refuse (problem, "control");
  return g_utf8_strlen (text, -1) <= (glong) field->most ? json_string (text) : refuse (problem, "too-long");
}

static json_t *
read_choice (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  g_auto(GStrv) choices = g_strsplit (field->list, " ", -1);

  return g_strv_contains ((const char *const *) choices, text) ? json_string (text) : refuse (problem, "not-a-choice");
}

static json_t *
read_code (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  return altm_lists_has_code (lists, field->list, text) ? json_string (text) : refuse (problem, "unknown-code");
}

static json_t *
read_codes (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  g_auto(GStrv) codes = g_strsplit_set (text, " \n", -1);
  g_autoptr(json_t) values = json_array ();

  for (char **code = codes; *code != NULL; code++)
    if (**code != '\0' && !altm_lists_has_code (lists, field->list, *code))
      return refuse (problem, "unknown-code");
    else if (**code != '\0')
      json_array_append_new (values, json_string (*code));
  return g_steal_pointer (&values);
}

static json_t *
read_insee (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  return read_pattern (text, "^[0-9][0-9AB][0-9]{3}$", problem, "insee");
}

static json_t *
read_postcode (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  return read_pattern (text, "^[0-9]{5}$", problem, "postcode");
}

/* Short ones: 115, 3949, 118 218. */
static json_t *
read_phone (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  return read_pattern (text, "^(0[1-9]([ .]?[0-9]{2}){4}|\\+[1-9]([ .]?[0-9]){6,14}|[13][0-9]{1,3}|[13][0-9] ?[0-9]{2}|118 ?[0-9]{3}|0 ?80[0-9]([ .]?[0-9]){6})$",
                       problem, "phone");
}

static json_t *
read_date (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  g_autofree char *day = NULL;
  int number;

  if (g_regex_match_simple ("^[0-9]{2}/[0-9]{2}/[0-9]{4}$", text, G_REGEX_DOLLAR_ENDONLY, 0))
    day = g_strdup_printf ("%.4s-%.2s-%.2s", text + 6, text + 3, text);
  else
    day = g_strdup (text);
  return altm_calendar_parse_day (day, &number) ? json_string (day) : refuse (problem, "date");
}

/* With a point, or as it is written in France with a comma. */
static json_t *
read_degrees (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  double most = field->kind == ALTM_LIST_FIELD_LATITUDE ? 90 : 180, value;
  g_autofree char *point = g_strdelimit (g_strdup (text), ",", '.');

  if (!g_regex_match_simple ("^-?[0-9]{1,3}(\\.[0-9]{1,20})?$", point, G_REGEX_DOLLAR_ENDONLY, 0))
    return refuse (problem, "not-a-number");
  value = g_ascii_strtod (point, NULL);
  return fabs (value) <= most ? json_real (value) : refuse (problem, "out-of-range");
}

static json_t *
read_boolean (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  static const char *const yes[] = { "true", "oui", "yes", "vrai", "1", "x", NULL };
  static const char *const no[] = { "false", "non", "no", "faux", "0", NULL };
  g_autofree char *word = altm_list_value_fold (text);

  if (g_strv_contains (yes, word))
    return json_true ();
  return g_strv_contains (no, word) ? NULL : refuse (problem, "neither-yes-nor-no");
}

static json_t *
read_qpv (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  json_t *place = altm_lists_find_place (lists, text);

  return g_strcmp0 (altm_json_get_string (place, "kind"), "qpv") == 0 ? json_string (text) : refuse (problem, "unknown-qpv");
}

static const Reader readers[ALTM_N_LIST_FIELD_KINDS] = {
  [ALTM_LIST_FIELD_TEXT] = read_text,        [ALTM_LIST_FIELD_LINES] = read_text,
  [ALTM_LIST_FIELD_KEY] = read_text,         [ALTM_LIST_FIELD_CHOICE] = read_choice,
  [ALTM_LIST_FIELD_CODE] = read_code,        [ALTM_LIST_FIELD_CODES] = read_codes,
  [ALTM_LIST_FIELD_COMMUNE] = read_insee,    [ALTM_LIST_FIELD_INSEE] = read_insee,
  [ALTM_LIST_FIELD_POSTCODE] = read_postcode, [ALTM_LIST_FIELD_PHONE] = read_phone,
  [ALTM_LIST_FIELD_DATE] = read_date,        [ALTM_LIST_FIELD_LATITUDE] = read_degrees,
  [ALTM_LIST_FIELD_LONGITUDE] = read_degrees, [ALTM_LIST_FIELD_BOOLEAN] = read_boolean,
  [ALTM_LIST_FIELD_QPV] = read_qpv,
};

/* Without blanks around, in one form of Unicode (what a Mac writes looks the same and is not), each line ended by one character. */
static char *
clean (const char *text)
{
  g_autofree char *composed = g_utf8_normalize (text, -1, G_NORMALIZE_NFC);
  g_auto(GStrv) lines = g_strsplit (composed, "\r\n", -1);

  return g_strstrip (g_strjoinv ("\n", lines));
}

/**
 * altm_list_value_read:
 * @text: UTF-8, as it stands in a file's cell or a form's field
 * @lists: what codes are held against
 * @problem: (out): the name of what is wrong with it, %NULL where nothing is
 *
 * Returns: (transfer full) (nullable): the value in an entry; %NULL where it is none, which is what an empty text and a
 *   plain no stand for
 */
json_t *
altm_list_value_read (const AltmListField *field, const char *text, AltmLists *lists, const char **problem)
{
  g_autofree char *cleaned = clean (text);

  *problem = NULL;
  return *cleaned != '\0' ? readers[field->kind] (field, cleaned, lists, problem) : NULL;
}

static char *
write_codes (json_t *codes)
{
  GString *text = g_string_new (NULL);
  json_t *code;
  gsize i;

  json_array_foreach (codes, i, code)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", json_string_value (code));
  return g_string_free (text, FALSE);
}

/**
 * altm_list_value_write:
 * @value: (nullable): of an entry
 * @yes: the word for true
 *
 * Returns: (transfer full): what altm_list_value_read() reads as the same value
 */
char *
altm_list_value_write (const AltmListField *field, json_t *value, const char *yes)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (json_is_array (value))
    return write_codes (value);
  if (json_is_number (value))
    return g_strdup (g_ascii_dtostr (number, sizeof number, json_number_value (value)));
  if (json_is_true (value))
    return g_strdup (yes);
  return g_strdup (json_is_string (value) ? json_string_value (value) : "");
}

/**
 * altm_list_value_fold:
 *
 * Returns: (transfer full): a word without accents, in small letters, with `_` for what is neither letter nor digit: names
 *   of columns are compared so
 */
char *
altm_list_value_fold (const char *text)
{
  g_autofree char *ascii = g_str_to_ascii (text, "fr");
  char *folded = g_ascii_strdown (g_strstrip (ascii), -1);

  for (char *at = folded; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at))
      *at = '_';
  return folded;
}
