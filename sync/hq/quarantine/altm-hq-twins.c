/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-twins.h"

#include "altm-hq-news.h"

G_DEFINE_QUARK (altm-hq-twins-error-quark, altm_hq_twins_error)

static gboolean
fail (GError **error, AltmHqTwinsError code, const char *why)
{
  g_set_error_literal (error, ALTM_HQ_TWINS_ERROR, code, why);
  return FALSE;
}

static gboolean
find_state (AltmSql *sql, const AltmHqTwins *twins, char **state, GError **error)
{
  *state = altm_sql_get_text (sql, "SELECT state FROM twins WHERE one = ? AND other = ?", "ss", twins->one, twins->other);
  if (*state != NULL)
    return TRUE;
  return altm_sql_check (sql, error) &&
         fail (error, ALTM_HQ_TWINS_ERROR_GONE, "these two are no likely twins any more; nothing was changed");
}

static gboolean
keep (AltmSql *sql, const AltmHqTwins *twins, const char *settled, GError **error)
{
  return altm_sql_run (sql, error, "INSERT OR REPLACE INTO twins_settled VALUES (MIN (?1, ?2), MAX (?1, ?2), ?3, ?4, ?5)", "sssis",
                       twins->one, twins->other, settled, twins->now, twins->who);
}

/**
 * altm_hq_twins_find_device:
 * @id: a record
 *
 * Returns: the number of the latest device that brought it and can be told something, 0 where there is none
 */
gint64
altm_hq_twins_find_device (AltmSql *sql, const char *id)
{
  return altm_sql_get_integer (sql, 0,
                               "SELECT MAX (devices.n) FROM devices JOIN"
                               " (SELECT device FROM journal WHERE id = ?1 UNION"
                               "  SELECT notes.device FROM journal JOIN notes ON notes.line = journal.n WHERE journal.id = ?1)"
                               " ON device = devices.n WHERE revoked_at IS NULL",
                               "s", id);
}

/**
 * altm_hq_twins_settle:
 *
 * Says of two likely twins that both are real, in a transaction of the caller's: they are never shown as twins again.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_TWINS_ERROR_GONE or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_twins_settle (AltmSql *sql, const AltmHqTwins *twins, GError **error)
{
  g_autofree char *state = NULL;

  return find_state (sql, twins, &state, error) && keep (sql, twins, "real", error);
}

/**
 * altm_hq_twins_ask:
 *
 * Asks the tablet that brought the second of two likely twins to have it withdrawn, once, in a transaction of the caller's.
 * Both count until a mediator withdraws one.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_HQ_TWINS_ERROR or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_twins_ask (AltmSql *sql, const AltmHqTwins *twins, GError **error)
{
  g_autofree char *state = NULL;
  gint64 device;

  if (!find_state (sql, twins, &state, error))
    return FALSE;
  if (!g_str_equal (state, "waiting"))
    return fail (error, ALTM_HQ_TWINS_ERROR_GONE, "its tablet was asked already; nothing was changed");
  device = altm_hq_twins_find_device (sql, twins->other);
  if (device == 0)
    return fail (error, ALTM_HQ_TWINS_ERROR_UNTOLD, "no tablet can be asked for it; nothing was changed");
  return altm_hq_news_ask_correction (sql, device, twins->other, "twin", twins->now, error) && keep (sql, twins, "asked", error);
}
