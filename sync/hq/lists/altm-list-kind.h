/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-accounts.h"
#include "altm-lists.h"

G_BEGIN_DECLS

/**
 * AltmListFieldKind:
 * @ALTM_LIST_FIELD_TEXT: one line of 1 to @most characters
 * @ALTM_LIST_FIELD_LINES: the same, of several lines
 * @ALTM_LIST_FIELD_KEY: what an entry is known by; it never changes
 * @ALTM_LIST_FIELD_CHOICE: one of the words of @list, which blanks part
 * @ALTM_LIST_FIELD_CODE: a code of the vocabulary list @list
 * @ALTM_LIST_FIELD_CODES: codes of that list, which blanks part
 * @ALTM_LIST_FIELD_COMMUNE: the INSEE code of a commune, or of an arrondissement of one, where a page offers those that are known
 * @ALTM_LIST_FIELD_INSEE: the same, where any is as good
 * @ALTM_LIST_FIELD_POSTCODE: five digits
 * @ALTM_LIST_FIELD_PHONE: a number as it is dialled in France: ten digits, a short one, or + and up to 15 digits (E.164)
 * @ALTM_LIST_FIELD_DATE: a day, YYYY-MM-DD, or as French spreadsheets write it, DD/MM/YYYY
 * @ALTM_LIST_FIELD_LATITUDE: degrees, -90 to 90
 * @ALTM_LIST_FIELD_LONGITUDE: degrees, -180 to 180
 * @ALTM_LIST_FIELD_BOOLEAN: true where it is there at all
 * @ALTM_LIST_FIELD_QPV: the id of a priority neighbourhood among the places
 */
typedef enum
{
  ALTM_LIST_FIELD_TEXT,
  ALTM_LIST_FIELD_LINES,
  ALTM_LIST_FIELD_KEY,
  ALTM_LIST_FIELD_CHOICE,
  ALTM_LIST_FIELD_CODE,
  ALTM_LIST_FIELD_CODES,
  ALTM_LIST_FIELD_COMMUNE,
  ALTM_LIST_FIELD_INSEE,
  ALTM_LIST_FIELD_POSTCODE,
  ALTM_LIST_FIELD_PHONE,
  ALTM_LIST_FIELD_DATE,
  ALTM_LIST_FIELD_LATITUDE,
  ALTM_LIST_FIELD_LONGITUDE,
  ALTM_LIST_FIELD_BOOLEAN,
  ALTM_LIST_FIELD_QPV,
  ALTM_N_LIST_FIELD_KINDS,
} AltmListFieldKind;

/**
 * AltmListField: one field of a list's entries; the only place where it is described.
 * @name: the protocol's
 * @title: what French files call it
 * @most: of a text, in characters
 */
typedef struct
{
  const char *name;
  const char *title;
  AltmListFieldKind kind;
  gboolean is_required;
  guint most;
  const char *list;
} AltmListField;

/**
 * AltmListKind: what lists of one kind hold.
 * @name: the part of the protocol's lists
 * @key: the pattern of its entries' keys; the key is the first field
 * @label: the field that people call an entry by
 * @least: who may change it
 * @fields: ended by a field without a name
 * @check: (nullable): what no single field says: the name of what is wrong, %NULL where nothing is, and with which field
 */
typedef struct
{
  const char *name;
  const char *key;
  const char *label;
  AltmRole least;
  const AltmListField *fields;
  const char *(*check) (AltmLists *lists, json_t *entry, const char **field);
} AltmListKind;

const AltmListKind *altm_list_kind_find (AltmLists *lists, const char *list);
const AltmListField *altm_list_kind_find_field (const AltmListKind *self, const char *name);
json_t *altm_list_kind_get_entries (json_t *root, const char *list);
void altm_list_kind_set_entries (json_t *root, const char *list, json_t *entries);
json_t *altm_list_kind_name_all (AltmLists *lists);
json_t *altm_list_kind_describe (const AltmListKind *self);
gboolean altm_list_kind_relies_on (const char *list, const char *code);
json_t *altm_list_kind_list_relied_on (const char *list);

G_END_DECLS
