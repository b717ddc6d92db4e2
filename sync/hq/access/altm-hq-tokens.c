/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-tokens.h"

#include "altm-calendar.h"
#include "altm-hq-accounts.h"
#include "altm-time.h"
#include "altm-token.h"

#define MOST_DAYS 366
#define YEAR_DAYS 365
#define SEEN_TIME G_TIME_SPAN_HOUR

G_DEFINE_QUARK (altm-hq-tokens-error-quark, altm_hq_tokens_error)

static const char *const scopes[ALTM_N_SCOPES] = { "figures", "records" };

void
altm_hq_token_clear (AltmHqToken *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->teams, json_decref);
  g_clear_pointer (&self->last_day, g_free);
}

static gboolean
fail (GError **error, AltmHqTokensError code, const char *why)
{
  g_set_error_literal (error, ALTM_HQ_TOKENS_ERROR, code, why);
  return FALSE;
}

const char *
altm_scope_get_name (AltmScope scope)
{
  return scopes[scope];
}

/**
 * altm_scope_parse:
 * @name: (nullable): `figures` or `records`
 *
 * Returns: whether it is one
 */
gboolean
altm_scope_parse (const char *name, AltmScope *scope)
{
  for (int i = 0; i < ALTM_N_SCOPES; i++)
    if (g_strcmp0 (scopes[i], name) == 0)
      {
        *scope = (AltmScope) i;
        return TRUE;
      }
  return FALSE;
}

/* A token that nobody thinks of any more ends by itself. */
static gboolean
find_end (const char *last_day, gint64 now, gint64 *end, GError **error)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");
  int today = altm_calendar_read (paris, now).day, last = today + YEAR_DAYS;

  if ((last_day != NULL && !altm_calendar_parse_day (last_day, &last)) || last < today || last > today + MOST_DAYS)
    return fail (error, ALTM_HQ_TOKENS_ERROR_END, "the last day is from today to a year from now; nothing was changed");
  *end = altm_calendar_find_instant (paris, last + 1);
  return TRUE;
}

static gboolean
check_name (AltmSql *sql, const char *name, gint64 now, GError **error)
{
  if (!altm_hq_accounts_is_name (name))
    return fail (error, ALTM_HQ_TOKENS_ERROR_NAME, "a name is 1 to 64 characters, in one line; nothing was changed");
  return !altm_sql_get_integer (sql, 0, "SELECT 1 FROM tokens WHERE name = ? AND revoked_at IS NULL AND ends_at > ?", "si",
                                name, now) ||
         fail (error, ALTM_HQ_TOKENS_ERROR_EXISTS, "a token of this name is in use already; nothing was changed");
}

/**
 * altm_hq_tokens_add:
 * @token: its name, scope, teams and last day
 * @who: who makes it
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): the token itself, of which HQ keeps the hash alone, freed by altm_token_free(); or %NULL with
 *   %ALTM_HQ_TOKENS_ERROR_NAME, _EXISTS or _END, or an %ALTM_STORE_ERROR
 */
