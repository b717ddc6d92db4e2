/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How fast HQ takes batches of 500 lines over loopback, up to the receipt for what is on its disk,
 * against SQLite alone writing the same rows. HQ by one connection, HQ by two, and the floor take
 * turns; everything that a tablet would do beforehand is done before. */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "altm-gzip.h"
#include "altm-receipt.h"
#include "altm-time.h"
#include "altm-uuid.h"
#include "bench.h"

#define LINES 500
#define CONNECTIONS 2
#define BATCHES_A_TURN 20 /* long enough to write the log back into the file, as in a morning's rush */
#define ANSWER_BYTES (64 * 1024)
#define MOST_SECONDS 600 /* the alarm ends a bench that hangs, and HQ with it */

typedef struct
{
  GSubprocess *process;
  char *store;
  char *program;
  char *address; /* HOST:PORT */
} Hq;

/* An enrolled tablet with a connection that is kept. */
typedef struct
{
  Hq *hq;
  GSocketConnection *stream;
  char *device_id;
  char *token;
  char *epoch;
  gint64 seq;
  gint64 held;
} Tablet;

/* A line as the floor takes it, which derives nothing from its bytes. */
typedef struct
{
  char *id;
  gint64 received_at;
  guint8 sha256[crypto_hash_sha256_BYTES];
  char *bytes;
} Row;

typedef struct
{
  Tablet *tablet;
  char *id;
  char sha256[2 * crypto_hash_sha256_BYTES + 1];
  GBytes *request;
  GBytes *answer;
  GArray *rows;
} Batch;

typedef struct
{
  sqlite3 *file;
  sqlite3_stmt *begin;
  sqlite3_stmt *insert;
  sqlite3_stmt *note;   /* NULL where the lines alone are written */
  sqlite3_stmt *record;
  sqlite3_stmt *commit;
} Floor;

/* The seconds of each turn of one contestant, and the lines that it took in them all. */
typedef struct
{
  GArray *seconds;
  gint64 lines;
} Score;

static char *
run_hq (Hq *hq, const char *command)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, hq->program, "--store",
                                                     hq->store, command, NULL);
  g_autofree char *output = NULL;

  if (process == NULL || !g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error) ||
      !g_subprocess_get_successful (process))
    bench_fail (command, error);
  return g_strdup (g_strstrip (output));
}

/* HQ ends with the bench, however the bench ends. */
static void
end_with_parent_cb (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static void
start_hq (Hq *hq, const char *program, const char *directory)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr(GDataInputStream) output = NULL;
  g_autofree char *line = NULL;

  hq->program = g_strdup (program);
  hq->store = g_build_filename (directory, "hq", NULL);
  g_subprocess_launcher_set_child_setup (launcher, end_with_parent_cb, NULL, NULL);
  hq->process = g_subprocess_launcher_spawn (launcher, &error, program, "serve", "--store", hq->store, "--listen",
                                             "127.0.0.1:0", NULL);
  if (hq->process == NULL)
    bench_fail (program, error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (hq->process));
  line = g_data_input_stream_read_line_utf8 (output, NULL, NULL, &error);
  if (line == NULL || !g_str_has_prefix (line, "http://"))
    bench_fail ("HQ did not say where it listens", error);
  hq->address = g_strdup (line + strlen ("http://"));
}

static void
stop_hq (Hq *hq)
{
  g_subprocess_send_signal (hq->process, SIGTERM);
  if (!g_subprocess_wait_check (hq->process, NULL, NULL))
    bench_fail ("HQ did not end as it should", NULL);
  g_object_unref (hq->process);
  g_free (hq->program);
  g_free (hq->store);
  g_free (hq->address);
}

static gsize
read_some (GInputStream *input, char *buffer, gsize have)
{
  g_autoptr(GError) error = NULL;
  gssize length = g_input_stream_read (input, buffer + have, ANSWER_BYTES - have, NULL, &error);

  if (length <= 0)
    bench_fail ("HQ's answer broke off", error);
  return have + (gsize) length;
}

