/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-field-hq.h"

#include <stdio.h>

#include "altm-hq-erasures.h"

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
