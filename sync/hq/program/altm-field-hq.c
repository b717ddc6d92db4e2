/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "altm-api.h"
#include "altm-calendar.h"
#include "altm-console.h"
#include "altm-control.h"
#include "altm-field-hq.h"
#include "altm-figures.h"
#include "altm-hq-act.h"
#include "altm-hq-care.h"
#include "altm-hq-derive.h"
#include "altm-hq-lines.h"
#include "altm-hq-log.h"
#include "altm-hq-orders.h"
#include "altm-hq-purge.h"
#include "altm-receiver.h"
#include "altm-server.h"
#include "altm-time.h"

#define OPEN_FILES 4096
#define IN_USE_TRIES 40
#define IN_USE_WAIT (G_USEC_PER_SEC / 4)
#define COMMANDS                                                                                                       \
  "serve|code|figures|export|verify|rebuild|backup FILE|restore FILE|"                                                 \
  "devices|revoke DEVICE|wipe DEVICE|reset-pin DEVICE|keys [COMMAND [NAME]]|open ID|log|user [COMMAND [NAME]]|referral ID STATUS|" \
  "erase ID|token [COMMAND [NAME]]"
#define DAY_SECONDS (24 * 60 * 60)

typedef struct
{
  const char *name;
  guint least_arguments;
  guint most_arguments;
  AltmExit (*run) (const AltmOptions *options);
} Command;

AltmExit
altm_report (const GError *error)
{
  g_printerr ("altm-field-hq: %s\n", error->message);
  return g_error_matches (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE) ||
             g_error_matches (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_IN_USE)
           ? ALTM_EXIT_IN_USE
           : ALTM_EXIT_NOT_ALL;
}

AltmExit
altm_report_use (const char *what)
{
  g_printerr ("altm-field-hq: %s\n", what);
  return ALTM_EXIT_WRONG_USE;
}

/* Who is noted in the access log: who they say they are, or else the user of the machine. */
const char *
altm_options_get_who (const AltmOptions *options)
{
  return options->as != NULL ? options->as : g_get_user_name ();
}

static AltmHqStore *
open_unserved (const AltmOptions *options, gboolean is_made, GError **error)
{
  g_autofree char *path = g_build_filename (options->store, "hq.db", NULL);

  if (is_made || g_file_test (path, G_FILE_TEST_EXISTS))
    return altm_hq_store_open_without_keys (options->store, g_get_real_time (), error);
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "%s: there is no store", path);
  return NULL;
}

/* Only where nobody answers is nobody there; what the one that serves refuses is refused. */
static gboolean
is_unserved (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static gboolean
makes_store (json_t *request)
{
  static const char *const makers[] = { "code", "keys", "account-add", NULL };

  return g_strv_contains (makers, altm_json_get_string (request, "do"));
}

static char *
ask_or_do (const AltmOptions *options, const char *request, gboolean is_made, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmHqStore) store = NULL;
  char *answer = altm_control_ask (options->store, request, &problem);

  if (answer != NULL)
    return answer;
  if (!is_unserved (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  store = open_unserved (options, is_made, error);
  return store != NULL ? altm_hq_act (store, request, g_get_real_time (), error) : NULL;
}

/* Has a request done, as altm_hq_act() takes it, by the program that serves the store, or here where
 * none does. Another command, or a program that is only starting to serve, is waited for. */
gboolean
altm_perform (const AltmOptions *options, json_t *request, char **answer, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autofree char *text = NULL, *given = NULL;

  json_object_set_new (request, "who", json_string (altm_options_get_who (options)));
  if (options->why != NULL)
    json_object_set_new (request, "why", json_string (options->why));
  text = altm_json_write (request);
  given = ask_or_do (options, text, makes_store (request), &problem);
  for (int i = 0; i < IN_USE_TRIES && g_error_matches (problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE); i++)
    {
      g_clear_error (&problem);
      g_usleep (IN_USE_WAIT);
      given = ask_or_do (options, text, makes_store (request), &problem);
    }
  if (given == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (answer != NULL)
    *answer = g_steal_pointer (&given);
  return TRUE;
}

static gpointer
open_receiver (gpointer data, GError **error)
{
  const AltmOptions *options = data;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_without_keys (options->store, g_get_real_time (), error);
  g_autofree char *ca = NULL;
  AltmReceiver *receiver;

  if (store == NULL || !altm_hq_store_load_keys (store, options->keys, error) ||
      (options->ca != NULL && !g_file_get_contents (options->ca, &ca, NULL, error)))
    return NULL;
  receiver = g_new0 (AltmReceiver, 1);
  *receiver = (AltmReceiver) { g_steal_pointer (&store), options->name != NULL ? options->name : "ALTM Field",
                               g_steal_pointer (&ca) };
  return receiver;
}

static void
close_receiver (gpointer data)
{
  AltmReceiver *receiver = data;

  altm_hq_store_close (receiver->store);
  g_free ((char *) receiver->ca);
  g_free (receiver);
}

/* The receiver, and the folder of its store. */
typedef struct
{
  const AltmOptions *options;
  AltmWorker *receiver;
} Served;

static gpointer
open_console (gpointer data, GError **error)
{
  const Served *served = data;

  return altm_console_new (served->options->store, served->receiver, error);
}

static void
close_console (gpointer data)
{
  altm_console_free (data);
}

static gpointer
open_api (gpointer data, GError **error)
{
  const Served *served = data;

  return altm_api_new (served->options->store, served->receiver, error);
}

static void
close_api (gpointer data)
{
  altm_api_free (data);
}

static gboolean
read_listen (const char *listen, char **host, guint16 *port)
{
  const char *colon = listen != NULL ? strrchr (listen, ':') : NULL;
  g_autoptr(GInetAddress) address = NULL;
  guint64 number;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &number, NULL))
    return FALSE;
  *host = g_strndup (listen, (gsize) (colon - listen));
  if ((*host)[0] == '[' && g_str_has_suffix (*host, "]"))
    {
      (*host)[strlen (*host) - 1] = '\0';
      memmove (*host, *host + 1, strlen (*host));
    }
  *port = (guint16) number;
  address = g_inet_address_new_from_string (*host);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

static gboolean
stop_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void purge_next (AltmWorker *receiver, json_t *so_far);

static gpointer
purge_some (gpointer thing, gpointer data, GError **error)
{
  AltmReceiver *receiver = thing;

  return altm_hq_purge_some (receiver->store, "purge", data, g_get_real_time (), error);
}

static void
purged_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) report = altm_worker_run_finish (result, &error);

  if (error != NULL)
    altm_report (error);
  else if (json_is_true (json_object_get (report, "more")))
    purge_next (data, report);
}

