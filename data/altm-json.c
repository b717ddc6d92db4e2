/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-json.h"

#include <string.h>

G_DEFINE_QUARK (altm-json-error-quark, altm_json_error)

/* Where there is no memory the process ends, as GLib does it. Else a good line that could not be read
 * would be taken for one that is none, and be refused. */
__attribute__ ((constructor)) static void
end_without_memory (void)
{
  json_set_alloc_funcs (g_malloc, g_free);
}

/* The parser is recursive: what is too deep never reaches it. */
static gboolean
is_too_deep (const char *bytes, gsize length)
{
  int depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = bytes[i];

      if (in_string)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            in_string = FALSE;
        }
      else if (c == '"')
        in_string = TRUE;
      else if (c == '{' || c == '[')
        {
          if (++depth > ALTM_JSON_DEPTH)
            return TRUE;
        }
      else if (c == '}' || c == ']')
        depth--;
    }

  return FALSE;
}

/**
 * altm_json_parse:
 * @bytes: UTF-8 text, need not end in a NUL
 * @length: its length in bytes
 *
 * Reads exactly one JSON object. A key that stands twice, bytes that are not UTF-8, and anything
 * after the object are refused, so that two readers never understand the same bytes differently.
 *
 * Returns: (transfer full): the object, or %NULL with %ALTM_JSON_ERROR set
 */
json_t *
altm_json_parse (const char *bytes, gsize length, GError **error)
{
  json_error_t problem;
  json_t *object;

  /* jansson lets a NUL after a number pass. */
  if (length > 0 && memchr (bytes, '\0', length) != NULL)
    {
      g_set_error_literal (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_SYNTAX, "not JSON: it holds a NUL");
      return NULL;
    }
  if (is_too_deep (bytes, length))
    {
      g_set_error (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_DEPTH, "nested deeper than %d",
                   ALTM_JSON_DEPTH);
      return NULL;
    }

  object = json_loadb (bytes, length, JSON_REJECT_DUPLICATES, &problem);
  if (object == NULL)
    {
      g_set_error (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_SYNTAX, "not JSON at byte %d",
                   problem.position);
      return NULL;
    }
  if (!json_is_object (object))
    {
      json_decref (object);
      g_set_error_literal (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_SYNTAX, "not a JSON object");
      return NULL;
    }

  return object;
}

/**
 * altm_json_load:
 * @resource: a bundle of files compiled into the program
 * @path: the path of a JSON file in it
 *
 * Returns: (transfer full): the object in it, or %NULL with %ALTM_JSON_ERROR or %G_RESOURCE_ERROR
 */
json_t *
altm_json_load (GResource *resource, const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = g_resource_lookup_data (resource, path, 0, error);

  if (bytes == NULL)
    return NULL;
  return altm_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

/**
 * altm_json_write:
 *
 * Returns: (transfer full): @value as compact UTF-8 text, keys in the order they were set
 */
char *
altm_json_write (json_t *value)
{
  g_autofree char *text = NULL;
  gsize length = json_dumpb (value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);

  text = g_malloc (length + 1);
  json_dumpb (value, text, length, JSON_COMPACT | JSON_ENCODE_ANY);
  text[length] = '\0';
  return g_steal_pointer (&text);
}

/**
 * altm_json_get_string:
 *
 * Returns: (nullable) (transfer none): the text under @key, %NULL where there is none
 */
const char *
altm_json_get_string (json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

/**
 * altm_json_get_integer:
 *
 * Returns: the integer under @key, @fallback where there is none
 */
gint64
altm_json_get_integer (json_t *object, const char *key, gint64 fallback)
{
  json_t *value = json_object_get (object, key);

  return json_is_integer (value) ? json_integer_value (value) : fallback;
}
