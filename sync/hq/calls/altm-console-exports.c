/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-console-question.h"

#include "altm-export.h"
#include "altm-tickets.h"

/* What a thread of its own writes, from the store in this folder. */
typedef struct
{
  AltmExport *export;
  char *directory;
} Download;

static void
download_free (gpointer data)
{
  Download *self = data;

  altm_export_free (self->export);
  g_free (self->directory);
  g_free (self);
}

static gboolean
write_download (gpointer data, FILE *output, GCancellable *cancellable, GError **error)
{
  Download *self = data;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (self->directory, error);

  return store != NULL && altm_export_write (self->export, store, output, cancellable, error);
}

static json_t *
write_note (AltmConsoleCall *call)
{
  const char *const choices[] = {
    "type", altm_console_get_value (call, "type"), "from", altm_console_get_value (call, "from"),
    "to", altm_console_get_value (call, "to"), "territory", altm_console_get_value (call, "territory"),
    "place", altm_console_get_value (call, "place"), "channel", altm_console_get_value (call, "channel"),
    "team", altm_console_get_value (call, "team"), NULL,
  };
  g_autofree char *detail = altm_export_write_choices (choices);

  return json_pack ("{s:s, s:s, s:s, s:s*}", "do", "note", "what", "exported", "subject", altm_console_get_value (call, "format"),
                    "detail", detail);
}

/* A session's: who is signed in anew, perhaps with another role, asks anew. */
static char *
name_owner (AltmConsoleCall *call)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, call->token, -1);
}

/* @export: (transfer full) */
static AltmReply *
grant (AltmConsoleCall *call, AltmExport *export)
{
  g_autofree char *file = altm_export_name_file (export);
  g_autofree char *owner = name_owner (call);
  g_autofree char *ticket = altm_tickets_add (altm_console_get_tickets (call->console), export, owner, call->now);

  if (ticket == NULL)
    return altm_reply_new_problem (ALTM_PROBLEM_BUSY, NULL);
  return altm_reply_new_json (200, json_pack ("{s:s, s:s}", "ticket", ticket, "file", file));
}

/**
 * altm_console_grant_export:
 *
 * As altm_console_question_read(), and `format`, `type`, `language`: notes in the access log that these records are
 * exported, and lets them be fetched once.
 *
 * Returns: (transfer full): 200 {"ticket", "file"}; 400 where a day is none, or there is no such format or type
 */
AltmReply *
altm_console_grant_export (AltmConsoleCall *call)
{
  g_auto(AltmConsoleQuestion) question = { { 0 } };
  g_autoptr(AltmExport) export = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *noted = NULL;

  if (!altm_console_question_read (&question, call))
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, "from and to are days, YYYY-MM-DD");
  export = altm_export_new (altm_console_get_value (call, "format"), altm_console_get_value (call, "type"), &question.filter,
                            altm_console_get_value (call, "language"), &error);
  if (export == NULL)
    return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, error->message);
  noted = altm_console_act (call, write_note (call), &error);
  return noted != NULL ? grant (call, g_steal_pointer (&export)) : altm_reply_new_error (error);
}

/**
 * altm_console_download:
 *
 * `ticket`: as altm_console_grant_export() gave it.
 *
 * Returns: (transfer full): 200 with the file, 404 `no-download` where it was fetched already, or not within a minute
 */
AltmReply *
altm_console_download (AltmConsoleCall *call)
{
  g_autofree char *owner = name_owner (call);
  AltmExport *export =
    altm_tickets_take (altm_console_get_tickets (call->console), altm_console_get_value (call, "ticket"), owner, call->now);
  g_autofree char *file = export != NULL ? altm_export_name_file (export) : NULL;
  Download *download;
  AltmReply *reply;

  if (export == NULL)
    return altm_console_refuse (404, "no-download", "This download was fetched already, or not in time");
  download = g_new0 (Download, 1);
  *download = (Download) { export, g_strdup (altm_hq_store_get_directory (call->store)) };
  reply = altm_reply_new_stream (altm_export_get_content_type (export), write_download, download, download_free);
  reply->disposition = g_strdup_printf ("attachment; filename=\"%s\"", file);
  return reply;
}

/**
 * altm_console_get_columns:
 *
 * `type`, `language`: what stands in the columns of a table, or of all.
 *
 * Returns: (transfer full): 200 {"tables"}, as altm_export_describe_tables()
 */
AltmReply *
altm_console_get_columns (AltmConsoleCall *call)
{
  g_autoptr(GError) error = NULL;
  json_t *tables = altm_export_describe_tables (call->store, altm_console_get_value (call, "type"),
                                                altm_console_get_value (call, "language"), &error);

  return altm_console_reply_list (tables, "tables", error);
}
