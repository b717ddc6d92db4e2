/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-record.h"

#include <string.h>

#include "altm-privacy.h"
#include "altm-time.h"
#include "altm-uuid.h"

G_DEFINE_QUARK (altm-record-error-quark, altm_record_error)

typedef gboolean (*CheckField) (const AltmField *field, json_t *value, AltmLists *lists, GError **error);

static const char *const error_names[] = {
  [ALTM_RECORD_ERROR_NOT_JSON] = "not-json",
  [ALTM_RECORD_ERROR_TOO_DEEP] = "too-deep",
  [ALTM_RECORD_ERROR_TOO_LONG] = "too-long",
  [ALTM_RECORD_ERROR_MISSING_FIELD] = "missing-field",
  [ALTM_RECORD_ERROR_WRONG_TYPE] = "wrong-type",
  [ALTM_RECORD_ERROR_OUT_OF_RANGE] = "out-of-range",
  [ALTM_RECORD_ERROR_UNKNOWN_CODE] = "unknown-code",
  [ALTM_RECORD_ERROR_UNKNOWN_FIELD] = "unknown-field",
  [ALTM_RECORD_ERROR_UNKNOWN_TYPE] = "unknown-type",
  [ALTM_RECORD_ERROR_INCONSISTENT] = "inconsistent",
  [ALTM_RECORD_ERROR_NO_CONSENT] = "no-consent",
  [ALTM_RECORD_ERROR_PERSONAL] = "personal",
  [ALTM_RECORD_ERROR_REVOKED] = "revoked",
};

/**
 * altm_record_error_name:
 * @code: an #AltmRecordError
 *
 * Returns: (transfer none): its name on the wire, NAME of the problem type `/problems/NAME`
 */
const char *
altm_record_error_name (int code)
{
  g_return_val_if_fail (code >= 0 && code < (int) G_N_ELEMENTS (error_names), NULL);
  return error_names[code];
}

static gboolean
refuse (GError **error, AltmRecordError code, const AltmField *field, const char *why)
{
  g_set_error (error, ALTM_RECORD_ERROR, code, "%s: %s", field->name, why);
  return FALSE;
}

/* A code that is none may be anything, what a person said too: it is not said again. */
static gboolean
check_code_text (const AltmField *field, const char *code, AltmLists *lists, GError **error)
{
  if (altm_lists_has_code (lists, field->list, code))
    return TRUE;
  g_set_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE,
               "%s: not in the list %s", field->name, field->list);
  return FALSE;
}

