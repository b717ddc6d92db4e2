/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-lists.h"

G_BEGIN_DECLS

/**
 * AltmFieldKind:
 * @ALTM_FIELD_CODE: one code of the vocabulary list @list
 * @ALTM_FIELD_CODES: at most @maximum different codes of @list, as an array
 * @ALTM_FIELD_COUNTS: an object of code of @list to a number from 0 to @maximum
 * @ALTM_FIELD_INTEGER: a whole number from @minimum to @maximum
 * @ALTM_FIELD_TEXT: text of 1 to @maximum characters
 * @ALTM_FIELD_CLEAR_TEXT: text as %ALTM_FIELD_TEXT, without what would identify a person
 *   (%ALTM_PRIVACY_NOT_IN_CLEAR), since it is not sealed
 * @ALTM_FIELD_BOOLEAN: true or false
 * @ALTM_FIELD_TIME: an instant (RFC 3339)
 * @ALTM_FIELD_DATE: a day, YYYY-MM-DD
 * @ALTM_FIELD_SLOT: the start of a quarter of an hour, UTC (RFC 3339)
 * @ALTM_FIELD_RECORD: the id of another record
 * @ALTM_FIELD_OFFICE: the id of a post office among the places
 * @ALTM_FIELD_STRUCTURE: the id of a structure
 * @ALTM_FIELD_CAMPAIGN: the code of a campaign
 * @ALTM_FIELD_NAMES: at most @maximum texts that no list checks (codes of mediators), as an array
 * @ALTM_FIELD_REFERENCE: 1 to @maximum characters of [A-Z0-9-]
 */
typedef enum
{
  ALTM_FIELD_CODE,
  ALTM_FIELD_CODES,
  ALTM_FIELD_COUNTS,
  ALTM_FIELD_INTEGER,
  ALTM_FIELD_TEXT,
  ALTM_FIELD_CLEAR_TEXT,
  ALTM_FIELD_BOOLEAN,
  ALTM_FIELD_TIME,
  ALTM_FIELD_DATE,
  ALTM_FIELD_SLOT,
  ALTM_FIELD_RECORD,
  ALTM_FIELD_OFFICE,
  ALTM_FIELD_STRUCTURE,
  ALTM_FIELD_CAMPAIGN,
  ALTM_FIELD_NAMES,
  ALTM_FIELD_REFERENCE,
  ALTM_N_FIELD_KINDS,
} AltmFieldKind;

/**
 * AltmField: one field of a record type; the only place where it is described.
 */
typedef struct
{
  const char *name;
  AltmFieldKind kind;
  gboolean is_required;
  const char *list;
  gint64 minimum;
  gint64 maximum;
} AltmField;

/**
 * AltmRecordType:
 * @name: its name on the wire
 * @label: its name in English, for translation
 * @fields: what `data` holds, ended by a field without a name
 * @private_fields: what `private` may hold, ended likewise; empty where it may not exist
 * @needs_place: whether a line without a place is refused
 * @check: (nullable): what no single field says; sets an %ALTM_RECORD_ERROR
 */
typedef struct
{
  const char *name;
  const char *label;
  const AltmField *fields;
  const AltmField *private_fields;
  gboolean needs_place;
  gboolean (*check) (json_t *data, gboolean has_private, AltmLists *lists, GError **error);
} AltmRecordType;

const AltmRecordType *altm_record_type_find (const char *name);
const AltmRecordType *altm_record_types (gsize *n_types);
const char *altm_record_type_find_list (const AltmField *field, json_t *data);
const AltmField *altm_record_type_find_field (const AltmRecordType *self, const char *name);

gboolean altm_consent_is_enough (const char *public, const char *consent_of);

G_END_DECLS
