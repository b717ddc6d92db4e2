/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-erased-list.h"

#include <string.h>

#include "altm-hq-beside.h"
#include "altm-json.h"
#include "altm-time.h"

#define SUFFIX ".erased"

static void
write_entry (GString *text, const char *id, const char *scope, gint64 at)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *moment = altm_time_format (at, utc);
  g_autoptr(json_t) entry = json_pack ("{s:s, s:s, s:s}", "id", id, "scope", scope, "at", moment);
  g_autofree char *line = altm_json_write (entry);

  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
}

static gboolean
append (const char *directory, GString *text, GError **error)
{
  g_autofree char *path = altm_hq_beside_name (directory, SUFFIX);

  return text->len == 0 || altm_hq_beside_append (path, text->str, error);
}

/**
 * altm_hq_erased_list_add:
 * @directory: the store's folder
 * @ids: (element-type utf8): records
 *
 * Adds them to `STORE.erased` (0600) beside the store, {"id", "scope", "at"} a line, which is only ever added to and on the
 * disk when this returns. A backup knows nothing of what was erased after it: this file says it when it is put back.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED
 */
gboolean
altm_hq_erased_list_add (const char *directory, GPtrArray *ids, const AltmHqErasure *erasure, GError **error)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    write_entry (text, ids->pdata[i], erasure->scope, erasure->at);
  return append (directory, text, error);
}

/* The entries of the list, as `scope id`. */
static gboolean
read_entry (const char *line, gpointer data, GError **error)
{
  g_autoptr(json_t) entry = altm_json_parse (line, strlen (line), NULL);
  const char *id = altm_json_get_string (entry, "id");
  const char *scope = altm_json_get_string (entry, "scope");

  if (id != NULL && scope != NULL)
    g_hash_table_add (data, g_strdup_printf ("%s %s", scope, id));
  return TRUE;
}

static GHashTable *
read_list (const char *directory, GError **error)
{
  g_autofree char *path = altm_hq_beside_name (directory, SUFFIX);
  g_autoptr(GHashTable) entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return altm_hq_beside_visit (path, read_entry, entries, error) ? g_steal_pointer (&entries) : NULL;
}

/**
 * altm_hq_erased_list_find_missing:
 *
 * Returns: (transfer full) (element-type utf8): the records of which the list says, and the store does not know, that this
 *   was erased, or %NULL with an %ALTM_STORE_ERROR or a %G_FILE_ERROR
 */
GPtrArray *
altm_hq_erased_list_find_missing (const char *directory, AltmSql *sql, const char *scope, GError **error)
{
  g_autoptr(GHashTable) entries = read_list (directory, error);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gsize skipped = strlen (scope) + 1;
  GHashTableIter iter;
  gpointer entry;

  if (entries == NULL)
    return NULL;
  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    if (g_str_has_prefix (entry, scope) &&
        !altm_sql_get_integer (sql, 0, "SELECT 1 FROM erasures WHERE id = ? AND scope = ?", "ss", (char *) entry + skipped, scope))
      g_ptr_array_add (ids, g_strdup ((char *) entry + skipped));
  return altm_sql_check (sql, error) ? g_steal_pointer (&ids) : NULL;
}

/**
 * altm_hq_erased_list_complete:
 *
 * Adds what the store knows and the list has not, where somebody removed it.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR or a %G_FILE_ERROR
 */
gboolean
altm_hq_erased_list_complete (const char *directory, AltmSql *sql, GError **error)
{
  g_autoptr(GHashTable) entries = read_list (directory, error);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (sql, &problem, "SELECT id, scope, at FROM erasures ORDER BY at", "");

  if (entries == NULL)
    return FALSE;
  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    {
      g_autofree char *entry = g_strdup_printf ("%s %s", altm_rows_text (rows, 1), altm_rows_text (rows, 0));

      if (!g_hash_table_contains (entries, entry))
        write_entry (text, altm_rows_text (rows, 0), altm_rows_text (rows, 1), sqlite3_column_int64 (rows, 2));
    }
  if (problem == NULL)
    return append (directory, text, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