static gboolean
check_code (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  if (!json_is_string (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not a code");
  return check_code_text (field, json_string_value (value), lists, error);
}

static gboolean
check_array (const AltmField *field, json_t *value, GError **error)
{
  gsize i;
  json_t *item;

  if (!json_is_array (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not an array");
  if ((gint64) json_array_size (value) > field->maximum)
    return refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, field, "too many");
  json_array_foreach (value, i, item)
    {
      if (!json_is_string (item))
        return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not an array of texts");
      for (gsize j = 0; j < i; j++)
        if (json_equal (item, json_array_get (value, j)))
          return refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, field, "the same one twice");
    }
  return TRUE;
}

static gboolean
check_codes (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  gsize i;
  json_t *item;

  if (!check_array (field, value, error))
    return FALSE;
  json_array_foreach (value, i, item)
    if (!check_code_text (field, json_string_value (item), lists, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_names (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  gsize i;
  json_t *item;

  if (!check_array (field, value, error))
    return FALSE;
  json_array_foreach (value, i, item)
    if (json_string_length (item) < 1 || json_string_length (item) > 40)
      return refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, field, "a code of 1 to 40 characters");
  return TRUE;
}

static gboolean
check_integer (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  if (!json_is_integer (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not a whole number");
  if (json_integer_value (value) >= field->minimum && json_integer_value (value) <= field->maximum)
    return TRUE;
  g_set_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_OUT_OF_RANGE,
               "%s: not from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, field->name, field->minimum,
               field->maximum);
  return FALSE;
}

static gboolean
check_counts (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  const char *code;
  json_t *count;

  if (!json_is_object (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not an object of code to number");
  json_object_foreach (value, code, count)
    if (!check_code_text (field, code, lists, error) || !check_integer (field, count, lists, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_text (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  glong length;

  if (!json_is_string (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not a text");
  length = g_utf8_strlen (json_string_value (value), -1);
  if (length >= field->minimum && length <= field->maximum)
    return TRUE;
  g_set_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_OUT_OF_RANGE,
               "%s: not of %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " characters", field->name,
               field->minimum, field->maximum);
  return FALSE;
}

/* What was found is not said again: a reason is read by more people than the text. */
static gboolean
check_clear_text (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  static const struct
  {
    AltmPrivacyKind kind;
    const char *why;
  } reasons[] = {
    { ALTM_PRIVACY_EMAIL, "an e-mail address in a text that is not sealed" },
    { ALTM_PRIVACY_NIR, "a social security number in a text that is not sealed" },
    { ALTM_PRIVACY_IBAN, "a bank account's number in a text that is not sealed" },
  };
  AltmPrivacyKind found;

  if (!check_text (field, value, lists, error))
    return FALSE;
  found = altm_privacy_find (json_string_value (value), ALTM_PRIVACY_NOT_IN_CLEAR, NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (found == reasons[i].kind)
      return refuse (error, ALTM_RECORD_ERROR_PERSONAL, field, reasons[i].why);
  return TRUE;
}

static gboolean
check_boolean (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  return json_is_boolean (value) ||
         refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "neither true nor false");
}

static gboolean
check_time (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  return altm_time_parse (json_string_value (value), NULL) ||
         refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not an instant of RFC 3339");
}

static gboolean
check_date (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();

  return altm_date_parse (json_string_value (value), utc, NULL) ||
         refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not a day, YYYY-MM-DD");
}

static gboolean
check_slot (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  gint64 time;

  if (!altm_time_parse (json_string_value (value), &time))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not an instant of RFC 3339");
  return time % ALTM_SLOT == 0 ||
         refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, field, "not the start of a quarter of an hour");
}

static gboolean
check_record (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  return altm_uuid_is_v7 (json_string_value (value)) ||
         refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not the id of a record");
}

static gboolean
check_office (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  json_t *place = NULL;

  if (!json_is_string (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not the id of a place");
  place = altm_lists_find_place (lists, json_string_value (value));
  return g_strcmp0 (altm_json_get_string (place, "kind"), "post_office") == 0 ||
         refuse (error, ALTM_RECORD_ERROR_UNKNOWN_CODE, field, "not a post office of the list of places");
}

static gboolean
check_structure (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  if (!json_is_string (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not the id of a structure");
  return altm_lists_find_structure (lists, json_string_value (value)) != NULL ||
         refuse (error, ALTM_RECORD_ERROR_UNKNOWN_CODE, field, "not in the list of structures");
}

static gboolean
check_campaign (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  if (!json_is_string (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, field, "not the code of a campaign");
  return altm_lists_find_campaign (lists, json_string_value (value)) != NULL ||
         refuse (error, ALTM_RECORD_ERROR_UNKNOWN_CODE, field, "not in the list of campaigns");
}

static gboolean
check_reference (const AltmField *field, json_t *value, AltmLists *lists, GError **error)
{
  const char *text = json_string_value (value);

  if (!check_text (field, value, lists, error))
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isupper (*text) && !g_ascii_isdigit (*text) && *text != '-')
      return refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, field, "only [A-Z0-9-]");
  return TRUE;
}

static const CheckField checks[ALTM_N_FIELD_KINDS] = {
  [ALTM_FIELD_CODE] = check_code,
  [ALTM_FIELD_CODES] = check_codes,
  [ALTM_FIELD_COUNTS] = check_counts,
  [ALTM_FIELD_INTEGER] = check_integer,
  [ALTM_FIELD_TEXT] = check_text,
  [ALTM_FIELD_CLEAR_TEXT] = check_clear_text,
  [ALTM_FIELD_BOOLEAN] = check_boolean,
  [ALTM_FIELD_TIME] = check_time,
  [ALTM_FIELD_DATE] = check_date,
  [ALTM_FIELD_SLOT] = check_slot,
  [ALTM_FIELD_RECORD] = check_record,
  [ALTM_FIELD_OFFICE] = check_office,
  [ALTM_FIELD_STRUCTURE] = check_structure,
  [ALTM_FIELD_CAMPAIGN] = check_campaign,
  [ALTM_FIELD_NAMES] = check_names,
  [ALTM_FIELD_REFERENCE] = check_reference,
};

static gboolean
check_fields (const AltmField *fields, json_t *object, AltmLists *lists, GError **error)
{
  for (const AltmField *field = fields; field->name != NULL; field++)
    {
      json_t *value = json_object_get (object, field->name);

      if (value == NULL || (json_is_array (value) && json_array_size (value) == 0))
        {
          if (field->is_required)
            return refuse (error, ALTM_RECORD_ERROR_MISSING_FIELD, field, "missing");
          continue;
        }
      if (!checks[field->kind](field, value, lists, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * altm_record_check_data:
 * @data: what a line's `data` holds
 * @has_private: whether something private goes with it
 * @lists: the version of the lists that its codes are of
 *
 * Checks all fields that @type describes; others are let through, since a newer tablet may know
 * more (see altm_record_check_known() for the tablet's own).
 *
 * Returns: %TRUE, or %FALSE with %ALTM_RECORD_ERROR_MISSING_FIELD, _WRONG_TYPE, _OUT_OF_RANGE,
 *   _UNKNOWN_CODE, _INCONSISTENT, _NO_CONSENT or _PERSONAL; the message names the field
 */
gboolean
altm_record_check_data (const AltmRecordType *type,
                        json_t *data,
                        gboolean has_private,
                        AltmLists *lists,
                        GError **error)
{
  return check_fields (type->fields, data, lists, error) &&
         (type->check == NULL || type->check (data, has_private, lists, error));
}

/* Counted instead of named, as what stands there may be a text that was put in the wrong place. */
static gboolean
check_all_known (const AltmField *fields, json_t *object, GError **error)
{
  const char *name;
  int number = 0;
  json_t *value;

  json_object_foreach (object, name, value)
    {
      const AltmField *field = fields;

      number++;
      while (field->name != NULL && strcmp (field->name, name) != 0)
        field++;
      if (field->name != NULL)
        continue;
      g_set_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_FIELD,
                   "name %d: no field of this type of record", number);
      return FALSE;
    }
  return TRUE;
}

/**
 * altm_record_check_known:
 *
 * Returns: %TRUE, or %FALSE with %ALTM_RECORD_ERROR_UNKNOWN_FIELD where @data has a field that
 *   @type does not describe
 */
gboolean
altm_record_check_known (const AltmRecordType *type, json_t *data, GError **error)
{
  return check_all_known (type->fields, data, error);
}

/**
 * altm_record_check_private:
 * @private: what is to be sealed, in clear
 *
 * Returns: %TRUE, or %FALSE with %ALTM_RECORD_ERROR_WRONG_TYPE, _OUT_OF_RANGE or _UNKNOWN_FIELD
 */
gboolean
altm_record_check_private (const AltmRecordType *type, json_t *private, GError **error)
{
  if (!json_is_object (private))
    {
      g_set_error_literal (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_WRONG_TYPE,
                           "private: not an object");
      return FALSE;
    }
  return check_all_known (type->private_fields, private, error) &&
         check_fields (type->private_fields, private, NULL, error);
}

static gboolean
is_elsewhere (const char *place)
{
  const char *code = place + strlen ("insee:");

  if (!g_str_has_prefix (place, "insee:") || strlen (code) != 5)
    return FALSE;
  for (int i = 0; i < 5; i++)
    if (!g_ascii_isdigit (code[i]) && !(i == 1 && (code[i] == 'A' || code[i] == 'B')))
      return FALSE;
  return TRUE;
}

/**
 * altm_record_check_place:
 * @place: the id of a place, or `insee:CODE` for elsewhere in a commune (INSEE's Code officiel
 *   géographique: five digits, 2A and 2B in Corsica)
 *
 * Returns: %TRUE, or %FALSE with %ALTM_RECORD_ERROR_UNKNOWN_CODE
 */
gboolean
altm_record_check_place (const char *place, AltmLists *lists, GError **error)
{
  if (altm_lists_find_place (lists, place) != NULL || is_elsewhere (place))
    return TRUE;
  g_set_error_literal (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE,
                       "place: not in the list of places");
  return FALSE;
}
