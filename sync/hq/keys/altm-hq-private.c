/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-private.h"

#include "altm-line.h"
#include "altm-store.h"

G_DEFINE_QUARK (altm-hq-private-error-quark, altm_hq_private_error)

void
altm_hq_private_clear (AltmHqPrivate *self)
{
  g_clear_pointer (&self->sealed, g_free);
}

static gboolean
fail (GError **error, AltmHqPrivateError code, const char *why)
{
  g_set_error_literal (error, ALTM_HQ_PRIVATE_ERROR, code, why);
  return FALSE;
}

/* What can't be read as a line, in quarantine, says nothing. */
static gboolean
read_row (AltmRows *row, AltmLine *line)
{
  return altm_line_read (line, sqlite3_column_blob (row, 0), (gsize) sqlite3_column_bytes (row, 0), NULL);
}

/**
 * altm_hq_private_find:
 * @id: a record
 * @rev: a revision of it that HQ has
 * @found: (out caller-allocates): what holds for it; nothing sealed where there is none
 *
 * PROTOCOL, A line: absent is unchanged from the highest lower revision that HQ has, quarantined
 * ones included; `null` is removed.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_private_find (AltmSql *sql, const char *id, gint64 rev, AltmHqPrivate *found, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT bytes, rev, 0 FROM journal WHERE id = ?1 AND rev <= ?2"
                    " UNION ALL SELECT bytes, rev, n FROM quarantine"
                    "  WHERE id = ?1 AND rev < ?2 AND problem <> 'conflict' ORDER BY 2 DESC, 3",
                    "si", id, rev);

  *found = (AltmHqPrivate) { NULL, 0 };
  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    {
      g_auto(AltmLine) line = { NULL };

      if (!read_row (rows, &line) || !line.has_private)
        continue;
      *found = (AltmHqPrivate) { g_strdup (line.private_text), line.rev };
      break;
    }
  return altm_sql_pass (&problem, error);
}

static gboolean
is_withdrawn (const AltmLine *line)
{
  return line->is_deleted ||
         (g_strcmp0 (line->type, "referral") == 0 && !json_is_true (json_object_get (line->data, "consent")));
}

/* The last word counts, also where HQ could not take the line that says it. */
static gboolean
check_agreement (AltmSql *sql, const char *id, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT bytes, rev FROM journal WHERE id = ?1"
                    " UNION ALL SELECT bytes, rev FROM quarantine WHERE id = ?1 AND problem <> 'conflict' ORDER BY 2 DESC",
                    "s", id);

  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    {
      g_auto(AltmLine) line = { NULL };

      if (!read_row (rows, &line))
        continue;
      if (is_withdrawn (&line))
        fail (&problem, ALTM_HQ_PRIVATE_ERROR_WITHDRAWN,
              "the person's agreement, or the record itself, was withdrawn; its private part stays sealed");
      break;
    }
  return altm_sql_pass (&problem, error);
}

/**
 * altm_hq_private_look_up:
 * @id: a record
 * @rev: a revision of it, 0 for the highest
 * @found: (out caller-allocates): what holds for it
 *
 * As altm_hq_private_find(), for someone who asks to read it.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_PRIVATE_ERROR_NO_RECORD, _WITHDRAWN (also of an earlier
 *   revision than the one that withdrew it) or _NOTHING, or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_private_look_up (AltmSql *sql, const char *id, gint64 rev, AltmHqPrivate *found, GError **error)
{
  gint64 wanted = altm_sql_get_integer (sql, 0, "SELECT MAX (rev) FROM journal WHERE id = ?1 AND ?2 IN (0, rev)", "si", id, rev);

  *found = (AltmHqPrivate) { NULL, 0 };
  if (wanted == 0)
    return altm_sql_check (sql, error) &&
           fail (error, ALTM_HQ_PRIVATE_ERROR_NO_RECORD, "HQ has no such record, or not this revision of it");
  if (!check_agreement (sql, id, error) || !altm_hq_private_find (sql, id, wanted, found, error))
    return FALSE;
  return found->sealed != NULL || fail (error, ALTM_HQ_PRIVATE_ERROR_NOTHING, "the record has no private part");
}

/**
 * altm_hq_private_open:
 * @id: the record that it was found in
 * @pair: the key pair to whose public half it is sealed
 *
 * Opens what was found. It says itself which revision of which record it belongs to: what was moved
 * from one to another does not open.
 *
 * Returns: (transfer full): the private object, or %NULL with %ALTM_SEAL_ERROR_KEY or _TEXT
 */
json_t *
altm_hq_private_open (const AltmHqPrivate *self, const char *id, AltmSealPair *pair, GError **error)
{
  g_autoptr(json_t) root = altm_seal_pair_open (pair, self->sealed, error);
  json_t *private = json_object_get (root, "private");

  if (root == NULL)
    return NULL;
  if (g_strcmp0 (altm_json_get_string (root, "id"), id) == 0 &&
      altm_json_get_integer (root, "rev", 0) == self->rev && json_is_object (private))
    return json_incref (private);
  g_set_error_literal (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_TEXT,
                       "what is sealed there belongs to another record or revision; it is not shown");
  return NULL;
}
