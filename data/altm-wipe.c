/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-wipe.h"

#include <glib/gstdio.h>
#include <string.h>

#include "altm-files.h"
#include "altm-lock-private.h"
#include "altm-search.h"
#include "altm-store-private.h"
#include "altm-training.h"

G_DEFINE_QUARK (altm-wipe-error-quark, altm_wipe_error)

/* Settings: since when the tablet is being wiped, and when it was; microseconds since 1970-01-01 UTC. */
#define WIPING "wiping"
#define WIPED "wiped"
#define HANDED_OVER "handed-over" /* in place of an instant: nobody ordered it */

/* Of a store's folder: what is written aside and put in place, or kept from before. The store's file, its log
 * and its lock stay. */
static const char *const leftovers[] = { "damaged-", "field.db.", "keys.json", "ca-", ALTM_SEARCH_FILE,
                                         ALTM_TRAINING_FOLDER };

/* The part of it that no finished step leaves. */
static const char *const unfinished[] = { "field.db.recovering", "keys.json" ALTM_FILES_NEW };

static gboolean
refuse (GError **error, AltmWipeError code, const char *why)
{
  g_set_error_literal (error, ALTM_WIPE_ERROR, code, why);
  return FALSE;
}

static gboolean
has_setting (AltmStore *store, const char *name)
{
  g_autofree char *value = altm_store_get_setting (store, name);

  return value != NULL;
}

/**
 * altm_wipe_is_ordered:
 *
 * Returns: whether altm_wipe_keys() was called and altm_wipe_empty() has not come to its end
 */
gboolean
altm_wipe_is_ordered (AltmStore *store)
{
  return has_setting (store, WIPING);
}

static gboolean
note_order (AltmStore *store, gint64 now, GError **error)
{
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT, now);
  gboolean is_good;

  if (!altm_store_begin (store, error))
    return FALSE;
  is_good = (altm_wipe_is_ordered (store) || altm_store_set_setting (store, WIPING, time, error)) &&
            altm_store_set_setting (store, WIPED, NULL, error) &&
            altm_sql_run (altm_store_get_sql (store), error, "DELETE FROM drafts", "");
  return altm_store_end (store, is_good, error);
}

/**
 * altm_wipe_keys:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Begins what HQ's `wipe` orders (PROTOCOL): the keys, the readable copies and the drafts go at once. What is
 * queued stays until HQ answered it. The order is noted first, so that it is gone on with after a restart.
 * Called again it does no harm.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR; what was not done is done at the next opening
 */
gboolean
altm_wipe_keys (AltmStore *store, gint64 now, GError **error)
{
  return note_order (store, now, error) && altm_lock_destroy (store, ALTM_LOCK_REASON_WIPE, error);
}

static gboolean
is_one_of (const char *name, const char *const *prefixes, gsize n_prefixes)
{
  for (gsize i = 0; i < n_prefixes; i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
remove_named (AltmStore *store, const char *const *prefixes, gsize n_prefixes, GError **error)
{
  const char *directory = altm_store_get_directory (store);
  g_autoptr(GDir) dir = g_dir_open (directory, 0, NULL);
  gboolean is_any = FALSE;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (!is_one_of (name, prefixes, n_prefixes))
        continue;
      is_any = TRUE;
      if (!altm_files_shred_tree (path, error))
        return FALSE;
    }
  return !is_any || altm_files_sync (directory, error);
}

/* A tablet that was handed over was never wiped: nothing is told on its screen. */
static gboolean
note_end (AltmStore *store, GError **error)
{
  g_autofree char *order = altm_store_get_setting (store, WIPING);
  gboolean is_good;

  if (!altm_store_begin (store, error))
    return FALSE;
  is_good = (g_strcmp0 (order, HANDED_OVER) != 0 || altm_store_set_setting (store, WIPED, NULL, error)) &&
            altm_store_set_setting (store, WIPING, NULL, error);
  return altm_store_end (store, is_good, error);
}

/* The rows are gone; now what the files still hold of them. */
static gboolean
finish_emptying (AltmStore *store, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);

  return altm_sql_run (sql, error, "PRAGMA temp_store = MEMORY", "") && altm_sql_run (sql, error, "VACUUM", "") &&
         altm_sql_fold_log (sql, TRUE, error) && remove_named (store, leftovers, G_N_ELEMENTS (leftovers), error) &&
         note_end (store, error) && altm_sql_fold_log (sql, TRUE, error);
}

static gboolean
delete_rows (AltmStore *store, gint64 now, GError **error)
{
  static const char *const statements[] = {
    "DELETE FROM lines",       "DELETE FROM notes", "DELETE FROM news",   "DELETE FROM flow_counts",
    "DELETE FROM flow_slots",  "DELETE FROM lists", "DELETE FROM drafts",
    "DELETE FROM settings WHERE name <> '" WIPING "'",
  };
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT, now);
  gboolean is_good = TRUE;

  if (!altm_store_begin (store, error))
    return FALSE;
  for (gsize i = 0; is_good && i < G_N_ELEMENTS (statements); i++)
    is_good = altm_sql_run (altm_store_get_sql (store), error, statements[i], "");
  is_good = is_good && (altm_wipe_is_ordered (store) || altm_store_set_setting (store, WIPING, HANDED_OVER, error)) &&
            altm_store_set_setting (store, WIPED, time, error);
  return altm_store_end (store, is_good, error);
}

static gboolean
is_something_queued (AltmStore *store)
{
  return altm_sql_get_integer (altm_store_get_sql (store), 1,
                               "SELECT EXISTS (SELECT 1 FROM lines WHERE state = 0) OR"
                               " EXISTS (SELECT 1 FROM flow_slots WHERE is_dirty)",
                               "") != 0;
}

/**
 * altm_wipe_empty:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Ends a wipe or a handover, after HQ's answer to all that was queued and to `release` (PROTOCOL): the keys
 * go, every table, the file and its log are emptied, and what lies beside them is removed: stores that were
 * set aside, copies from before a migration, HQ's certificate. Where altm_wipe_keys() ordered it the setting
 * `wiped`, @now, is all that stays; else nothing does. The counter of seqs goes on while the store is open
 * and starts anew afterwards, under what can only be another device's id.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_WIPE_ERROR_QUEUED (client flow is to be queued first, the running
 *   slot included: altm_flow_queue()) or an %ALTM_STORE_ERROR, which the next opening ends where the rows
 *   were gone already
 */
gboolean
altm_wipe_empty (AltmStore *store, gint64 now, GError **error)
{
  if (is_something_queued (store))
    return altm_store_check (store, error) && refuse (error, ALTM_WIPE_ERROR_QUEUED, "something waits for HQ's answer");
  return altm_lock_destroy (store, ALTM_LOCK_REASON_WIPE, error) && delete_rows (store, now, error) &&
         altm_store_forget_lists (store, error) && finish_emptying (store, error);
}

/**
 * altm_wipe_sweep:
 *
 * Ends what was interrupted: a wipe, the keys' destruction, a file that was being written aside.
 * altm_store_open() calls it, and opens the store even so where it fails.
 *
 * Returns: %TRUE where nothing is left to do, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_wipe_sweep (AltmStore *store, GError **error)
{
  if (!remove_named (store, unfinished, G_N_ELEMENTS (unfinished), error))
    return FALSE;
  if (altm_wipe_is_ordered (store) && has_setting (store, WIPED))
    return finish_emptying (store, error);
  if (altm_wipe_is_ordered (store))
    return altm_lock_destroy (store, ALTM_LOCK_REASON_WIPE, error);
  return altm_lock_sweep (store, error);
}
