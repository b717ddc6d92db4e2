/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-record-type.h"

#include <glib/gi18n.h>
#include <string.h>

#include "altm-record.h"

#define REQUIRED TRUE
#define OPTIONAL FALSE

static const AltmField no_fields[] = { { NULL } };

static const AltmField note_fields[] = {
  { "note", ALTM_FIELD_TEXT, OPTIONAL, NULL, 1, 300 },
  { NULL },
};

static const AltmField shift_fields[] = {
  { "channel", ALTM_FIELD_CODE, REQUIRED, "canal" },
  { "ended", ALTM_FIELD_TIME, OPTIONAL },
  { "partners", ALTM_FIELD_NAMES, OPTIONAL, NULL, 0, 20 },
  { NULL },
};

static const AltmField contact_fields[] = {
  { "channel", ALTM_FIELD_CODE, REQUIRED, "canal" },
  { "register", ALTM_FIELD_CODE, REQUIRED, "registre" },
  { "origin", ALTM_FIELD_CODE, OPTIONAL, "origine" },
  { "public", ALTM_FIELD_CODE, REQUIRED, "public" },
  { "people", ALTM_FIELD_INTEGER, REQUIRED, NULL, 0, 500 },
  { "ages", ALTM_FIELD_COUNTS, OPTIONAL, "tranche_age", 0, 500 },
  { "genders", ALTM_FIELD_COUNTS, OPTIONAL, "genre", 0, 500 },
  { "setting", ALTM_FIELD_CODE, OPTIONAL, "lieu" },
  { "themes", ALTM_FIELD_CODES, OPTIONAL, "theme", 0, 3 },
  { "school_themes", ALTM_FIELD_CODES, OPTIONAL, "theme_ecole", 0, 2 },
  { "conflict_mode", ALTM_FIELD_CODE, OPTIONAL, "type_conflit_gestion" },
  { "actions", ALTM_FIELD_CODES, OPTIONAL, "action", 0, 100 },
  { "campaign", ALTM_FIELD_CAMPAIGN, OPTIONAL },
  { "result", ALTM_FIELD_CODE, OPTIONAL, "resultat" },
  { "minutes", ALTM_FIELD_INTEGER, OPTIONAL, NULL, 1, 720 },
  { NULL },
};

static const AltmField referral_fields[] = {
  { "contact", ALTM_FIELD_RECORD, OPTIONAL },
  { "structure", ALTM_FIELD_STRUCTURE, OPTIONAL },
  { "structure_type", ALTM_FIELD_CODE, OPTIONAL, "structure_type" },
  { "theme", ALTM_FIELD_CODE, OPTIONAL, "theme" },
  { "mode", ALTM_FIELD_CODE, OPTIONAL, "orientation_mode" },
  { "status", ALTM_FIELD_CODE, REQUIRED, "orientation_statut" },
  { "due", ALTM_FIELD_DATE, OPTIONAL },
  { "public", ALTM_FIELD_CODE, OPTIONAL, "public" },
  { "consent", ALTM_FIELD_BOOLEAN, REQUIRED },
  { "consent_of", ALTM_FIELD_CODE, OPTIONAL, "accord" },
  { "reference", ALTM_FIELD_REFERENCE, OPTIONAL, NULL, 1, 12 },
  { NULL },
};

static const AltmField referral_private_fields[] = {
  { "name", ALTM_FIELD_TEXT, OPTIONAL, NULL, 1, 120 },
  { "phone", ALTM_FIELD_TEXT, OPTIONAL, NULL, 1, 30 },
  { "purpose", ALTM_FIELD_TEXT, OPTIONAL, NULL, 1, 300 },
  { NULL },
};

static const AltmField flow_fields[] = {
  { "office", ALTM_FIELD_OFFICE, REQUIRED },
  { "slot", ALTM_FIELD_SLOT, REQUIRED },
  { "counts", ALTM_FIELD_COUNTS, REQUIRED, "poste_compteur", 0, 100000 },
  { NULL },
};

/* The list of `subject` hangs on `kind`: altm_record_type_find_list(). */
static const AltmField observation_fields[] = {
  { "kind", ALTM_FIELD_TEXT, REQUIRED, NULL, 1, 20 },
  { "subject", ALTM_FIELD_TEXT, REQUIRED, NULL, 1, 100 },
  { "what", ALTM_FIELD_CLEAR_TEXT, OPTIONAL, NULL, 1, 120 },
  { "where", ALTM_FIELD_CLEAR_TEXT, OPTIONAL, NULL, 1, 120 },
  { "setting", ALTM_FIELD_CODE, OPTIONAL, "lieu" },
  { "urgency", ALTM_FIELD_CODE, OPTIONAL, "urgence" },
  { "reported_to", ALTM_FIELD_CODE, OPTIONAL, "structure_type" },
  { NULL },
};

static gint64
sum_counts (json_t *counts)
{
  const char *code;
  json_t *count;
  gint64 sum = 0;

  json_object_foreach (counts, code, count)
    sum += json_integer_value (count);
  return sum;
}