/* One request on a connection that is kept; an answer is bounded, and says its length. */
static GBytes *
exchange (GSocketConnection *stream, GBytes *request, const char *status)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (stream));
  g_autofree char *buffer = g_malloc0 (ANSWER_BYTES + 1);
  g_autoptr(GError) error = NULL;
  gsize have = 0, length;
  const char *end, *field;

  if (!g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                  g_bytes_get_data (request, NULL), g_bytes_get_size (request), NULL, NULL, &error))
    bench_fail ("HQ took no request", error);
  while ((end = strstr (buffer, "\r\n\r\n")) == NULL)
    have = read_some (input, buffer, have);
  field = strcasestr (buffer, "\r\nContent-Length:");
  if (field == NULL || strncmp (buffer + strlen ("HTTP/1.1 "), status, 3) != 0)
    bench_fail (buffer, NULL);
  length = (gsize) (end - buffer) + 4 + (gsize) g_ascii_strtoull (strchr (field + 2, ':') + 1, NULL, 10);
  while (have < length && have < ANSWER_BYTES)
    have = read_some (input, buffer, have);
  return g_bytes_new (end + 4, length - (gsize) (end + 4 - buffer));
}

static void
enrol (Tablet *tablet, Hq *hq)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autofree char *code = run_hq (hq, "code");
  g_autofree char *form =
    g_strdup_printf ("{\"code\":\"%s\",\"device_name\":\"bench\",\"install_id\":\"%s\"}", code, code);
  g_autofree char *request =
    g_strdup_printf ("PUT /v1/enrol HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     hq->address, strlen (form), form);
  g_autoptr(GBytes) bytes = g_bytes_new_static (request, strlen (request));
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(json_t) enrolment = NULL;
  g_autoptr(GError) error = NULL;

  *tablet = (Tablet) { .hq = hq };
  tablet->stream = g_socket_client_connect_to_host (client, hq->address, 0, NULL, &error);
  if (tablet->stream == NULL)
    bench_fail (hq->address, error);
  g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (tablet->stream), FALSE);
  answer = exchange (tablet->stream, bytes, "201");
  enrolment = altm_json_parse (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), NULL);
  tablet->device_id = g_strdup (altm_json_get_string (enrolment, "device_id"));
  tablet->token = g_strdup (altm_json_get_string (enrolment, "token"));
  tablet->epoch = g_strdup (altm_json_get_string (enrolment, "epoch"));
  if (tablet->device_id == NULL || tablet->token == NULL || tablet->epoch == NULL)
    bench_fail ("HQ enrolled nothing", NULL);
}

static void
leave (Tablet *tablet)
{
  g_object_unref (tablet->stream);
  g_free (tablet->device_id);
  g_free (tablet->token);
  g_free (tablet->epoch);
}

static void
clear_row (gpointer data)
{
  Row *row = data;

  g_free (row->id);
  g_free (row->bytes);
}

static Row
make_row (BenchShift *shift, gint64 seq)
{
  g_autoptr(json_t) data = bench_shift_contact (shift);
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *at = altm_time_format (shift->at, zone);
  Row row = { .id = altm_uuid_new_v7 (shift->at), .received_at = g_get_real_time () };
  AltmLine line = { .seq = seq, .id = row.id, .rev = 1, .type = "contact", .at = at, .by = shift->by,
                    .shift = shift->shift, .place = shift->place, .lists = altm_lists_get_version (shift->lists),
                    .data = data };

  row.bytes = altm_line_write (&line);
  crypto_hash_sha256 (row.sha256, (const guint8 *) row.bytes, strlen (row.bytes));
  return row;
}

/* The request as altm-fieldctl sends it. */
static GBytes *
make_request (Tablet *tablet, const char *id, GBytes *body)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *clock = altm_time_format (g_get_real_time (), zone);
  g_autofree char *headers =
    g_strdup_printf ("PUT /v1/devices/%s/batches/%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"
                     "Altm-Pending: 0\r\nAltm-Clock: %s\r\nContent-Encoding: gzip\r\n"
                     "Content-Type: application/x-ndjson\r\nContent-Length: %zu\r\nConnection: Keep-Alive\r\n\r\n",
                     tablet->device_id, id, tablet->hq->address, tablet->token, clock, g_bytes_get_size (body));
  GByteArray *request = g_byte_array_new ();

  g_byte_array_append (request, (const guint8 *) headers, (guint) strlen (headers));
  g_byte_array_append (request, g_bytes_get_data (body, NULL), (guint) g_bytes_get_size (body));
  return g_byte_array_free_to_bytes (request);
}

