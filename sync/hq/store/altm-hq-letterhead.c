/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-letterhead.h"

#include <string.h>

G_DEFINE_QUARK (altm-hq-letterhead-error-quark, altm_hq_letterhead_error)

/* What papers say of the association, and how many characters of each at most. */
static const struct
{
  const char *name;
  glong most;
} lines[] = { { "name", 100 }, { "address", 200 }, { "phone", 40 }, { "answer_to", 200 } };

/**
 * altm_hq_letterhead_read:
 *
 * Returns: (transfer full): what stands on papers of the association: those of "name", "address", "phone" and "answer_to" that
 *   were set
 */
json_t *
altm_hq_letterhead_read (AltmSql *sql)
{
  g_autofree char *text = altm_sql_get_text (sql, "SELECT value FROM settings WHERE name = 'letterhead'", "");
  json_t *set = text != NULL ? altm_json_parse (text, strlen (text), NULL) : NULL;

  return set != NULL ? set : json_object ();
}

static gboolean
is_line (const char *text, glong most)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isprint (g_utf8_get_char (at)))
      return FALSE;
  return g_utf8_strlen (text, -1) <= most;
}

static gboolean
copy_line (json_t *from, json_t *to, gsize i, GError **error)
{
  g_autofree char *text = g_strdup (altm_json_get_string (from, lines[i].name));

  if (text == NULL || !is_line (g_strstrip (text), lines[i].most))
    {
      g_set_error (error, ALTM_HQ_LETTERHEAD_ERROR, ALTM_HQ_LETTERHEAD_ERROR_LINE,
                   "`%s` is one line of at most %ld characters; nothing was changed", lines[i].name, lines[i].most);
      return FALSE;
    }
  if (*text != '\0')
    json_object_set_new (to, lines[i].name, json_string (text));
  return TRUE;
}

/**
 * altm_hq_letterhead_set:
 * @sql: HQ's store, in a transaction
 * @given: (nullable): all four lines as altm_hq_letterhead_read() names them; what is empty is set no more
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_LETTERHEAD_ERROR_LINE or an %ALTM_STORE_ERROR
 */
gboolean
altm_hq_letterhead_set (AltmSql *sql, json_t *given, GError **error)
{
  g_autoptr(json_t) set = json_object ();
  g_autofree char *text = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    if (!copy_line (given, set, i, error))
      return FALSE;
  text = altm_json_write (set);
  return altm_sql_run (sql, error, "INSERT OR REPLACE INTO settings VALUES ('letterhead', ?)", "s", text);
}