static void
unref_json (gpointer data)
{
  json_decref (data);
}

/* A portion at a time: what tablets ask meanwhile stands before the next. */
static void
purge_next (AltmWorker *receiver, json_t *so_far)
{
  altm_worker_run_async (receiver, purge_some, json_incref (so_far), unref_json, unref_json, purged_cb, receiver);
}

static gboolean
daily_cb (gpointer data)
{
  purge_next (data, NULL);
  return G_SOURCE_CONTINUE;
}

/* A login shell allows 1,024 open files; two go to each connection. */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= OPEN_FILES)
    return;
  limit.rlim_cur = MIN (OPEN_FILES, limit.rlim_max);
  setrlimit (RLIMIT_NOFILE, &limit);
}

static AltmExit
run_serve (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(AltmWorker) receiver = NULL;
  g_autoptr(AltmWorker) console = NULL;
  g_autoptr(AltmWorker) api = NULL;
  Served served = { options };
  g_autoptr(AltmServer) server = NULL;
  g_autoptr(GSocketService) control = NULL;
  g_autofree char *host = NULL, *address = NULL;
  guint16 port;

  if (!read_listen (options->listen, &host, &port))
    return altm_report_use ("serve --listen 127.0.0.1:PORT: HQ listens on loopback alone; a reverse proxy with TLS serves the outside");
  raise_file_limit ();
  receiver = altm_worker_new (open_receiver, (gpointer) options, close_receiver, &error);
  if (receiver != NULL)
    control = altm_control_listen (receiver, options->store, &error);
  served.receiver = receiver;
  if (receiver != NULL)
    purge_next (receiver, NULL);
  if (control != NULL)
    console = altm_worker_new (open_console, &served, close_console, &error);
  if (console != NULL)
    api = altm_worker_new (open_api, &served, close_api, &error);
  if (api != NULL)
    server = altm_server_new (receiver, console, api, host, port, &error);
  if (server == NULL)
    return altm_report (error);

  address = altm_server_get_address (server);
  printf ("%s\n", address);
  fflush (stdout);
  g_unix_signal_add (SIGTERM, stop_cb, loop);
  g_unix_signal_add (SIGINT, stop_cb, loop);
  g_timeout_add_seconds (DAY_SECONDS, daily_cb, receiver);
  g_main_loop_run (loop);
  g_socket_service_stop (control);
  return ALTM_EXIT_DONE;
}

