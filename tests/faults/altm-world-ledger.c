/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-figures.h"
#include "altm-hq-care.h"
#include "altm-hq-notes.h"
#include "altm-notes.h"
#include "altm-outbox.h"
#include "altm-store-private.h"
#include "altm-world.h"

#define ON_TABLETS G_GUINT64_CONSTANT (0xffffffff)

static guint64
bit_of (const AltmTablet *tablet)
{
  return G_GUINT64_CONSTANT (1) << tablet->n;
}

static AltmSaved *
find (AltmWorld *world, const char *id, gint64 rev, GBytes *bytes)
{
  for (guint i = 0; i < world->saved->len; i++)
    {
      AltmSaved *saved = g_ptr_array_index (world->saved, i);

      if (saved->rev == rev && strcmp (saved->id, id) == 0 && g_bytes_equal (saved->bytes, bytes))
        return saved;
    }
  return NULL;
}

/** altm_ledger_add: a line stands in a tablet's journal for all to see. */
void
altm_ledger_add (AltmTablet *tablet, const char *id, gint64 rev, const char *type, GBytes *bytes)
{
  AltmSaved *saved = find (tablet->world, id, rev, bytes);

  if (saved == NULL)
    {
      saved = g_new0 (AltmSaved, 1);
      saved->id = g_strdup (id);
      saved->rev = rev;
      saved->type = g_strdup (type);
      saved->bytes = g_bytes_ref (bytes);
      g_ptr_array_add (tablet->world->saved, saved);
    }
  saved->tablets |= bit_of (tablet);
}

static gint64
count_at (AltmTablet *tablet, const char *sql)
{
  return altm_sql_get_integer (altm_store_get_sql (tablet->store), -1, sql, "");
}

/** altm_ledger_let_go: a tablet was emptied, by HQ's order or to be handed over. */
void
altm_ledger_let_go (AltmTablet *tablet)
{
  for (guint i = 0; i < tablet->world->saved->len; i++)
    {
      AltmSaved *saved = g_ptr_array_index (tablet->world->saved, i);

      saved->was_wiped |= (saved->tablets & bit_of (tablet)) != 0;
      saved->tablets &= ~bit_of (tablet);
    }
  tablet->seen = 0;
  g_ptr_array_set_size (tablet->again, 0);
  g_hash_table_remove_all (tablet->taps);
  g_hash_table_remove_all (tablet->maybe);
}

/** altm_ledger_check_tablet: what it showed is on its disk, and what is recorded at once is there at once. */
void
altm_ledger_check_tablet (AltmTablet *tablet)
{
  AltmWorld *world = tablet->world;
  AltmSql *sql = altm_store_get_sql (tablet->store);

  /* Power cuts and failing disks leave no damage: a store that was made anew was so without need. */
  if (altm_store_was_recovered (tablet->store))
    altm_world_fail (world, "tablet %u took its store for damaged", tablet->n);
  altm_torn_disk_suspend (tablet->disk);
  for (guint i = 0; i < world->saved->len; i++)
    {
      AltmSaved *saved = g_ptr_array_index (world->saved, i);
      g_autoptr(AltmRows) rows = NULL;

      if (!(saved->tablets & bit_of (tablet)))
        continue;
      rows = altm_sql_query (sql, NULL, "SELECT 1 FROM lines WHERE id = ? AND rev = ? AND bytes = ?", "sib", saved->id,
                             saved->rev, saved->bytes);
      if (!altm_sql_step (sql, rows, NULL))
        altm_world_fail (world, "tablet %u showed %s/%" G_GINT64_FORMAT " as saved and has it no more", tablet->n,
                         saved->id, saved->rev);
    }
  if (count_at (tablet, "SELECT COUNT (*) FROM lines WHERE type = 'referral' AND rev = 1 AND CAST (bytes AS TEXT) ->> '$.data.contact'"
                        " NOT IN (SELECT id FROM lines)") != 0)
    altm_world_fail (world, "tablet %u has a referral without the contact that it was saved with", tablet->n);
  altm_torn_disk_resume (tablet->disk);
  altm_tablet_take_stock (tablet);
}