char *
altm_hq_tokens_add (AltmSql *sql, const AltmHqToken *token, const char *who, gint64 now, GError **error)
{
  guint8 sha256[crypto_hash_sha256_BYTES];
  g_autofree char *teams = NULL;
  gint64 end;
  char *made;

  if (!check_name (sql, token->name, now, error) || !find_end (token->last_day, now, &end, error))
    return NULL;
  teams = token->teams != NULL ? json_dumps (token->teams, JSON_COMPACT) : g_strdup ("[]");
  made = altm_token_new (sha256);
  if (altm_sql_run (sql, error,
                    "INSERT INTO tokens (name, token, scope, teams, made_by, made_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    "shsssii", token->name, sha256, scopes[token->scope], teams, who, now, end))
    return made;
  altm_token_free (made);
  return NULL;
}

/**
 * altm_hq_tokens_find:
 * @sha256: of what a program asks with
 * @now: microseconds since 1970-01-01 UTC
 * @token: (out caller-allocates): the token that it is
 *
 * Returns: whether there is one that is good
 */
gboolean
altm_hq_tokens_find (AltmSql *sql, const guint8 *sha256, gint64 now, AltmHqToken *token)
{
  g_autoptr(AltmRows) rows = altm_sql_query (sql, NULL,
                                             "SELECT n, name, scope, teams, IFNULL (used_at, 0) FROM tokens"
                                             " WHERE token = ? AND revoked_at IS NULL AND ends_at > ?",
                                             "hi", sha256, now);

  *token = (AltmHqToken) { 0 };
  if (!altm_sql_step (sql, rows, NULL) || !altm_scope_parse (altm_rows_text (rows, 2), &token->scope))
    return FALSE;
  token->n = sqlite3_column_int64 (rows, 0);
  token->name = g_strdup (altm_rows_text (rows, 1));
  token->teams = json_loads (altm_rows_text (rows, 3), 0, NULL);
  token->is_stale = sqlite3_column_int64 (rows, 4) < now - SEEN_TIME;
  return TRUE;
}

/**
 * altm_hq_tokens_see:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Notes that a token is in use.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_tokens_see (AltmSql *sql, gint64 n, gint64 now, GError **error)
{
  return altm_sql_run (sql, error, "UPDATE tokens SET used_at = ? WHERE n = ?", "ii", now, n);
}

/**
 * altm_hq_tokens_revoke:
 * @now: microseconds since 1970-01-01 UTC
 *
 * From now on nobody reads anything with it.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_TOKENS_ERROR_UNKNOWN or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_tokens_revoke (AltmSql *sql, const char *name, gint64 now, GError **error)
{
  return altm_sql_run (sql, error, "UPDATE tokens SET revoked_at = ?1 WHERE name = ?2 AND revoked_at IS NULL AND ends_at > ?1",
                       "is", now, name) &&
         (sqlite3_changes (altm_sql_get_handle (sql)) > 0 ||
          fail (error, ALTM_HQ_TOKENS_ERROR_UNKNOWN, "no token of this name is in use; nothing was changed"));
}

static gboolean
carry_row (AltmSql *to, AltmRows *row, GError **error)
{
  g_autoptr(GBytes) token = altm_rows_bytes (row, 1);
  const guint8 *sha256 = g_bytes_get_data (token, NULL);

  if (g_bytes_get_size (token) != crypto_hash_sha256_BYTES)
    return TRUE;
  return altm_sql_run (to, error,
                       "INSERT INTO tokens (name, token, scope, teams, made_by, made_at, ends_at, revoked_at)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, NULLIF (?, 0))"
                       " ON CONFLICT (token) DO UPDATE SET revoked_at = IFNULL (revoked_at, excluded.revoked_at)",
                       "shsssiii", altm_rows_text (row, 0), sha256, altm_rows_text (row, 2), altm_rows_text (row, 3),
                       altm_rows_text (row, 4), sqlite3_column_int64 (row, 5), sqlite3_column_int64 (row, 6),
                       sqlite3_column_int64 (row, 7));
}

/**
 * altm_hq_tokens_carry:
 * @from: a store whose place another takes; what can't be read of it is left out
 * @to: the one that takes its place
 *
 * Revokes in @to what @from says is revoked, and takes over what was made since: a backup that is put back must not let in
 * again whom somebody shut out.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR of @to
 */
gboolean
altm_hq_tokens_carry (AltmSql *from, AltmSql *to, GError **error)
{
  g_autoptr(GError) unread = NULL;
  g_autoptr(AltmRows) rows = altm_sql_query (
    from, &unread,
    "SELECT name, token, scope, teams, made_by, made_at, ends_at, IFNULL (revoked_at, 0) FROM tokens ORDER BY n", "");

  while (unread == NULL && altm_sql_step (from, rows, &unread))
    if (!carry_row (to, rows, error))
      return FALSE;
  return TRUE;
}

static json_t *
write_time (AltmRows *row, int column, GTimeZone *utc)
{
  g_autofree char *text = NULL;

  if (sqlite3_column_type (row, column) == SQLITE_NULL)
    return json_null ();
  text = altm_time_format (sqlite3_column_int64 (row, column), utc);
  return json_string (text);
}

static json_t *
describe (AltmRows *row, GTimeZone *utc)
{
  return json_pack ("{s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "name", altm_rows_text (row, 0), "scope",
                    altm_rows_text (row, 1), "teams", json_loads (altm_rows_text (row, 2), 0, NULL), "made_by",
                    altm_rows_text (row, 3), "made_at", write_time (row, 4, utc), "ends_at", write_time (row, 5, utc),
                    "used_at", write_time (row, 6, utc), "revoked_at", write_time (row, 7, utc));
}

/**
 * altm_hq_tokens_list:
 *
 * Returns: (transfer full): an array of {"name", "scope", "teams", "made_by", "made_at", "ends_at", "used_at", "revoked_at"},
 *   times UTC, those made last first, or %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_hq_tokens_list (AltmSql *sql, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(json_t) tokens = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem,
                    "SELECT name, scope, teams, made_by, made_at, ends_at, used_at, revoked_at FROM tokens ORDER BY n DESC", "");

  while (altm_sql_step (sql, rows, &problem))
    json_array_append_new (tokens, describe (rows, utc));
  if (problem == NULL)
    return g_steal_pointer (&tokens);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
