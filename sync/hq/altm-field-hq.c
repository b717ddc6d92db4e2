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

#include "altm-control.h"
#include "altm-figures.h"
#include "altm-hq-care.h"
#include "altm-receiver.h"
#include "altm-server.h"
#include "altm-time.h"

#define OPEN_FILES 4096

/* Exit codes of the terminal. */
enum
{
  EXIT_DONE = 0,
  EXIT_NOT_ALL = 1,
  EXIT_WRONG_USE = 2,
  EXIT_IN_USE = 4,
};

typedef struct
{
  char *store;
  char *listen;
  char *name;
  char *ca;
  char *format;
  char *from;
  char *to;
  gboolean is_json;
  char **words; /* the command and its arguments */
} Options;

typedef struct
{
  const char *name;
  guint n_arguments;
  int (*run) (const Options *options);
} Command;

static int
report (const GError *error)
{
  g_printerr ("altm-field-hq: %s\n", error->message);
  return g_error_matches (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE) ? EXIT_IN_USE : EXIT_NOT_ALL;
}

static int
report_use (const char *what)
{
  g_printerr ("altm-field-hq: %s\n", what);
  return EXIT_WRONG_USE;
}

static gpointer
open_receiver (gpointer data, GError **error)
{
  const Options *options = data;
  g_autoptr(AltmHqStore) store = altm_hq_store_open (options->store, g_get_real_time (), error);
  g_autofree char *ca = NULL;
  AltmReceiver *receiver;

  if (store == NULL || (options->ca != NULL && !g_file_get_contents (options->ca, &ca, NULL, error)))
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

static int
run_serve (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(AltmWorker) receiver = NULL;
  g_autoptr(AltmServer) server = NULL;
  g_autoptr(GSocketService) control = NULL;
  g_autofree char *host = NULL, *address = NULL;
  guint16 port;

  if (!read_listen (options->listen, &host, &port))
    return report_use ("serve --listen 127.0.0.1:PORT: HQ listens on loopback alone; a reverse proxy with TLS serves the outside");
  raise_file_limit ();
  receiver = altm_worker_new (open_receiver, (gpointer) options, close_receiver, &error);
  if (receiver != NULL)
    control = altm_control_listen (receiver, options->store, &error);
  if (control != NULL)
    server = altm_server_new (receiver, host, port, &error);
  if (server == NULL)
    return report (error);

  address = altm_server_get_address (server);
  printf ("%s\n", address);
  fflush (stdout);
  g_unix_signal_add (SIGTERM, stop_cb, loop);
  g_unix_signal_add (SIGINT, stop_cb, loop);
  g_main_loop_run (loop);
  g_socket_service_stop (control);
  return EXIT_DONE;
}

static char *
make_code (const Options *options, GError **error)
{
  g_autoptr(GError) unserved = NULL;
  g_autoptr(AltmHqStore) store = NULL;
  char *code = altm_control_ask (options->store, "code", &unserved);

  if (code != NULL)
    return code;
  store = altm_hq_store_open (options->store, g_get_real_time (), error);
  return store != NULL ? altm_hq_devices_new_code (store, g_get_real_time (), error) : NULL;
}

static int
run_code (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *code = make_code (options, &error);

  if (code == NULL)
    return report (error);
  printf ("%s\n", code);
  return EXIT_DONE;
}

static json_t *
date_or_null (const char *date)
{
  return date != NULL ? json_string (date) : json_null ();
}

static gboolean
read_dates (const Options *options, gint64 *from, gint64 *to)
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

static int
run_figures (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = NULL;
  g_autoptr(json_t) figures = NULL;
  g_autoptr(json_t) root = NULL;
  g_autofree char *text = NULL;
  gint64 from, to;

  if (!options->is_json)
    return report_use ("figures --json [--from YYYY-MM-DD] [--to YYYY-MM-DD]");
  if (!read_dates (options, &from, &to))
    return report_use ("--from and --to are days, YYYY-MM-DD");
  store = altm_hq_store_open_to_read (options->store, &error);
  if (store != NULL)
    figures = altm_figures_count (store, from, to, g_get_real_time (), &error);
  if (figures == NULL)
    return report (error);
  root = json_pack ("{s:o, s:o}", "from", date_or_null (options->from), "to", date_or_null (options->to));
  json_object_update (root, figures);
  text = altm_json_write (root);
  printf ("%s\n", text);
  return EXIT_DONE;
}

static int
run_export (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = NULL;

  if (options->format != NULL && strcmp (options->format, "ndjson") != 0)
    return report_use ("export --format ndjson");
  store = altm_hq_store_open_to_read (options->store, &error);
  if (store == NULL || !altm_hq_care_export (store, stdout, &error))
    return report (error);
  return fflush (stdout) == 0 ? EXIT_DONE : EXIT_NOT_ALL;
}

static int
run_verify (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, &error);

  return store != NULL && altm_hq_care_verify (store, &error) ? EXIT_DONE : report (error);
}