/* A tablet that HQ has let go, and that is emptied when it reads so, has nothing to send any more. */
static guint64
bits_of_leaving (AltmWorld *self)
{
  guint64 bits = 0;

  for (guint i = 0; i < self->road->len; i++)
    {
      const AltmMessage *message = g_ptr_array_index (self->road, i);

      if (message->answer != NULL && message->answer->status == 200 && strcmp (message->step, "release") == 0)
        bits |= bit_of (message->tablet);
    }
  return bits;
}

/**
 * altm_ledger_check_gone:
 * @at_hq: (nullable): the keys that HQ has from now on; %NULL: ask it
 *
 * Older copies were put somewhere: what is on no disk any more cannot be asked for.
 */
void
altm_ledger_check_gone (AltmWorld *self, GHashTable *at_hq)
{
  guint64 staying = ON_TABLETS & ~bits_of_leaving (self);

  for (guint i = 0; i < self->saved->len; i++)
    {
      AltmSaved *saved = g_ptr_array_index (self->saved, i);
      g_autofree char *key = g_strdup_printf ("%s/%" G_GINT64_FORMAT, saved->id, saved->rev);

      if (!(saved->tablets & staying) && !(at_hq != NULL ? g_hash_table_contains (at_hq, key) : altm_hq_has (self, saved)))
        saved->is_gone = TRUE;
    }
}

static gint64
count_at_hq (AltmWorld *self, const char *sql)
{
  return altm_sql_get_integer (altm_hq_store_get_sql (self->hq), -1, sql, "");
}