/* Does what the command is called, and prints the answer: a code, or the device that an order is for. */
static AltmExit
run_act (const AltmOptions *options)
{
  g_autoptr(json_t) request = json_pack ("{s:s, s:s*}", "do", options->words[0], "device", options->words[1]);
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = NULL;

  if (request == NULL)
    return altm_report_use ("the name of a tablet is text in UTF-8");
  if (!altm_perform (options, request, &answer, &error))
    return altm_report (error);
  printf ("%s\n", answer);
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}

static AltmExit
run_referral (const AltmOptions *options)
{
  g_autoptr(json_t) request = json_pack ("{s:s, s:s, s:s}", "do", "referral", "id", options->words[1], "status", options->words[2]);
  g_autoptr(GError) error = NULL;

  if (request == NULL)
    return altm_report_use ("referral ID STATUS: texts in UTF-8");
  return altm_perform (options, request, NULL, &error) ? ALTM_EXIT_DONE : altm_report (error);
}

static json_t *
date_or_null (const char *date)
{
  return date != NULL ? json_string (date) : json_null ();
}

static gboolean
read_dates (const AltmOptions *options, gint64 *from, gint64 *to)
{
  g_autoptr(GTimeZone) paris = g_time_zone_new_identifier ("Europe/Paris");

  *from = G_MININT64;
  *to = G_MAXINT64;
  if (options->from != NULL && !altm_date_parse (options->from, paris, from))
    return FALSE;
  if (options->to == NULL)
    return TRUE;
  if (!altm_date_parse (options->to, paris, to))
    return FALSE;
  /* The day is included: up to the first instant of the next, which may be 23 or 25 hours away. */
  {
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (*to / G_USEC_PER_SEC);
    g_autoptr(GDateTime) day = g_date_time_to_timezone (utc, paris);
    g_autoptr(GDateTime) next = g_date_time_add_days (day, 1);

    *to = g_date_time_to_unix (next) * G_USEC_PER_SEC;
  }
  return TRUE;
}

/* The days that --from and --to name; everything where they name none. */
gboolean
altm_options_read_period (const AltmOptions *options, AltmFilter *filter)
{
  int last = ALTM_FILTER_LAST - 1;

  filter->from = ALTM_FILTER_FIRST;
  if ((options->from != NULL && !altm_calendar_parse_day (options->from, &filter->from)) ||
      (options->to != NULL && !altm_calendar_parse_day (options->to, &last)))
    return FALSE;
  filter->to = last + 1;
  return TRUE;
}

static AltmExit
run_figures (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = NULL;
  g_autoptr(json_t) figures = NULL;
  g_autoptr(json_t) root = NULL;
  g_autofree char *text = NULL;
  AltmFilter filter = { 0 };

  if (!options->is_json)
    return altm_report_use ("figures --json [--from YYYY-MM-DD] [--to YYYY-MM-DD]");
  if (!altm_options_read_period (options, &filter))
    return altm_report_use ("--from and --to are days, YYYY-MM-DD");
  store = altm_hq_store_open_to_read (options->store, &error);
  if (store != NULL)
    figures = altm_figures_count (store, &filter, g_get_real_time (), &error);
  if (figures == NULL)
    return altm_report (error);
  root = json_pack ("{s:o, s:o}", "from", date_or_null (options->from), "to", date_or_null (options->to));
  json_object_update (root, figures);
  text = altm_json_write (root);
  printf ("%s\n", text);
  return ALTM_EXIT_DONE;
}

static AltmExit
run_devices (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, &error);
  g_autoptr(json_t) devices = store != NULL ? altm_hq_orders_list (store, &error) : NULL;

  if (devices == NULL || !altm_hq_lines_write_all (devices, stdout, &error))
    return altm_report (error);
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}

static AltmExit
run_log (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = NULL;
  gint64 from, to;

  if (!read_dates (options, &from, &to))
    return altm_report_use ("--from and --to are days, YYYY-MM-DD");
  store = altm_hq_store_open_to_read (options->store, &error);
  if (store == NULL || !altm_hq_log_write (altm_hq_store_get_sql (store), from, to, stdout, &error))
    return altm_report (error);
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}

static AltmExit
run_verify (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, &error);

  return store != NULL && altm_hq_care_verify (store, &error) ? ALTM_EXIT_DONE : altm_report (error);
}

static AltmExit
run_rebuild (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_without_keys (options->store, g_get_real_time (), &error);

  return store != NULL && altm_hq_derive_all (store, &error) ? ALTM_EXIT_DONE : altm_report (error);
}

static AltmExit
run_backup (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, &error);

  if (g_file_test (options->words[1], G_FILE_TEST_EXISTS))
    return altm_report_use ("backup FILE: the file exists, and is left as it is");
  return store != NULL && altm_sql_copy (altm_hq_store_get_sql (store), options->words[1], &error) ? ALTM_EXIT_DONE
                                                                                                  : altm_report (error);
}