static Batch *
make_batch (Tablet *tablet, BenchShift *shift)
{
  Batch *batch = g_new0 (Batch, 1);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GBytes) lines = NULL, body = NULL;
  guint8 sha256[crypto_hash_sha256_BYTES];

  batch->tablet = tablet;
  batch->id = altm_uuid_new_v4 ();
  batch->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (batch->rows, clear_row);
  for (int i = 0; i < LINES; i++)
    {
      Row row = make_row (shift, ++tablet->seq);

      g_array_append_val (batch->rows, row);
      g_string_append_printf (text, "%s\n", row.bytes);
    }
  crypto_hash_sha256 (sha256, (const guint8 *) text->str, text->len);
  sodium_bin2hex (batch->sha256, sizeof batch->sha256, sha256, sizeof sha256);
  lines = g_bytes_new_static (text->str, text->len);
  body = altm_gzip_deflate (lines);
  batch->request = make_request (tablet, batch->id, body);
  return batch;
}

static void
free_batch (gpointer data)
{
  Batch *batch = data;

  g_free (batch->id);
  g_bytes_unref (batch->request);
  g_bytes_unref (batch->answer);
  g_array_unref (batch->rows);
  g_free (batch);
}

static void
check_receipt (Batch *batch)
{
  g_auto(AltmReceipt) receipt = { NULL };
  g_autoptr(GError) error = NULL;

  batch->tablet->held += LINES;
  if (!altm_receipt_read (&receipt, batch->answer, &error) ||
      !altm_receipt_check (&receipt, batch->id, batch->tablet->epoch, batch->sha256, LINES, &error))
    bench_fail ("no receipt", error);
  if (receipt.stored != LINES || receipt.held != batch->tablet->held)
    bench_fail ("HQ did not store all", NULL);
}

static gpointer
push_batches (gpointer data)
{
  GPtrArray *batches = data;

  for (guint i = 0; i < batches->len; i++)
    {
      Batch *batch = g_ptr_array_index (batches, i);

      batch->answer = exchange (batch->tablet->stream, batch->request, "200");
    }
  return NULL;
}

/* With all its rows a line is what HQ keeps of it: the line, the note that its device brought it,
 * and its place among the records. */
static void
open_floor (Floor *self, const char *directory, const char *name, gboolean with_all_rows)
{
  self->file = bench_floor_open (directory, name,
                                 "CREATE TABLE lines (n INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,"
                                 " device INTEGER NOT NULL, received_at INTEGER NOT NULL, sha256 BLOB NOT NULL,"
                                 " bytes BLOB NOT NULL, UNIQUE (id, rev)) STRICT;"
                                 "CREATE TABLE notes (device INTEGER NOT NULL, seq INTEGER NOT NULL, line INTEGER NOT NULL,"
                                 " PRIMARY KEY (device, seq)) STRICT, WITHOUT ROWID;"
                                 "CREATE TABLE records (line INTEGER PRIMARY KEY, type TEXT NOT NULL, time INTEGER NOT NULL,"
                                 " is_deleted INTEGER NOT NULL, is_known INTEGER NOT NULL, has_private INTEGER NOT NULL)"
                                 " STRICT");
  self->begin = bench_floor_prepare (self->file, "BEGIN IMMEDIATE");
  self->insert = bench_floor_prepare (
    self->file, "INSERT INTO lines (id, rev, device, received_at, sha256, bytes) VALUES (?, 1, 1, ?, ?, ?)");
  self->note = with_all_rows
                 ? bench_floor_prepare (self->file, "INSERT INTO notes VALUES (1, ?1, ?1)")
                 : NULL;
  self->record = with_all_rows
                   ? bench_floor_prepare (self->file, "INSERT INTO records VALUES (?, 'contact', ?, 0, 1, 0)")
                   : NULL;
  self->commit = bench_floor_prepare (self->file, "COMMIT");
}

static void
close_floor (Floor *self)
{
  sqlite3_finalize (self->begin);
  sqlite3_finalize (self->insert);
  sqlite3_finalize (self->note);
  sqlite3_finalize (self->record);
  sqlite3_finalize (self->commit);
  sqlite3_close (self->file);
}

