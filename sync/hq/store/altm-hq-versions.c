/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-versions.h"

#include <string.h>

#include "altm-hq-log.h"
#include "altm-lists-merge.h"

/* Versions that are in memory besides the newest. */
#define MOST_KEPT 8

/* Who brought the project's own lists, in the access log. */

/* @kept: those that were asked for last, the last first. */
struct _AltmHqVersions
{
  AltmSql *sql;
  AltmLists *newest;
  GQueue kept;
};

/**
 * altm_hq_versions_new:
 * @sql: HQ's store, which outlives it
 *
 * Returns: (transfer full): no lists yet; see altm_hq_versions_load()
 */
AltmHqVersions *
altm_hq_versions_new (AltmSql *sql)
{
  AltmHqVersions *self = g_new0 (AltmHqVersions, 1);

  self->sql = sql;
  g_queue_init (&self->kept);
  return self;
}

void
altm_hq_versions_free (AltmHqVersions *self)
{
  g_clear_pointer (&self->newest, altm_lists_unref);
  g_queue_clear_full (&self->kept, (GDestroyNotify) altm_lists_unref);
  g_free (self);
}

static gint64
get_newest (AltmHqVersions *self)
{
  return self->newest != NULL ? altm_lists_get_version (self->newest) : 0;
}

static AltmLists *
read_version (AltmHqVersions *self, gint64 version, GError **error)
{
  g_autoptr(AltmRows) rows = altm_sql_query (self->sql, error, "SELECT body FROM lists WHERE version = ?", "i", version);
  g_autoptr(json_t) root = NULL;
  const char *body;

  if (!altm_sql_step (self->sql, rows, error))
    return NULL;
  body = altm_rows_text (rows, 0);
  root = altm_json_parse (body, strlen (body), error);
  return root != NULL ? altm_lists_new (root, error) : NULL;
}

/**
 * altm_hq_versions_load:
 *
 * Takes up the newest, which another connection may have added.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR or %ALTM_JSON_ERROR
 */
gboolean
altm_hq_versions_load (AltmHqVersions *self, GError **error)
{
  gint64 newest = altm_sql_get_integer (self->sql, 0, "SELECT MAX (version) FROM lists", "");
  AltmLists *lists;

  if (newest <= get_newest (self))
    return altm_sql_check (self->sql, error);
  lists = read_version (self, newest, error);
  if (lists == NULL)
    return FALSE;
  g_clear_pointer (&self->newest, altm_lists_unref);
  self->newest = lists;
  return TRUE;
}

/**
 * altm_hq_versions_add:
 * @root: the lists under a version that no lists have; the caller has a transaction open, and calls
 *   altm_hq_versions_load() once it has ended
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_versions_add (AltmHqVersions *self, json_t *root, GError **error)
{
  g_autofree char *body = altm_json_write (root);

  return altm_sql_run (self->sql, error, "INSERT INTO lists VALUES (?, ?)", "is",
                       (gint64) altm_json_get_integer (root, "version", 0), body);
}

static gboolean
is_brought (AltmHqVersions *self, gint64 own)
{
  return altm_sql_get_integer (self->sql, self->newest != NULL ? 1 : 0,
                               "SELECT CAST (value AS INTEGER) FROM settings WHERE name = 'own_lists'", "") >= own;
}

/* The project's lists that were brought last. */
static json_t *
read_base (AltmHqVersions *self)
{
  g_autofree char *body = altm_sql_get_text (self->sql, "SELECT value FROM settings WHERE name = 'brought_lists'", "");

  return body != NULL ? altm_json_parse (body, strlen (body), NULL) : NULL;
}

static json_t *
merge (AltmHqVersions *self, AltmLists *own)
{
  g_autoptr(json_t) base = read_base (self);
  json_t *root = self->newest != NULL ? altm_lists_merge (base, altm_lists_get_root (self->newest), altm_lists_get_root (own))
                                      : json_copy (altm_lists_get_root (own));

  /* Under a number that no lists had: HQ's may have gone past the project's. */
  json_object_set_new (root, "version", json_integer (MAX (altm_lists_get_version (own), get_newest (self) + 1)));
  return root;
}

static gboolean
set_brought (AltmHqVersions *self, AltmLists *own, GError **error)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, altm_lists_get_version (own));
  g_autofree char *body = altm_json_write (altm_lists_get_root (own));

  return altm_sql_run (self->sql, error,
                       "INSERT INTO settings VALUES ('own_lists', ?), ('brought_lists', ?)"
                       " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                       "ss", number, body);
}

static gboolean
add_brought (AltmHqVersions *self, AltmLists *own, json_t *root, gint64 now, GError **error)
{
  g_autofree char *version = g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (json_object_get (root, "version")));
  const AltmHqEntry entry = { now, ALTM_HQ_ITSELF, "lists-brought", version, NULL, NULL };

  return altm_hq_versions_add (self, root, error) && set_brought (self, own, error) &&
         (self->newest == NULL || altm_hq_log_add (self->sql, &entry, error));
}

/**
 * altm_hq_versions_bring:
 * @now: microseconds since 1970-01-01 UTC
 *
 * A new store is given the project's own lists; a newer program brings its newer ones, as altm_lists_merge() does.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR or %ALTM_JSON_ERROR
 */
gboolean
altm_hq_versions_bring (AltmHqVersions *self, gint64 now, GError **error)
{
  g_autoptr(AltmLists) own = altm_lists_new_built_in (error);
  g_autoptr(json_t) root = NULL;

  if (own == NULL)
    return FALSE;
  if (is_brought (self, altm_lists_get_version (own)))
    return TRUE;
  root = merge (self, own);
  return altm_sql_begin (self->sql, error) && altm_sql_end (self->sql, add_brought (self, own, root, now, error), error) &&
         altm_hq_versions_load (self, error);
}

static AltmLists *
find_kept (AltmHqVersions *self, gint64 version)
{
  for (GList *link = self->kept.head; link != NULL; link = link->next)
    if (altm_lists_get_version (link->data) == version)
      {
        g_queue_unlink (&self->kept, link);
        g_queue_push_head_link (&self->kept, link);
        return link->data;
      }
  return NULL;
}

/**
 * altm_hq_versions_get:
 * @version: a version, 0 for the newest
 *
 * Returns: (transfer none) (nullable): the lists of that version, %NULL where HQ hasn't got it; good until eight other
 *   versions have been asked for, the newest until altm_hq_versions_load()
 */
AltmLists *
altm_hq_versions_get (AltmHqVersions *self, gint64 version)
{
  AltmLists *lists;

  if (version <= 0 || version == get_newest (self))
    return self->newest;
  lists = find_kept (self, version);
  if (lists == NULL && version < get_newest (self))
    lists = read_version (self, version, NULL);
  if (lists == NULL)
    return NULL;
  if (g_queue_peek_head (&self->kept) != lists)
    g_queue_push_head (&self->kept, lists);
  if (self->kept.length > MOST_KEPT)
    altm_lists_unref (g_queue_pop_tail (&self->kept));
  return lists;
}