static AltmExit
run_restore (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *aside = NULL;

  if (!altm_hq_care_restore (options->store, options->words[1], g_get_real_time (), &aside, &error))
    return altm_report (error);
  g_printerr ("The store that was here is in %s\n", aside);
  return ALTM_EXIT_DONE;
}

static const Command commands[] = {
  { "serve", 0, 0, run_serve },     { "code", 0, 0, run_act },       { "figures", 0, 0, run_figures },
  { "export", 0, 0, altm_run_export },   { "verify", 0, 0, run_verify },  { "rebuild", 0, 0, run_rebuild },
  { "backup", 1, 1, run_backup },   { "restore", 1, 1, run_restore }, { "devices", 0, 0, run_devices },
  { "revoke", 1, 1, run_act },      { "wipe", 1, 1, run_act },       { "reset-pin", 1, 1, run_act },
  { "keys", 0, 2, altm_run_keys },  { "open", 1, 1, altm_run_open }, { "log", 0, 0, run_log },
  { "user", 0, 2, altm_run_user },  { "referral", 2, 2, run_referral },
  { "erase", 1, 1, altm_run_erase },  { "purge", 0, 0, altm_run_purge }, { "token", 0, 2, altm_run_token },
};

static AltmExit
run_command (const AltmOptions *options)
{
  guint n = options->words != NULL ? g_strv_length (options->words) : 0;

  if (n == 0)
    return altm_report_use ("which command? " COMMANDS);
  if (options->store == NULL)
    return altm_report_use ("--store DIR is missing");
  if (g_str_has_prefix (options->store, "postgresql://"))
    return altm_report_use ("--store postgresql://…: this version keeps its store in a folder alone");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, options->words[0]) == 0)
      return n > commands[i].least_arguments && n <= commands[i].most_arguments + 1
               ? commands[i].run (options)
               : altm_report_use ("a wrong number of arguments; see --help");
  return altm_report_use ("no such command; see --help");
}

static void
clear_options (AltmOptions *self)
{
  char *const texts[] = { self->store, self->keys, self->listen, self->name, self->ca,
                          self->format, self->type, self->language, self->from, self->to, self->as, self->why, self->role,
                          self->scope };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_strfreev (self->teams);
  g_strfreev (self->words);
}

int
main (int argc, char **argv)
{
  AltmOptions options = { NULL };
  const GOptionEntry entries[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &options.store, "the folder of HQ's store", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options.listen, "serve: where to listen; port 0 is any", "127.0.0.1:PORT" },
    { "keys", 0, 0, G_OPTION_ARG_FILENAME, &options.keys, "the file of the sealing keys; STORE.keys by default", "FILE" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &options.as, "who does it, for the access log; whose passphrase is given", "NAME" },
    { "why", 0, 0, G_OPTION_ARG_STRING, &options.why, "why it is done, for the access log", "TEXT" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &options.role, "user add, user role: what the account may; of one that is added, direction by default", "reader|manager|direction" },
    { "scope", 0, 0, G_OPTION_ARG_STRING, &options.scope, "erase: the sealed part alone, or all of the record, which is the default; token add: what a program may read", "private|record|figures|records" },
    { "team", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.teams, "user add, user role, token add: a manager's team, or one that a token is bound to; can be given again", "NAME" },
    { "rev", 0, 0, G_OPTION_ARG_INT64, &options.rev, "open: of which revision; the highest by default", "N" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "serve: what tablets call this HQ", "NAME" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options.ca, "serve: the private CA's certificate, PEM", "FILE" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.is_dry, "purge: say only what would go", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.is_json, "figures: as JSON", NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "figures, export, log: first day, Europe/Paris", "YYYY-MM-DD" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "figures, export, log, token add: last day, Europe/Paris", "YYYY-MM-DD" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &options.format, "export: ndjson, csv, csv-semicolon or xlsx", "FORMAT" },
    { "type", 0, 0, G_OPTION_ARG_STRING, &options.type, "export: of which type; a CSV is of one", "shift|contact|referral|flow|observation" },
    { "lang", 0, 0, G_OPTION_ARG_STRING, &options.language, "export: its words; fr by default", "fr|en" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.words, NULL, NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (COMMANDS);
  g_autoptr(GError) error = NULL;
  AltmExit code;

  setlocale (LC_ALL, "");
  prctl (PR_SET_DUMPABLE, 0); /* no key or token in a core dump */
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return altm_report_use (error->message);
  code = run_command (&options);
  clear_options (&options);
  return code;
}
