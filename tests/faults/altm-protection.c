/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-protection.h"

#include <sqlite3.h>
#include <string.h>

#include "altm-notes.h"
#include "altm-receipt.h"
#include "altm-store-private.h"
#include "altm-wipe.h"

/* What keeps records from being lost or doubled, and what stands in its place when it is switched
 * off: the code under test is as it is, what it says to SQLite is changed on its way (the linker's
 * --wrap), and so are the verdicts of a few of its functions. */
typedef struct
{
  const char *name;
  const char *sql; /* a part of a statement, or of a script */
  const char *instead;
  gboolean is_whole; /* the statement is this and no more */
} Change;

static const Change changes[] = {
  /* The disk has it before it is shown, or answered. */
  { "synchronous", "synchronous = FULL", "synchronous = OFF" },
  { "synchronous", "PRAGMA synchronous", "SELECT 2", TRUE },
  /* All or nothing. */
  { "transaction", "BEGIN IMMEDIATE", "SELECT 1" },
  { "transaction", "COMMIT", "SELECT 1" },
  { "transaction", "ROLLBACK", "SELECT 1" },
  /* HQ knows a line that it has. */
  { "dedupe", "UNIQUE (id, rev)\n) STRICT;\nCREATE TRIGGER", "CHECK (id <> '')\n) STRICT;\nCREATE TRIGGER" },
  { "dedupe", "SELECT n, rev, sha256 FROM journal WHERE id = ?", "SELECT n, rev, sha256 FROM journal WHERE id = ? AND 0" },
  /* A seq stands for one line. */
  { "seq", "WHERE notes.device = ? AND seq = ?", "WHERE notes.device = ? AND seq = ? AND 0" },
  /* What HQ cannot take is kept. */
  { "quarantine", "INSERT OR IGNORE INTO quarantine", "INSERT OR IGNORE INTO temp.nowhere" },
  /* What HQ says it has is noted. */
  { "notes", "INSERT OR REPLACE INTO notes (seq, id, rev, sha256) VALUES (?, ?, ?, ?)", "SELECT ?, ?, ?, ?" },
  /* What HQ lost is queued again. */
  { "queue-again", "UPDATE lines SET state = 0, settled_at = NULL WHERE seq = ?", "SELECT ?" },
  /* To another device than before, all is sent again. */
  { "restart", "UPDATE lines SET state = 0, settled_at = NULL, reason = NULL, detail = NULL", "SELECT 1", TRUE },
  /* A restored HQ says that it is another. */
  { "epoch", "UPDATE settings SET value = ? WHERE name = 'epoch'", "SELECT ?" },
  { "receipt-identity", NULL, NULL },
  { "held", NULL, NULL },
  { "frozen-bytes", NULL, NULL },
  { "wipe-last", NULL, NULL },
};

/* What the wrapped functions look at; they are called as the code under test knows them. */
static const char *switched_off;
static AltmReceipt *in_hand;

/**
 * altm_protection_names:
 *
 * Returns: (transfer none): the names, each once
 */
const char *const *
altm_protection_names (void)
{
  static const char *names[G_N_ELEMENTS (changes) + 1];
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    if (n == 0 || strcmp (names[n - 1], changes[i].name) != 0)
      names[n++] = changes[i].name;
  return names;
}

/**
 * altm_protection_switch_off:
 * @name: one of altm_protection_names()
 *
 * Returns: whether there is such a one
 */
gboolean
altm_protection_switch_off (const char *name)
{
  if (!g_strv_contains (altm_protection_names (), name))
    return FALSE;
  switched_off = name;
  return TRUE;
}

static gboolean
is_off (const char *name)
{
  return g_strcmp0 (switched_off, name) == 0;
}

static char *
change_sql (const char *sql)
{
  g_autoptr(GString) changed = g_string_new (sql);

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    if (changes[i].sql != NULL && is_off (changes[i].name) &&
        (!changes[i].is_whole || strcmp (changes[i].sql, sql) == 0))
      g_string_replace (changed, changes[i].sql, changes[i].instead, 0);
  return g_string_free (g_steal_pointer (&changed), FALSE);
}

int __real_sqlite3_prepare_v3 (sqlite3 *db, const char *sql, int length, unsigned int flags, sqlite3_stmt **statement,
                               const char **tail);
int __wrap_sqlite3_prepare_v3 (sqlite3 *db, const char *sql, int length, unsigned int flags, sqlite3_stmt **statement,
                               const char **tail);