static gboolean
check_contact (json_t *data, gboolean has_private, AltmLists *lists, GError **error)
{
  gint64 people = altm_json_get_integer (data, "people", 0);
  const char *sums[] = { "ages", "genders" };

  if (people == 0 && g_strcmp0 (altm_json_get_string (data, "result"), "injoignable") != 0)
    {
      g_set_error_literal (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_INCONSISTENT,
                           "people: 0 only where nobody was reached (result injoignable)");
      return FALSE;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (sums); i++)
    if (sum_counts (json_object_get (data, sums[i])) > people)
      {
        g_set_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_INCONSISTENT,
                     "%s: more than people", sums[i]);
        return FALSE;
      }

  return TRUE;
}

/**
 * altm_consent_is_enough:
 * @public: (nullable): who the person is, a code of the list `public`
 * @consent_of: (nullable): whose agreement there is, a code of the list `accord`
 *
 * For a child it is a parent's, or whoever's has parental authority (Code civil, article 371-1).
 *
 * Returns: whether that person may agree to what is passed on
 */
gboolean
altm_consent_is_enough (const char *public, const char *consent_of)
{
  static const char *const for_a_child[] = { "parent", "responsable_legal", NULL };

  return g_strcmp0 (public, "enfant") != 0 || (consent_of != NULL && g_strv_contains (for_a_child, consent_of));
}

static gboolean
check_consent (json_t *data, GError **error)
{
  gboolean has_consent = json_is_true (json_object_get (data, "consent"));
  const char *consent_of = altm_json_get_string (data, "consent_of");

  if (consent_of != NULL && !has_consent)
    {
      g_set_error_literal (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_INCONSISTENT,
                           "consent_of: there is no agreement (consent)");
      return FALSE;
    }
  if (has_consent && !altm_consent_is_enough (altm_json_get_string (data, "public"), consent_of))
    {
      g_set_error_literal (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_INCONSISTENT,
                           "consent_of: for a child a parent's or the guardian's agreement");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_referral (json_t *data, gboolean has_private, AltmLists *lists, GError **error)
{
  if (json_object_get (data, "structure") == NULL && json_object_get (data, "structure_type") == NULL)
    {
      g_set_error_literal (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_MISSING_FIELD,
                           "structure or structure_type: missing");
      return FALSE;
    }
  if (has_private && !json_is_true (json_object_get (data, "consent")))
    {
      g_set_error_literal (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_NO_CONSENT,
                           "private: not without the person's agreement (consent)");
      return FALSE;
    }
  return check_consent (data, error);
}

static const char *
find_subjects (json_t *data)
{
  static const char *const subjects[][2] = { { "veille", "veille_technique" }, { "incident", "incident" } };
  const char *kind = altm_json_get_string (data, "kind");

  for (gsize i = 0; i < G_N_ELEMENTS (subjects); i++)
    if (g_strcmp0 (kind, subjects[i][0]) == 0)
      return subjects[i][1];
  return NULL;
}

/**
 * altm_record_type_find_list:
 * @data: (nullable): of the record that the field is of
 *
 * Returns: (nullable) (transfer none): the name of the list that the field's codes are of, %NULL where it is of none. That
 *   of an observation's `subject` hangs on its `kind`
 */
const char *
altm_record_type_find_list (const AltmField *field, json_t *data)
{
  return field->list == NULL && strcmp (field->name, "subject") == 0 ? find_subjects (data) : field->list;
}

static gboolean
check_observation (json_t *data, gboolean has_private, AltmLists *lists, GError **error)
{
  const char *list = find_subjects (data);

  if (list == NULL)
    {
      g_set_error_literal (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_OUT_OF_RANGE,
                           "kind: neither veille nor incident");
      return FALSE;
    }
  if (altm_lists_has_code (lists, list, altm_json_get_string (data, "subject")))
    return TRUE;
  g_set_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_CODE, "subject: not in the list %s", list);
  return FALSE;
}

static const AltmRecordType record_types[] = {
  { "shift", N_("Shift"), shift_fields, no_fields, TRUE, NULL },
  { "contact", N_("Contact"), contact_fields, note_fields, FALSE, check_contact },
  { "referral", N_("Referral"), referral_fields, referral_private_fields, FALSE, check_referral },
  { "flow", N_("Client flow"), flow_fields, no_fields, FALSE, NULL },
  { "observation", N_("Observation"), observation_fields, note_fields, FALSE, check_observation },
};

/**
 * altm_record_type_find:
 * @name: (nullable): a type's name on the wire
 *
 * Returns: (nullable) (transfer none): its description
 */
const AltmRecordType *
altm_record_type_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (record_types); i++)
    if (g_strcmp0 (name, record_types[i].name) == 0)
      return &record_types[i];
  return NULL;
}

/**
 * altm_record_types:
 * @n_types: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_types): the descriptions of all record types
 */
const AltmRecordType *
altm_record_types (gsize *n_types)
{
  *n_types = G_N_ELEMENTS (record_types);
  return record_types;
}

/**
 * altm_record_type_find_field:
 * @name: of a field of `data`
 *
 * Returns: (nullable) (transfer none): its description
 */
const AltmField *
altm_record_type_find_field (const AltmRecordType *self, const char *name)
{
  for (const AltmField *field = self->fields; field->name != NULL; field++)
    if (g_str_equal (field->name, name))
      return field;
  return NULL;
}