static int
run_rebuild (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open (options->store, g_get_real_time (), &error);

  return store != NULL && altm_hq_ingest_rebuild (store, &error) ? EXIT_DONE : report (error);
}

static int
run_backup (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, &error);

  if (g_file_test (options->words[1], G_FILE_TEST_EXISTS))
    return report_use ("backup FILE: the file exists, and is left as it is");
  return store != NULL && altm_sql_copy (altm_hq_store_get_sql (store), options->words[1], &error) ? EXIT_DONE
                                                                                                  : report (error);
}

static int
run_restore (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *aside = NULL;

  if (!altm_hq_care_restore (options->store, options->words[1], g_get_real_time (), &aside, &error))
    return report (error);
  g_printerr ("The store that was here is in %s\n", aside);
  return EXIT_DONE;
}

static const Command commands[] = {
  { "serve", 0, run_serve },   { "code", 0, run_code },     { "figures", 0, run_figures }, { "export", 0, run_export },
  { "verify", 0, run_verify }, { "rebuild", 0, run_rebuild }, { "backup", 1, run_backup },   { "restore", 1, run_restore },
};

static int
run_command (const Options *options)
{
  if (options->words == NULL)
    return report_use ("which command? serve, code, figures, export, verify, rebuild, backup FILE or restore FILE");
  if (options->store == NULL)
    return report_use ("--store DIR is missing");
  if (g_str_has_prefix (options->store, "postgresql://"))
    return report_use ("--store postgresql://…: this version keeps its store in a folder alone");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, options->words[0]) == 0)
      return g_strv_length (options->words) == commands[i].n_arguments + 1
               ? commands[i].run (options)
               : report_use ("a wrong number of arguments; see --help");
  return report_use ("no such command; see --help");
}

int
main (int argc, char **argv)
{
  Options options = { NULL };
  const GOptionEntry entries[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &options.store, "the folder of HQ's store", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options.listen, "serve: where to listen; port 0 is any", "127.0.0.1:PORT" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "serve: what tablets call this HQ", "NAME" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options.ca, "serve: the private CA's certificate, PEM", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.is_json, "figures: as JSON", NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "figures: first day, Europe/Paris", "YYYY-MM-DD" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "figures: last day, Europe/Paris", "YYYY-MM-DD" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &options.format, "export: ndjson", "FORMAT" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.words, NULL, NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context =
    g_option_context_new ("serve|code|figures|export|verify|rebuild|backup FILE|restore FILE");
  g_autoptr(GError) error = NULL;
  int code;

  setlocale (LC_ALL, "");
  prctl (PR_SET_DUMPABLE, 0); /* no key or token in a core dump */
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return report_use (error->message);
  code = run_command (&options);
  g_strfreev (options.words);
  g_free (options.store);
  g_free (options.listen);
  g_free (options.name);
  g_free (options.ca);
  g_free (options.format);
  g_free (options.from);
  g_free (options.to);
  return code;
}