static gboolean
has_twin (AltmWorld *self, const AltmSaved *one)
{
  for (guint i = 0; i < self->saved->len; i++)
    {
      const AltmSaved *other = g_ptr_array_index (self->saved, i);

      if (other != one && other->rev == one->rev && strcmp (other->id, one->id) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_set_aside (AltmWorld *self, const AltmSaved *saved)
{
  AltmSql *sql = altm_hq_store_get_sql (self->hq);
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, "SELECT 1 FROM quarantine WHERE bytes = ?", "b", saved->bytes);

  return altm_sql_step (sql, rows, NULL);
}

static void
check_saved (AltmWorld *self, const AltmSaved *saved)
{
  if (altm_hq_has (self, saved) || saved->is_gone || saved->is_kept_back)
    return;
  if (saved->was_wiped && is_set_aside (self, saved))
    return;
  /* Two copies of one tablet may each correct the same record: one of them is in quarantine. */
  if (!has_twin (self, saved))
    altm_world_fail (self, "%s %s/%" G_GINT64_FORMAT " was shown as saved and is not at HQ", saved->type, saved->id, saved->rev);
  else if (!is_set_aside (self, saved))
    altm_world_fail (self, "%s/%" G_GINT64_FORMAT " is neither at HQ nor in its quarantine", saved->id, saved->rev);
}

/* Good records that may stay on the tablet alone, shown there with the reason: something on the road
 * answered 413 to one, or HQ went back without a word, and with it what it had set aside, or what a
 * version of its lists means. */
static gboolean
may_be_kept_back (AltmWorld *self, const char *reason)
{
  return g_strcmp0 (reason, "too-long") == 0 ||
         (self->is_quietly_restored && (g_strcmp0 (reason, "unknown-code") == 0 || g_strcmp0 (reason, "revoked") == 0));
}

static void
check_quarantine (AltmTablet *tablet)
{
  AltmWorld *world = tablet->world;
  AltmSql *sql = altm_store_get_sql (tablet->store);
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, "SELECT id, rev, bytes, reason FROM lines WHERE state = 2", "");

  while (altm_sql_step (sql, rows, NULL))
    {
      g_autoptr(GBytes) bytes = altm_rows_bytes (rows, 2);
      AltmSaved *saved = find (world, altm_rows_text (rows, 0), sqlite3_column_int64 (rows, 1), bytes);
      const char *reason = altm_rows_text (rows, 3);

      if (saved != NULL && may_be_kept_back (world, reason))
        saved->is_kept_back = TRUE;
      else if (saved == NULL || !is_set_aside (world, saved))
        altm_world_fail (world, "tablet %u's %s/%" G_GINT64_FORMAT " was refused (%s) and HQ did not keep it", tablet->n,
                         altm_rows_text (rows, 0), (gint64) sqlite3_column_int64 (rows, 1), reason);
      else if (!has_twin (world, saved))
        altm_world_fail (world, "tablet %u's %s/%" G_GINT64_FORMAT " was refused: %s", tablet->n, saved->id, saved->rev, reason);
    }
}

/* Copies of one tablet that never had to part share a device: each knows its own part of HQ's notes. */
static void
check_digest (AltmTablet *tablet)
{
  AltmWorld *world = tablet->world;
  g_autofree char *token = altm_store_get_setting (tablet->store, "token");
  g_auto(AltmHqDevice) device = { 0 };
  g_autoptr(json_t) theirs = NULL;
  g_autoptr(GError) error = NULL;
  AltmDigest own = { 0 };

  if (!altm_hq_devices_find (world->hq, token, &device))
    {
      altm_world_fail (world, "HQ does not know tablet %u", tablet->n);
      return;
    }
  /* What a tablet sets aside for a 413 of somebody else's HQ may have taken. */
  if (count_at (tablet, "SELECT COUNT (*) FROM lines WHERE reason = 'too-long'") > 0)
    return;
  altm_notes_digest (tablet->store, 1, G_MAXINT32, ALTM_DIGEST_OF_NOTES, &own, &error);
  theirs = altm_hq_notes_digest (world->hq, &device, 1, own.high_seq, &error);
  if (altm_json_get_integer (theirs, "count", -1) != own.count ||
      g_strcmp0 (altm_json_get_string (theirs, "sha256"), own.sha256) != 0)
    altm_world_fail (world, "tablet %u notes %" G_GINT64_FORMAT " lines up to seq %" G_GINT64_FORMAT ", HQ %" G_GINT64_FORMAT " or others",
                     tablet->n, own.count, own.high_seq, altm_json_get_integer (theirs, "count", -1));
}

static void
check_taps (AltmTablet *tablet)
{
  GHashTableIter iter;
  gpointer slot, value;

  g_hash_table_iter_init (&iter, tablet->taps);
  while (g_hash_table_iter_next (&iter, &slot, &value))
    {
      gint64 least = GPOINTER_TO_UINT (value);
      gint64 most = least + GPOINTER_TO_UINT (g_hash_table_lookup (tablet->maybe, slot));
      gint64 counted = altm_sql_get_integer (altm_store_get_sql (tablet->store), -1,
                                             "SELECT CAST (bytes AS TEXT) ->> '$.data.counts.entres' FROM lines"
                                             " WHERE type = 'flow' AND id = (SELECT id FROM flow_slots WHERE slot = ?"
                                             " * 900000000) ORDER BY rev DESC LIMIT 1",
                                             "i", g_ascii_strtoll (slot, NULL, 10));

      if (counted < least || counted > most)
        altm_world_fail (tablet->world, "tablet %u counted %" G_GINT64_FORMAT " clients in %s and queued %" G_GINT64_FORMAT,
                         tablet->n, least, (char *) slot, counted);
    }
}

static void
check_tablet_at_end (AltmTablet *tablet)
{
  g_autoptr(GError) error = NULL;

  if (!altm_outbox_verify (tablet->store, &error))
    altm_world_fail (tablet->world, "tablet %u: %s", tablet->n, error->message);
  if (count_at (tablet, "SELECT COUNT (*) FROM lines WHERE state = 0") != 0)
    altm_world_fail (tablet->world, "tablet %u has lines that do not leave it", tablet->n);
  if (altm_notes_count_lost (tablet->store) != 0)
    altm_world_fail (tablet->world, "tablet %u says that HQ lost lines for good", tablet->n);
  check_quarantine (tablet);
  check_digest (tablet);
  check_taps (tablet);
}

/* Pressed once, counted once, however often it was sent or pressed again. */
static void
check_doubles (AltmWorld *self)
{
  static const struct
  {
    const char *sql;
    const char *what;
  } checks[] = {
    { "SELECT COUNT (*) - COUNT (DISTINCT id || '/' || rev) FROM journal", "HQ has a line twice" },
    { "SELECT COUNT (*) FROM (SELECT 1 FROM journal WHERE rev = 1 AND CAST (bytes AS TEXT) ->> '$.type' = 'observation'"
      " GROUP BY CAST (bytes AS TEXT) ->> '$.data.what' HAVING COUNT (DISTINCT id) > 1)",
      "what was pressed once is at HQ twice" },
    { "SELECT (SELECT COUNT (*) FROM records) - (SELECT COUNT (DISTINCT id) FROM journal)",
      "HQ's records are not those of its journal" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    if (count_at_hq (self, checks[i].sql) != 0)
      altm_world_fail (self, "%s", checks[i].what);
}

/* Nothing stands at HQ that no mediator saw on a tablet. */
static void
check_strangers (AltmWorld *self)
{
  AltmSql *sql = altm_hq_store_get_sql (self->hq);
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL, "SELECT id, rev, bytes FROM journal", "");

  while (altm_sql_step (sql, rows, NULL))
    {
      g_autoptr(GBytes) bytes = altm_rows_bytes (rows, 2);

      if (find (self, altm_rows_text (rows, 0), sqlite3_column_int64 (rows, 1), bytes) == NULL)
        altm_world_fail (self, "HQ has %s/%" G_GINT64_FORMAT ", which no tablet showed", altm_rows_text (rows, 0),
                         (gint64) sqlite3_column_int64 (rows, 1));
    }
}

/* The figures against a count of the journal that shares nothing with them. */
static void
check_figures (AltmWorld *self)
{
  const AltmFilter all = { ALTM_FILTER_FIRST, ALTM_FILTER_LAST };
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) figures = altm_figures_count (self->hq, &all, altm_hq_now (self), &error);
  gint64 contacts = count_at_hq (self, "SELECT COUNT (*) FROM journal AS j WHERE CAST (bytes AS TEXT) ->> '$.type' = 'contact'"
                                       " AND rev = (SELECT MAX (rev) FROM journal WHERE id = j.id)"
                                       " AND IFNULL (CAST (bytes AS TEXT) ->> '$.deleted', 0) = 0");
  /* Of lists that HQ lost with its store: held, and not read. */
  gint64 unread = count_at_hq (self, "SELECT COUNT (*) FROM records WHERE type = 'contact' AND NOT is_known AND NOT is_deleted");

  if (altm_json_get_integer (figures, "interventions", -1) + unread != contacts)
    altm_world_fail (self, "the figures have %" G_GINT64_FORMAT " interventions, the journal %" G_GINT64_FORMAT,
                     altm_json_get_integer (figures, "interventions", -1), contacts);
}

/** altm_ledger_check_all: at the end, when everything has been sent. */
void
altm_ledger_check_all (AltmWorld *self)
{
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < self->tablets->len; i++)
    check_tablet_at_end (g_ptr_array_index (self->tablets, i));
  for (guint i = 0; i < self->saved->len; i++)
    check_saved (self, g_ptr_array_index (self->saved, i));
  check_strangers (self);
  check_doubles (self);
  check_figures (self);
  if (!altm_hq_care_verify (self->hq, &error))
    altm_world_fail (self, "HQ: %s", error->message);
}
