/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-accounts.h"

#include <sodium.h>
#include <string.h>

#include "altm-time.h"

#define MOST_NAME 64
#define LEAST_PASSWORD 12 /* CNIL, délibération 2022-100: 12 characters where nothing else protects */
#define MOST_PASSWORD_BYTES 1024

G_DEFINE_QUARK (altm-hq-accounts-error-quark, altm_hq_accounts_error)

static const char *const roles[ALTM_N_ROLES] = { "reader", "manager", "direction" };

/* What the access log calls whoever is at the machine, and what HQ does by itself. */
static const char *const taken_names[] = { "root", "altm-field-hq", "purge", NULL };

void
altm_hq_account_clear (AltmHqAccount *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->teams, json_decref);
  g_clear_pointer (&self->password, g_free);
}

static gboolean
fail (GError **error, AltmHqAccountsError code, const char *why)
{
  g_set_error_literal (error, ALTM_HQ_ACCOUNTS_ERROR, code, why);
  return FALSE;
}

const char *
altm_role_get_name (AltmRole role)
{
  return roles[role];
}

/**
 * altm_role_parse:
 * @name: (nullable): `reader`, `manager` or `direction`
 *
 * Returns: whether it is one
 */
gboolean
altm_role_parse (const char *name, AltmRole *role)
{
  for (int i = 0; i < ALTM_N_ROLES; i++)
    if (g_strcmp0 (roles[i], name) == 0)
      {
        *role = (AltmRole) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * altm_hq_accounts_hash:
 * @password: as it was chosen
 *
 * Returns: (transfer full): what is kept of it (Argon2id, 64 MiB: libsodium's interactive limits), or %NULL with
 *   %ALTM_HQ_ACCOUNTS_ERROR_PASSWORD
 */
char *
altm_hq_accounts_hash (const char *password, GError **error)
{
  g_autofree char *kept = g_malloc0 (crypto_pwhash_STRBYTES);

  if (!g_utf8_validate (password, -1, NULL) || g_utf8_strlen (password, -1) < LEAST_PASSWORD ||
      strlen (password) > MOST_PASSWORD_BYTES)
    {
      fail (error, ALTM_HQ_ACCOUNTS_ERROR_PASSWORD, "a password has 12 characters or more; nothing was changed");
      return NULL;
    }
  if (crypto_pwhash_str (kept, password, strlen (password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                         crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0)
    return g_steal_pointer (&kept);
  fail (error, ALTM_HQ_ACCOUNTS_ERROR_PASSWORD, "there is not enough memory for it now; nothing was changed");
  return NULL;
}

/**
 * altm_hq_accounts_is_name:
 * @name: (nullable): what somebody, or a program, is to be called
 *
 * Returns: whether it is 1 to 64 characters in one line, and none that the access log has for HQ itself
 */
gboolean
altm_hq_accounts_is_name (const char *name)
{
  if (name == NULL || *name == '\0' || g_utf8_strlen (name, -1) > MOST_NAME || g_strv_contains (taken_names, name))
    return FALSE;
  for (; *name != '\0'; name = g_utf8_next_char (name))
    if (g_unichar_iscntrl (g_utf8_get_char (name)))
      return FALSE;
  return TRUE;
}

static char *
write_teams (const AltmHqAccount *account)
{
  return account->teams != NULL ? json_dumps (account->teams, JSON_COMPACT) : g_strdup ("[]");
}

/**
 * altm_hq_accounts_add:
 * @account: whom to add
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_ACCOUNTS_ERROR_NAME or _EXISTS, or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_accounts_add (AltmSql *sql, const AltmHqAccount *account, gint64 now, GError **error)
{
  g_autofree char *teams = write_teams (account);

  if (!altm_hq_accounts_is_name (account->name))
    return fail (error, ALTM_HQ_ACCOUNTS_ERROR_NAME, "a name is 1 to 64 characters, in one line, and not one of HQ's own (root, purge); nothing was changed");
  if (altm_sql_get_integer (sql, 0, "SELECT 1 FROM accounts WHERE name = ?", "s", account->name))
    return fail (error, ALTM_HQ_ACCOUNTS_ERROR_EXISTS, "somebody is called so already; nothing was changed");
  return altm_sql_run (sql, error, "INSERT INTO accounts (name, role, teams, password, made_at) VALUES (?, ?, ?, ?, ?)",
                       "ssssi", account->name, roles[account->role], teams, account->password, now);
}

static gboolean
read_account (AltmRows *row, AltmHqAccount *account)
{
  const char *teams = altm_rows_text (row, 3);

  account->n = sqlite3_column_int64 (row, 0);
  account->name = g_strdup (altm_rows_text (row, 1));
  account->teams = json_loads (teams, 0, NULL);
  account->password = g_strdup (altm_rows_text (row, 4));
  return altm_role_parse (altm_rows_text (row, 2), &account->role);
}

/**
 * altm_hq_accounts_find:
 * @account: (out caller-allocates): somebody who may sign in under this name
 *
 * Returns: whether there is one
 */
gboolean
altm_hq_accounts_find (AltmSql *sql, const char *name, AltmHqAccount *account)
{
  g_autoptr(AltmRows) rows = altm_sql_query (
    sql, NULL, "SELECT n, name, role, teams, password FROM accounts WHERE name = ? AND closed_at IS NULL", "s", name);

  *account = (AltmHqAccount) { 0 };
  return altm_sql_step (sql, rows, NULL) && read_account (rows, account);
}

static gboolean
end_sessions (AltmSql *sql, const char *name, const char *keep, GError **error)
{
  return altm_sql_run (sql, error,
                       "DELETE FROM sessions WHERE account IN (SELECT n FROM accounts WHERE name = ?)"
                       " AND lower (hex (token)) IS NOT ?",
                       "ss", name, keep);
}

static gboolean
check_change (AltmSql *sql, GError **error)
{
  return sqlite3_changes (altm_sql_get_handle (sql)) > 0 ||
         fail (error, ALTM_HQ_ACCOUNTS_ERROR_UNKNOWN, "nobody is called so; nothing was changed");
}

/**
 * altm_hq_accounts_set_password:
 * @password: what altm_hq_accounts_hash() made of it
 * @keep: (nullable): the SHA-256 of a session's token, in hex
 *
 * Whoever is signed in under this name no longer is, but in the session @keep.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_ACCOUNTS_ERROR_UNKNOWN or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_accounts_set_password (AltmSql *sql, const char *name, const char *password, const char *keep, GError **error)
{
  return altm_sql_run (sql, error, "UPDATE accounts SET password = ? WHERE name = ? AND closed_at IS NULL", "ss", password,
                       name) &&
         check_change (sql, error) && end_sessions (sql, name, keep, error);
}

static gboolean
is_last_of_direction (AltmSql *sql, const char *name)
{
  return altm_sql_get_integer (sql, 0,
                               "SELECT role = 'direction' AND NOT EXISTS (SELECT 1 FROM accounts WHERE role = 'direction'"
                               "  AND closed_at IS NULL AND name <> ?1)"
                               " FROM accounts WHERE name = ?1 AND closed_at IS NULL",
                               "s", name) == 1;
}

/**
 * altm_hq_accounts_set_role:
 * @account: by its name, with the role and the teams that it is to have
 *
 * Whoever is signed in under this name no longer is: no page goes on that shows more than they may see from now on.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_ACCOUNTS_ERROR_UNKNOWN or _LAST, or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_accounts_set_role (AltmSql *sql, const AltmHqAccount *account, GError **error)
{
  g_autofree char *teams = write_teams (account);

  if (account->role != ALTM_ROLE_DIRECTION && is_last_of_direction (sql, account->name))
    return fail (error, ALTM_HQ_ACCOUNTS_ERROR_LAST, "nobody else is of the direction; nothing was changed");
  return altm_sql_run (sql, error, "UPDATE accounts SET role = ?, teams = ? WHERE name = ? AND closed_at IS NULL", "sss",
                       roles[account->role], teams, account->name) &&
         check_change (sql, error) && end_sessions (sql, account->name, NULL, error);
}

/**
 * altm_hq_accounts_close:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Nobody signs in under this name any more; it stays in the access log.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_ACCOUNTS_ERROR_UNKNOWN or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_accounts_close (AltmSql *sql, const char *name, gint64 now, GError **error)
{
  return altm_sql_run (sql, error, "UPDATE accounts SET closed_at = ? WHERE name = ? AND closed_at IS NULL", "is", now,
                       name) &&
         check_change (sql, error) && end_sessions (sql, name, NULL, error);
}

/**
 * altm_hq_accounts_list:
 *
 * Returns: (transfer full): an array of {"name", "role", "teams", "made_at", "closed_at"}, times UTC, or %NULL with an
 *   %ALTM_STORE_ERROR
 */
json_t *
altm_hq_accounts_list (AltmSql *sql, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(json_t) accounts = json_array ();
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT name, role, teams, made_at, closed_at FROM accounts ORDER BY name", "");

  while (altm_sql_step (sql, rows, &problem))
    {
      g_autofree char *made = altm_time_format (sqlite3_column_int64 (rows, 3), utc);
      g_autofree char *closed =
        sqlite3_column_type (rows, 4) == SQLITE_NULL ? NULL : altm_time_format (sqlite3_column_int64 (rows, 4), utc);

      json_array_append_new (accounts, json_pack ("{s:s, s:s, s:o, s:s, s:s?}", "name", altm_rows_text (rows, 0), "role",
                                                  altm_rows_text (rows, 1), "teams",
                                                  json_loads (altm_rows_text (rows, 2), 0, NULL), "made_at", made,
                                                  "closed_at", closed));
    }
  if (problem == NULL)
    return g_steal_pointer (&accounts);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
