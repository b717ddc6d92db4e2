/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-field-hq.h"

#include "altm-export.h"

/* As it was asked for until there were several formats: everything as lines. */
#define FORMAT "ndjson"

static json_t *
write_note (const AltmOptions *options, const char *format)
{
  const char *const choices[] = { "type", options->type, "from", options->from, "to", options->to, NULL };
  g_autofree char *detail = altm_export_write_choices (choices);

  return json_pack ("{s:s, s:s, s:s, s:s*}", "do", "note", "what", "exported", "subject", format, "detail", detail);
}

AltmExit
altm_run_export (const AltmOptions *options)
{
  const char *format = options->format != NULL ? options->format : FORMAT;
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = NULL;
  g_autoptr(AltmExport) export = NULL;
  g_autoptr(json_t) request = NULL;
  AltmFilter filter = { 0 };

  if (!altm_options_read_period (options, &filter))
    return altm_report_use ("--from and --to are days, YYYY-MM-DD");
  export = altm_export_new (format, options->type, &filter, options->language, &error);
  if (export == NULL)
    return altm_report_use (error->message);
  store = altm_hq_store_open_to_read (options->store, &error);
  request = write_note (options, format);
  if (store == NULL || !altm_perform (options, request, NULL, &error) ||
      !altm_export_write (export, store, stdout, NULL, &error))
    return altm_report (error);
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}