static void
insert_derived (Floor *self, const Row *row)
{
  gint64 n = sqlite3_last_insert_rowid (self->file);

  sqlite3_bind_int64 (self->note, 1, n);
  bench_floor_step (self->file, self->note);
  sqlite3_bind_int64 (self->record, 1, n);
  sqlite3_bind_int64 (self->record, 2, row->received_at);
  bench_floor_step (self->file, self->record);
}

static void
insert_batches (Floor *self, GPtrArray *batches)
{
  for (guint i = 0; i < batches->len; i++)
    {
      Batch *batch = g_ptr_array_index (batches, i);

      bench_floor_step (self->file, self->begin);
      for (guint j = 0; j < batch->rows->len; j++)
        {
          Row *row = &g_array_index (batch->rows, Row, j);

          sqlite3_bind_text (self->insert, 1, row->id, -1, SQLITE_STATIC);
          sqlite3_bind_int64 (self->insert, 2, row->received_at);
          sqlite3_bind_blob (self->insert, 3, row->sha256, sizeof row->sha256, SQLITE_STATIC);
          sqlite3_bind_blob (self->insert, 4, row->bytes, (int) strlen (row->bytes), SQLITE_STATIC);
          bench_floor_step (self->file, self->insert);
          if (self->note != NULL)
            insert_derived (self, row);
        }
      bench_floor_step (self->file, self->commit);
    }
}

static void
keep_score (Score *score, double start, guint n_batches)
{
  double seconds = bench_now () - start;

  g_array_append_val (score->seconds, seconds);
  score->lines += LINES * n_batches;
}

/* The middle one of the turns' own ratios: what slows the machine down for a while slows both. */
static double
middle_ratio (const Score *score, const Score *floor)
{
  g_autoptr(GArray) ratios = g_array_new (FALSE, FALSE, sizeof (double));
  double lines = (double) score->lines / floor->lines;

  for (guint i = 0; i < score->seconds->len; i++)
    {
      double ratio = lines * g_array_index (floor->seconds, double, i) / g_array_index (score->seconds, double, i);

      g_array_append_val (ratios, ratio);
    }
  return bench_quantile (ratios, 0.5);
}

/* Of the middle turn, so that a hiccup of the machine in one of them does not count. */
static double
middle_rate (const Score *score)
{
  return (double) score->lines / score->seconds->len / bench_quantile (score->seconds, 0.5);
}

static GPtrArray *
make_batches (Tablet *tablet, BenchShift *shift)
{
  GPtrArray *batches = g_ptr_array_new_with_free_func (free_batch);

  for (int i = 0; i < BATCHES_A_TURN; i++)
    g_ptr_array_add (batches, make_batch (tablet, shift));
  return batches;
}

static void
insert_on (Floor *floor, GPtrArray *batches, Score *score)
{
  double start = bench_now ();

  insert_batches (floor, batches);
  keep_score (score, start, batches->len);
}

static void
push_on_one (Tablet *tablet, BenchShift *shift, Floor floors[2], Score *hq_score, Score floor_scores[2])
{
  g_autoptr(GPtrArray) batches = make_batches (tablet, shift);
  double start = bench_now ();

  push_batches (batches);
  keep_score (hq_score, start, batches->len);
  for (int i = 0; i < 2; i++)
    insert_on (&floors[i], batches, &floor_scores[i]);
  g_ptr_array_foreach (batches, (GFunc) (void (*) (void)) check_receipt, NULL);
}

static void
push_on_all (Tablet *tablets, BenchShift *shift, Score *score)
{
  GPtrArray *batches[CONNECTIONS];
  GThread *threads[CONNECTIONS];
  double start;

  for (int i = 0; i < CONNECTIONS; i++)
    batches[i] = make_batches (&tablets[i], shift);
  start = bench_now ();
  for (int i = 0; i < CONNECTIONS; i++)
    threads[i] = g_thread_new ("tablet", push_batches, batches[i]);
  for (int i = 0; i < CONNECTIONS; i++)
    g_thread_join (threads[i]);
  keep_score (score, start, CONNECTIONS * BATCHES_A_TURN);
  for (int i = 0; i < CONNECTIONS; i++)
    {
      g_ptr_array_foreach (batches[i], (GFunc) (void (*) (void)) check_receipt, NULL);
      g_ptr_array_unref (batches[i]);
    }
}