int
__wrap_sqlite3_prepare_v3 (sqlite3 *db, const char *sql, int length, unsigned int flags, sqlite3_stmt **statement,
                           const char **tail)
{
  g_autofree char *changed = switched_off != NULL ? change_sql (sql) : NULL;

  return __real_sqlite3_prepare_v3 (db, changed != NULL ? changed : sql, length, flags, statement, tail);
}

int __real_sqlite3_exec (sqlite3 *db, const char *sql, int (*callback) (void *, int, char **, char **), void *data,
                         char **message);
int __wrap_sqlite3_exec (sqlite3 *db, const char *sql, int (*callback) (void *, int, char **, char **), void *data,
                         char **message);

int
__wrap_sqlite3_exec (sqlite3 *db, const char *sql, int (*callback) (void *, int, char **, char **), void *data,
                     char **message)
{
  g_autofree char *changed = switched_off != NULL ? change_sql (sql) : NULL;

  if (is_off ("quarantine"))
    __real_sqlite3_exec (db,
                         "CREATE TEMP TABLE IF NOT EXISTS nowhere (device, received_at, seq, id, rev, problem, detail,"
                         " sha256, bytes)",
                         NULL, NULL, NULL);
  return __real_sqlite3_exec (db, changed != NULL ? changed : sql, callback, data, message);
}

gboolean __real_altm_receipt_check (const AltmReceipt *self, const char *batch, const char *epoch, const char *sha256,
                                    gsize n_lines, GError **error);
gboolean __wrap_altm_receipt_check (const AltmReceipt *self, const char *batch, const char *epoch, const char *sha256,
                                    gsize n_lines, GError **error);

/* A check that is off is one that is passed by what it stands for. */
gboolean
__wrap_altm_receipt_check (const AltmReceipt *self, const char *batch, const char *epoch, const char *sha256,
                           gsize n_lines, GError **error)
{
  AltmReceipt passed = *self;

  in_hand = (AltmReceipt *) self;
  if (is_off ("receipt-identity"))
    {
      passed.batch = batch;
      passed.sha256 = sha256;
    }
  return __real_altm_receipt_check (&passed, batch, epoch, sha256, n_lines, error);
}

gint64 __real_altm_notes_count (AltmStore *store);
gint64 __wrap_altm_notes_count (AltmStore *store);

/* It is called for a receipt in hand alone: whatever that says HQ holds is then what it should. */
gint64
__wrap_altm_notes_count (AltmStore *store)
{
  gint64 count = __real_altm_notes_count (store);

  if (is_off ("held"))
    {
      in_hand->held = count;
      in_hand->high_seq = 0;
    }
  return count;
}

gboolean __real_altm_wipe_keys (AltmStore *store, gint64 now, GError **error);
gboolean __wrap_altm_wipe_keys (AltmStore *store, gint64 now, GError **error);

/* An order to wipe leaves what is queued until it has HQ's answer. */
gboolean
__wrap_altm_wipe_keys (AltmStore *store, gint64 now, GError **error)
{
  if (is_off ("wipe-last"))
    altm_sql_run (altm_store_get_sql (store), NULL, "DELETE FROM lines", "");
  return __real_altm_wipe_keys (store, now, error);
}

GPtrArray *__real_altm_outbox_take (AltmStore *store, gsize most_lines, gsize most_bytes, GError **error);
GPtrArray *__wrap_altm_outbox_take (AltmStore *store, gsize most_lines, gsize most_bytes, GError **error);

static void
write_anew (AltmQueuedLine *line)
{
  g_autoptr(json_t) root = altm_json_parse (g_bytes_get_data (line->bytes, NULL), g_bytes_get_size (line->bytes), NULL);
  char *text = json_dumps (root, JSON_SORT_KEYS | JSON_COMPACT);

  g_bytes_unref (line->bytes);
  line->bytes = g_bytes_new_with_free_func (text, strlen (text), free, text);
}

GPtrArray *
__wrap_altm_outbox_take (AltmStore *store, gsize most_lines, gsize most_bytes, GError **error)
{
  GPtrArray *lines = __real_altm_outbox_take (store, most_lines, most_bytes, error);

  for (guint i = 0; is_off ("frozen-bytes") && lines != NULL && i < lines->len; i++)
    write_anew (g_ptr_array_index (lines, i));
  return lines;
}
