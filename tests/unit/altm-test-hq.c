/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-test-hq.h"

#include <string.h>

AltmTestHq *
altm_test_hq_new (void)
{
  AltmTestHq *self = g_new0 (AltmTestHq, 1);

  self->folder = altm_test_make_folder ();
  self->path = g_build_filename (self->folder, "hq", NULL);
  altm_test_hq_open (self);
  return self;
}

void
altm_test_hq_open (AltmTestHq *self)
{
  g_autoptr(GError) error = NULL;

  self->store = altm_hq_store_open (self->path, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
  self->receiver = (AltmReceiver) { self->store, "HQ", NULL };
}

void
altm_test_hq_close (AltmTestHq *self)
{
  g_clear_pointer (&self->store, altm_hq_store_close);
}

void
altm_test_hq_free (AltmTestHq *self)
{
  altm_test_hq_close (self);
  altm_test_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

static sqlite3 *
handle_of (AltmTestHq *self)
{
  return altm_sql_get_handle (altm_hq_store_get_sql (self->store));
}

void
altm_test_hq_sql (AltmTestHq *self, const char *sql)
{
  sqlite3_exec (handle_of (self), sql, NULL, NULL, NULL);
  g_assert_cmpstr (sqlite3_errmsg (handle_of (self)), ==, "not an error");
}

/**
 * altm_test_hq_text:
 *
 * Returns: (transfer full): the first column of all rows, a space between them
 */
char *
altm_test_hq_text (AltmTestHq *self, const char *sql)
{
  GString *all = g_string_new (NULL);
  sqlite3_stmt *rows = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (handle_of (self), sql, -1, &rows, NULL), ==, SQLITE_OK);
  while (sqlite3_step (rows) == SQLITE_ROW)
    g_string_append_printf (all, "%s%s", all->len > 0 ? " " : "", altm_rows_text (rows, 0));
  sqlite3_finalize (rows);
  return g_string_free (all, FALSE);
}

gint64
altm_test_hq_integer (AltmTestHq *self, const char *sql)
{
  g_autofree char *text = altm_test_hq_text (self, sql);
  gint64 number = 0;

  g_assert_true (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &number, NULL));
  return number;
}

/**
 * altm_test_hq_dump:
 *
 * Returns: (transfer full): what a push may change, as a text to compare
 */
char *
altm_test_hq_dump (AltmTestHq *self)
{
  return altm_test_hq_text (self, "SELECT 'j' || n || quote (bytes) FROM journal"
                                  " UNION ALL SELECT 'n' || device || '.' || seq || '.' || line FROM notes"
                                  " UNION ALL SELECT 'q' || device || quote (bytes) FROM quarantine"
                                  " UNION ALL SELECT 'b' || device || batch FROM batches"
                                  " UNION ALL SELECT 'r' || line || '.' || is_known || is_deleted || has_private FROM records"
                                  " UNION ALL SELECT 'd' || n || '.' || held || '.' || high_seq FROM devices");
}

/**
 * altm_test_request:
 * @path: a path and, after a question mark, its query
 *
 * Returns: (transfer full): a request without a body
 */
AltmRequest *
altm_test_request (const char *method, const char *path, const char *token)
{
  AltmRequest *self = g_new0 (AltmRequest, 1);
  g_auto(GStrv) parts = g_strsplit (path, "?", 2);

  self->method = g_strdup (method);
  self->path = g_strdup (parts[0]);
  self->query = g_strdup (parts[1]);
  self->authorization = token != NULL ? g_strconcat ("Bearer ", token, NULL) : NULL;
  self->body = g_bytes_new (NULL, 0);
  return self;
}

void
altm_test_request_set_body (AltmRequest *self, const char *content_type, const char *text)
{
  self->content_type = g_strdup (content_type);
  g_bytes_unref (self->body);
  self->body = g_bytes_new (text, strlen (text));
}

AltmReply *
altm_test_hq_answer (AltmTestHq *self, const AltmRequest *request, gint64 now)
{
  AltmReply *reply = altm_receiver_answer (&self->receiver, request, now);

  g_assert_nonnull (reply);
  g_assert_nonnull (reply->body);
  return reply;
}

/**
 * altm_test_hq_ask:
 * @form: (nullable): the body, as in altm_test_json()
 * @status: (out) (optional): the answer's
 *
 * Returns: (transfer full) (nullable): the object answered
 */
json_t *
altm_test_hq_ask (AltmTestHq *self, const char *method, const char *path, const char *token, const char *form,
                  gint64 now, guint *status)
{
  g_autoptr(AltmRequest) request = altm_test_request (method, path, token);
  g_autofree char *text = form != NULL ? g_strdelimit (g_strdup (form), "'", '"') : NULL;
  g_autoptr(AltmReply) reply = NULL;

  if (text != NULL)
    altm_test_request_set_body (request, "application/json", text);
  reply = altm_test_hq_answer (self, request, now);
  if (status != NULL)
    *status = reply->status;
  return altm_json_parse (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body), NULL);
}

/**
 * altm_test_hq_enrol:
 *
 * Returns: (transfer full): a fresh device
 */
AltmHqEnrolment
altm_test_hq_enrol (AltmTestHq *self, const char *name)
{
  AltmHqEnrolment enrolment = { NULL };
  g_autoptr(GError) error = NULL;
  g_autofree char *code = altm_hq_devices_new_code (self->store, ALTM_TEST_NOW, &error);

  g_assert_no_error (error);
  altm_hq_devices_enrol (self->store, code, name, name, ALTM_TEST_NOW, &enrolment, &error);
  g_assert_no_error (error);
  return enrolment;
}

/**
 * altm_test_problem:
 *
 * Returns: (transfer full) (nullable): the NAME of the problem that @reply reports
 */
char *
altm_test_problem (json_t *reply)
{
  const char *type = altm_json_get_string (reply, "type");

  if (type == NULL || !g_str_has_prefix (type, ALTM_PROBLEM_PREFIX))
    return NULL;
  return g_strdup (type + strlen (ALTM_PROBLEM_PREFIX));
}