/* What HQ holds, read beside it when all is done. */
static void
check_held (Hq *hq, gint64 sent)
{
  g_autofree char *path = g_build_filename (hq->store, "hq.db", NULL);
  sqlite3 *file = NULL;
  sqlite3_stmt *counts;

  if (sqlite3_open_v2 (path, &file, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
    bench_fail (sqlite3_errmsg (file), NULL);
  counts = bench_floor_prepare (file, "SELECT (SELECT COUNT (*) FROM journal), (SELECT SUM (held) FROM devices),"
                                      " (SELECT COUNT (*) FROM records)");
  if (sqlite3_step (counts) != SQLITE_ROW)
    bench_fail (sqlite3_errmsg (file), NULL);
  for (int i = 0; i < 3; i++)
    if (sqlite3_column_int64 (counts, i) != sent)
      bench_fail ("HQ holds another number of lines than were sent", NULL);
  sqlite3_finalize (counts);
  sqlite3_close (file);
}

/* What HQ used of the processors, which a busy machine changes less than how long it took. */
static double
processor_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_CHILDREN, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

static void
measure (const char *program, const char *directory, int turns)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmLists) lists = altm_lists_new_built_in (&error);
  Score one = { g_array_new (FALSE, FALSE, sizeof (double)) };
  Score all = { g_array_new (FALSE, FALSE, sizeof (double)) };
  Score bulk[2] = { { g_array_new (FALSE, FALSE, sizeof (double)) }, { g_array_new (FALSE, FALSE, sizeof (double)) } };
  Tablet tablets[CONNECTIONS];
  double one_ratio, all_ratio, lines_ratio;
  BenchShift shift;
  Floor floors[2];
  Hq hq;

  if (lists == NULL)
    bench_fail ("no lists", error);
  bench_shift_begin (&shift, lists, 2, g_get_real_time () - 300 * G_TIME_SPAN_DAY);
  start_hq (&hq, program, directory);
  for (int i = 0; i < CONNECTIONS; i++)
    enrol (&tablets[i], &hq);
  open_floor (&floors[0], directory, "floor.db", TRUE);
  open_floor (&floors[1], directory, "floor-lines.db", FALSE);

  for (int i = 0; i < turns; i++)
    {
      push_on_one (&tablets[0], &shift, floors, &one, bulk);
      push_on_all (tablets, &shift, &all);
    }
  /* The ratios first: sorting for a median takes the turns apart. */
  one_ratio = middle_ratio (&one, &bulk[0]);
  all_ratio = middle_ratio (&all, &bulk[0]);
  lines_ratio = middle_ratio (&one, &bulk[1]);
  check_held (&hq, one.lines + all.lines);
  for (int i = 0; i < CONNECTIONS; i++)
    leave (&tablets[i]);
  stop_hq (&hq);
  bench_print (json_pack ("{s:s, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "bench", "hq", "records",
                          (json_int_t) (one.lines + all.lines), "ratio", one_ratio, "ratio_two", all_ratio,
                          "ratio_to_lines_alone", lines_ratio, "hq_per_second", middle_rate (&one), "hq_two_per_second",
                          middle_rate (&all), "floor_per_second", middle_rate (&bulk[0]), "floor_lines_per_second",
                          middle_rate (&bulk[1]), "hq_processor_us",
                          1e6 * processor_seconds () / (one.lines + all.lines)));
  for (int i = 0; i < 2; i++)
    {
      close_floor (&floors[i]);
      g_array_unref (bulk[i].seconds);
    }
  bench_shift_end (&shift);
  g_array_unref (one.seconds);
  g_array_unref (all.seconds);
}

int
main (int argc, char **argv)
{
  if (argc != 4 || atoi (argv[3]) < 1)
    bench_fail ("bench-hq PROGRAM FOLDER TURNS: altm-field-hq, a new folder, and how many turns of 6,000 lines", NULL);
  if (sodium_init () < 0 || g_mkdir (argv[2], 0700) != 0)
    bench_fail ("the folder can't be made anew", NULL);
  alarm (MOST_SECONDS);
  measure (argv[1], argv[2], atoi (argv[3]));
  return 0;
}
