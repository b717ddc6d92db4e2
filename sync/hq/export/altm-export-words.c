/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-export-words.h"

#include <string.h>

#include "altm-hq-resources.h"

struct _AltmExportWords
{
  json_t *root;
  char *language;
};

/**
 * altm_export_words_new:
 * @language: "fr", or else English
 *
 * Returns: (transfer full): the words, or %NULL with an %ALTM_JSON_ERROR
 */
AltmExportWords *
altm_export_words_new (const char *language, GError **error)
{
  const char *known = g_strcmp0 (language, "fr") == 0 ? "fr" : "en";
  g_autofree char *path = g_strdup_printf ("/org/altm/Field/hq/export-%s.json", known);
  json_t *root = altm_json_load (altm_hq_get_resource (), path, error);
  AltmExportWords *self;

  if (root == NULL)
    return NULL;
  self = g_new0 (AltmExportWords, 1);
  self->root = root;
  self->language = g_strdup (known);
  return self;
}

void
altm_export_words_free (AltmExportWords *self)
{
  if (self == NULL)
    return;
  json_decref (self->root);
  g_free (self->language);
  g_free (self);
}

/**
 * altm_export_words_get_language:
 *
 * Returns: "fr" or "en"
 */
const char *
altm_export_words_get_language (AltmExportWords *self)
{
  return self->language;
}

/**
 * altm_export_words_say:
 *
 * Returns: (transfer none): what is said for @key; @key itself where there is nothing
 */
const char *
altm_export_words_say (AltmExportWords *self, const char *key)
{
  const char *text = altm_json_get_string (json_object_get (self->root, "words"), key);

  return text != NULL ? text : key;
}

/**
 * altm_export_words_say_code:
 * @what: what the code is of, such as "sheet" or "kind"
 *
 * Returns: (transfer none): what it is called; @code itself where it has no name
 */
const char *
altm_export_words_say_code (AltmExportWords *self, const char *what, const char *code)
{
  g_autofree char *key = g_strdup_printf ("%s.%s", what, code);
  const char *text = altm_json_get_string (json_object_get (self->root, "words"), key);

  return text != NULL ? text : code;
}

/* A type may call a field otherwise than the others do. */
static json_t *
find_column (AltmExportWords *self, const char *type, const char *field)
{
  g_autofree char *own = g_strdup_printf ("%s.%s", type, field);
  json_t *columns = json_object_get (self->root, "columns");
  json_t *found = json_object_get (columns, own);

  return found != NULL ? found : json_object_get (columns, field);
}

/**
 * altm_export_words_name:
 *
 * Returns: (transfer none): what the column of a record's field is called; @field where it has no name yet
 */
const char *
altm_export_words_name (AltmExportWords *self, const char *type, const char *field)
{
  const char *name = json_string_value (json_array_get (find_column (self, type, field), 0));

  return name != NULL ? name : field;
}

/**
 * altm_export_words_define:
 *
 * Returns: (transfer none): what stands in that column; the empty text where nothing is said of it
 */
const char *
altm_export_words_define (AltmExportWords *self, const char *type, const char *field)
{
  const char *text = json_string_value (json_array_get (find_column (self, type, field), 1));

  return text != NULL ? text : "";
}

/**
 * altm_export_words_get_figures:
 *
 * Returns: (transfer none): an array of pairs: what a figure is called, and how it is counted from the records
 */
json_t *
altm_export_words_get_figures (AltmExportWords *self)
{
  return json_object_get (self->root, "figures");
}
