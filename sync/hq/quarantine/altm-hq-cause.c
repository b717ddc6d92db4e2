/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-cause.h"

#include <string.h>

#define IN_LIST "not in the list "

/* What refusals say of a field (altm-record.c, altm-record-type.c, altm-line.c), each number a #, and what the pages call it.
 * @list: the list that lacks it, where the refusal itself is silent about it */
static const struct
{
  const char *why;
  const char *name;
  const char *list;
} causes[] = {
  { "missing", "missing" },
  { "not a code", "not-a-choice" },
  { "not an array", "not-choices" },
  { "not an array of texts", "not-choices" },
  { "not an object of code to number", "not-counts" },
  { "not a whole number", "not-a-number" },
  { "not a text", "not-a-text" },
  { "neither true nor false", "not-yes-or-no" },
  { "not an instant of RFC #", "not-a-moment" },
  { "not a day, YYYY-MM-DD", "not-a-day" },
  { "not the id of a record", "not-a-record" },
  { "not the id of a place", "not-a-choice" },
  { "not the id of a structure", "not-a-choice" },
  { "not the code of a campaign", "not-a-choice" },
  { "not sealed", "not-sealed" },
  { "neither sealed text nor null", "not-sealed" },
  { "too many", "too-many" },
  { "the same one twice", "twice" },
  { "a code of # to # characters", "length" },
  { "not of # to # characters", "length" },
  { "longer than # bytes", "too-long" },
  { "not from # to #", "number" },
  { "not the start of a quarter of an hour", "not-a-quarter" },
  { "only [A-Z#-#-]", "not-a-reference" },
  { "neither veille nor incident", "no-kind" },
  { "not a post office of the list of places", "not-an-office", "places" },
  { IN_LIST "of places", "not-in-list", "places" },
  { IN_LIST "of structures", "not-in-list", "structures" },
  { IN_LIST "of campaigns", "not-in-list", "campaigns" },
  { "# only where nobody was reached (result injoignable)", "nobody" },
  { "more than people", "more-than-people" },
  { "there is no agreement (consent)", "no-agreement" },
  { "for a child a parent's or the guardian's agreement", "childs-agreement" },
  { "not without the person's agreement (consent)", "no-consent" },
  { "an e-mail address in a text that is not sealed", "email" },
  { "a social security number in a text that is not sealed", "nir" },
  { "a bank account's number in a text that is not sealed", "iban" },
};

/* Each number of a refusal goes into @numbers, and stands as # in what is returned. */
static char *
take_numbers (const char *text, json_t *numbers)
{
  GString *form = g_string_new (NULL);

  while (*text != '\0')
    if (g_ascii_isdigit (*text))
      {
        char *end;

        json_array_append_new (numbers, json_integer ((json_int_t) g_ascii_strtoll (text, &end, 10)));
        g_string_append_c (form, '#');
        text = end;
      }
    else
      g_string_append_c (form, *text++);
  return g_string_free (form, FALSE);
}

/* What the app writes by itself, and no mediator: that is wrong through the app alone. */
static gboolean
is_of_the_app (const AltmRecordType *type, const char *field)
{
  static const char *const told[] = { "place", "private", NULL };

  return !g_strv_contains (told, field) && (type == NULL || altm_record_type_find_field (type, field) == NULL);
}

static json_t *
describe (const AltmRecordType *type, const char *field, const char *why)
{
  g_autoptr(json_t) numbers = json_array ();
  g_autofree char *form = take_numbers (why, numbers);
  const AltmField *known = type != NULL ? altm_record_type_find_field (type, field) : NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (causes); i++)
    if (strcmp (form, causes[i].why) == 0)
      {
        /* The most of them is in the field's description alone. */
        if (strcmp (causes[i].name, "too-many") == 0 && known != NULL)
          json_array_append_new (numbers, json_integer ((json_int_t) known->maximum));
        return json_pack ("{s:s, s:s, s:s?, s:O}", "name", causes[i].name, "field", field, "list", causes[i].list, "numbers",
                          numbers);
      }
  return g_str_has_prefix (why, IN_LIST) ? json_pack ("{s:s, s:s, s:s, s:[]}", "name", "not-in-list", "field", field, "list",
                                                      why + strlen (IN_LIST), "numbers")
                                         : json_null ();
}

/**
 * altm_hq_cause_describe:
 * @problem: a refusal's name on the wire (PROTOCOL.md)
 * @detail: what it says, an %ALTM_RECORD_ERROR's message, which never says again what the line said
 * @type_name: (nullable): the line's type
 *
 * Returns: (transfer full): the true cause, for the pages to say in words: {"name", "field", "list", "numbers"}; the numbers are
 *   the limits that were broken, `list` is the one that lacks the field's code. JSON's null where @problem says it all
 */
json_t *
altm_hq_cause_describe (const char *problem, const char *detail, const char *type_name)
{
  const AltmRecordType *type = altm_record_type_find (type_name);
  const char *colon = strstr (detail, ": ");
  g_autofree char *field = colon != NULL ? g_strndup (detail, (gsize) (colon - detail)) : NULL;
  static const char *const plain[] = { "not-json", "too-deep", "too-long", "revoked", "conflict", NULL };

  if (field == NULL || g_strv_contains (plain, problem))
    return json_null ();
  if (strcmp (field, "structure or structure_type") == 0)
    return json_pack ("{s:s, s:n, s:n, s:[]}", "name", "no-structure", "field", "list", "numbers");
  if (is_of_the_app (type, field))
    return json_pack ("{s:s, s:n, s:n, s:[]}", "name", "of-the-app", "field", "list", "numbers");
  return describe (type, field, colon + strlen (": "));
}
