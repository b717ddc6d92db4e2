/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-field-hq.h"

#include <stdio.h>
#include <string.h>

#include "altm-hq-erasures.h"
#include "altm-hq-lines.h"
#include "altm-hq-purge.h"

/* `erase ID`: what a person asked to be erased; the sealed part alone, or all of the record. */
AltmExit
altm_run_erase (const AltmOptions *options)
{
  const char *scope = options->scope != NULL ? options->scope : ALTM_HQ_SCOPE_RECORD;
  g_autoptr(json_t) request = json_pack ("{s:s, s:s, s:[s]}", "do", "erase", "scope", scope, "ids", options->words[1]);
  g_autoptr(GError) error = NULL;

  if (request == NULL || options->why == NULL || *options->why == '\0')
    return altm_report_use ("erase ID [--scope private|record] --why TEXT: the reason is noted");
  if (!altm_perform (options, request, NULL, &error))
    return altm_report (error);
  g_printerr ("Erased from the store. Backups that were made before, and stores that were set aside (before-restore-…, "
              "hq.db.before-…), still have it: remove them when they are needed no more\n");
  return ALTM_EXIT_DONE;
}

static json_t *
count_due (const AltmOptions *options, GError **error)
{
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, error);

  return store != NULL ? altm_hq_purge_count (altm_hq_store_get_sql (store), g_get_real_time (), error) : NULL;
}

/* Portion by portion, as far as the one that writes the store takes them. */
static json_t *
purge_all (const AltmOptions *options, GError **error)
{
  g_autoptr(json_t) report = NULL;

  do
    {
      g_autoptr(json_t) request = json_pack ("{s:s, s:O*}", "do", "purge", "so_far", report);
      g_autofree char *answer = NULL;

      if (!altm_perform (options, request, &answer, error))
        return NULL;
      json_decref (report);
      report = altm_json_parse (answer, strlen (answer), error);
    }
  while (json_is_true (json_object_get (report, "more")));
  return g_steal_pointer (&report);
}

/* `purge`: what HQ may keep no longer goes; `--dry-run` says how much that is. */
AltmExit
altm_run_purge (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) report = options->is_dry ? count_due (options, &error) : purge_all (options, &error);

  if (report == NULL || !altm_hq_lines_write (report, stdout, &error))
    return altm_report (error);
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}
