/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "altm-enrolment.h"
#include "altm-flow.h"
#include "altm-journal.h"
#include "altm-notes.h"
#include "altm-outbox.h"
#include "altm-push.h"
#include "altm-time.h"
#include "altm-transport.h"

/* Exit codes of the terminal. */
enum
{
  EXIT_DONE = 0,
  EXIT_NOT_ALL = 1,
  EXIT_WRONG_USE = 2,
  EXIT_NOT_REACHED = 3,
  EXIT_IN_USE = 4,
};

typedef struct
{
  char *store;
  char *ca;
  char **words; /* the command and its arguments */
} Options;

typedef struct
{
  const char *name;
  guint least_arguments;
  guint most_arguments;
  int (*run) (const Options *options);
} Command;

static int
code_of (const GError *error)
{
  if (g_error_matches (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_IN_USE))
    return EXIT_IN_USE;
  if (g_error_matches (error, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_UNREACHABLE) ||
      g_error_matches (error, ALTM_PUSH_ERROR, ALTM_PUSH_ERROR_BUSY) ||
      g_error_matches (error, ALTM_ENROLMENT_ERROR, ALTM_ENROLMENT_ERROR_UNREACHABLE))
    return EXIT_NOT_REACHED;
  if (g_error_matches (error, ALTM_ENROLMENT_ERROR, ALTM_ENROLMENT_ERROR_LINK))
    return EXIT_WRONG_USE;
  return EXIT_NOT_ALL;
}

static int
report (const GError *error)
{
  g_printerr ("altm-fieldctl: %s\n", error->message);
  return code_of (error);
}

static int
report_use (const char *what)
{
  g_printerr ("altm-fieldctl: %s\n", what);
  return EXIT_WRONG_USE;
}

/* `enrol URL CODE`, or `enrol LINK`, which holds both and may name HQ's private CA. */
static gboolean
read_enrolment (const Options *options, char **url, char **code, char **ca_sha256, GError **error)
{
  if (options->words[2] == NULL)
    return altm_enrolment_parse_link (options->words[1], url, code, ca_sha256, error);
  *url = g_strdup (options->words[1]);
  *code = g_strdup (options->words[2]);
  return TRUE;
}

/* A store that was damaged goes on as a new one, but not in silence. */
static AltmStore *
open_store (const Options *options, GError **error)
{
  AltmStore *store = altm_store_open (options->store, error);
  g_autoptr(AltmRecovery) recovery =
    store != NULL && altm_store_was_recovered (store) ? altm_store_load_recovery (store) : NULL;

  if (recovery != NULL)
    g_printerr ("altm-fieldctl: the store was damaged and has been made anew: %" G_GINT64_FORMAT " lines taken over, %"
                G_GINT64_FORMAT " lost, %" G_GINT64_FORMAT " that HQ alone holds now; the damaged files are in %s\n",
                recovery->taken, recovery->lost, recovery->held, recovery->folder);
  return store;
}

static int
run_enrol (const Options *options)
{
  g_autofree char *url = NULL, *code = NULL, *ca_sha256 = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) store = NULL;

  if (!read_enrolment (options, &url, &code, &ca_sha256, &error))
    return report (error);
  store = open_store (options, &error);
  if (store == NULL || !altm_enrolment_run (store, url, code, options->ca, ca_sha256, &error))
    return report (error);
  return EXIT_DONE;
}

static gboolean
refuse (GError **error, AltmRecordError code, const char *why)
{
  g_set_error_literal (error, ALTM_RECORD_ERROR, code, why);
  return FALSE;
}

static gboolean
refuse_unknown (GError **error, int number)
{
  g_set_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_FIELD, "name %d: not known", number);
  return FALSE;
}

/* A misspelt name must not pass in silence: what is not known is refused. It is counted and not said again, as it
 * may be a text that was put in the wrong place. */
static gboolean
check_names (json_t *root, GError **error)
{
  static const char *const known[] = { "type", "data", "place", "id", "rev", "deleted", "at", "by", "shift", "private", NULL };
  static const char *const texts[] = { "type", "place", "id", "at", "by", "shift", NULL };
  const char *name;
  json_t *value;
  int number = 0;

  json_object_foreach (root, name, value)
    {
      number++;
      if (!g_strv_contains (known, name))
        return refuse_unknown (error, number);
      if ((g_strv_contains (texts, name) && !json_is_string (value)) ||
          (strcmp (name, "rev") == 0 && !(json_is_integer (value) && json_integer_value (value) > 0)) ||
          (strcmp (name, "deleted") == 0 && !json_is_boolean (value)) ||
          (strcmp (name, "data") == 0 && !json_is_object (value)))
        return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, name);
    }
  return TRUE;
}

static gboolean
add_line (AltmStore *store, const char *text, gsize length, GError **error)
{
  g_autoptr(json_t) root = altm_json_parse (text, length, error);
  AltmEntry entry = { NULL };
  g_auto(GStrv) ids = NULL;

  if (root == NULL || !check_names (root, error))
    return FALSE;
  entry.type = altm_json_get_string (root, "type");
  entry.id = altm_json_get_string (root, "id");
  entry.rev = altm_json_get_integer (root, "rev", 0);
  entry.is_deleted = json_is_true (json_object_get (root, "deleted"));
  entry.at = altm_json_get_string (root, "at");
  entry.by = altm_json_get_string (root, "by");
  entry.shift = altm_json_get_string (root, "shift");
  entry.place = altm_json_get_string (root, "place");
  entry.data = json_object_get (root, "data");
  entry.private = json_object_get (root, "private");
  if (!altm_outbox_add (store, &entry, 1, g_get_real_time (), &ids, error))
    return FALSE;
  printf ("%s\n", ids[0]);
  fflush (stdout);
  return TRUE;
}

/* Each line stands alone: one that cannot be taken is named, and holds no other back. */
static int
run_add (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) store = open_store (options, &error);
  char *text = NULL;
  size_t size = 0;
  ssize_t length;
  int code = EXIT_DONE;

  if (store == NULL)
    return report (error);
  for (int number = 1; (length = getline (&text, &size, stdin)) >= 0; number++)
    {
      g_autoptr(GError) problem = NULL;

      while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
      if (length == 0 || add_line (store, text, (gsize) length, &problem))
        continue;
      g_printerr ("altm-fieldctl: line %d: %s: %s\n", number,
                  problem->domain == ALTM_RECORD_ERROR ? altm_record_error_name (problem->code) : "not saved",
                  problem->message);
      code = EXIT_NOT_ALL;
    }
  free (text);
  if (altm_store_is_short (store))
    g_printerr ("altm-fieldctl: the disk is nearly full: make room before nothing can be saved any more\n");
  return code;
}

/* A fork brings another token, and so another transport. */
static gboolean
follow_target (AltmStore *store, AltmTarget **target, AltmTransport **transport, GError **error)
{
  g_autoptr(AltmTarget) now = altm_target_load (store, error);

  if (now == NULL)
    return FALSE;
  if (*target != NULL && strcmp ((*target)->token, now->token) == 0)
    return TRUE;
  g_clear_pointer (transport, altm_transport_free);
  g_clear_pointer (target, altm_target_free);
  *transport = altm_transport_new (now, error);
  *target = g_steal_pointer (&now);
  return *transport != NULL;
}

static gboolean
push_all (AltmStore *store, AltmPush *push, GError **error)
{
  g_autoptr(AltmTarget) target = NULL;
  g_autoptr(AltmTransport) transport = NULL;
  g_autoptr(GError) problem = NULL;

  altm_flow_queue (store, TRUE, g_get_real_time (), &problem);
  while (problem == NULL)
    {
      g_autoptr(AltmCall) call = altm_push_next (push, g_get_real_time (), &problem);
      g_autoptr(AltmAnswer) answer = NULL;

      if (call == NULL || !follow_target (store, &target, &transport, &problem))
        break;
      answer = altm_transport_send (transport, call);
      altm_push_take (push, answer, g_get_real_time (), &problem);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static void
print_json (json_t *root)
{
  g_autofree char *text = altm_json_write (root);

  printf ("%s\n", text);
  json_decref (root);
}

static gboolean
is_enrolled (AltmStore *store)
{
  g_autofree char *device_id = altm_store_get_setting (store, "device_id");

  return device_id != NULL;
}

static int
push_store (const Options *options, void (*prepare) (AltmPush *push))
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) store = open_store (options, &error);
  g_autoptr(AltmPush) push = NULL;
  AltmOutboxSummary summary = { 0 };
  const AltmPushResult *result;
  gboolean is_done;

  if (store == NULL)
    return report (error);
  push = altm_push_new (store);
  if (prepare != NULL)
    prepare (push);
  is_done = push_all (store, push, &error);
  altm_outbox_summarise (store, &summary, NULL);
  result = altm_push_get_result (push);
  print_json (json_pack ("{s:I, s:I, s:I, s:I, s:I}", "sent", (json_int_t) result->sent, "stored",
                         (json_int_t) result->stored, "duplicate", (json_int_t) result->duplicate, "problems",
                         (json_int_t) result->problems, "queued", (json_int_t) summary.queued));
  if (!is_done)
    return report (error);
  if (result->problems > 0)
    g_printerr ("altm-fieldctl: HQ could not take %" G_GINT64_FORMAT " of them; %s\n", result->problems,
                is_enrolled (store) ? "see journal" : "they are in its quarantine, and no longer here");
  return result->problems > 0 ? EXIT_NOT_ALL : EXIT_DONE;
}

static int
run_push (const Options *options)
{
  return push_store (options, NULL);
}

/* Everything is sent and answered, HQ lets go of the device, and then the store is emptied. */
static int
run_handover (const Options *options)
{
  return push_store (options, altm_push_hand_over);
}

static json_t *
time_or_null (gint64 time)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *text = time > 0 ? altm_time_format (time, zone) : NULL;

  return text != NULL ? json_string (text) : json_null ();
}

static json_t *
setting_or_null (AltmStore *store, const char *name)
{
  g_autofree char *value = altm_store_get_setting (store, name);

  return value != NULL ? json_string (value) : json_null ();
}

static int
run_status (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) store = altm_store_open_to_read (options->store, &error);
  AltmOutboxSummary summary = { 0 };

  if (store == NULL || !altm_outbox_summarise (store, &summary, &error))
    return report (error);
  print_json (json_pack ("{s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:I}", "device_id", setting_or_null (store, "device_id"),
                         "hq", setting_or_null (store, "url"), "epoch", setting_or_null (store, "epoch"), "queued",
                         (json_int_t) summary.queued, "acknowledged", (json_int_t) summary.acknowledged, "quarantined",
                         (json_int_t) summary.quarantined, "oldest", time_or_null (summary.oldest), "last_receipt",
                         time_or_null (summary.last_receipt), "high_seq", (json_int_t) summary.high_seq));
  return EXIT_DONE;
}

static int
run_journal (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) store = altm_store_open_to_read (options->store, &error);

  return store != NULL && altm_outbox_print (store, stdout, &error) ? EXIT_DONE : report (error);
}

static int
run_verify (const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmStore) store = altm_store_open_to_read (options->store, &error);

  g_autofree char *damaged = NULL;
  gint64 n_lost;

  if (store == NULL || !altm_outbox_verify (store, &error))
    return report (error);
  n_lost = altm_notes_count_lost (store);
  damaged = altm_store_find_damaged (store);
  if (n_lost > 0)
    g_printerr ("altm-fieldctl: HQ lost %" G_GINT64_FORMAT " lines that have left this tablet too\n", n_lost);
  if (damaged != NULL)
    g_printerr ("altm-fieldctl: an earlier store was damaged; it is kept in %s until somebody removes it\n", damaged);
  return n_lost == 0 && damaged == NULL ? EXIT_DONE : EXIT_NOT_ALL;
}

static const Command commands[] = {
  { "enrol", 1, 2, run_enrol },   { "add", 0, 0, run_add },         { "push", 0, 0, run_push },
  { "status", 0, 0, run_status }, { "journal", 0, 0, run_journal }, { "verify", 0, 0, run_verify },
  { "handover", 0, 0, run_handover },
};

static gboolean
takes (const Command *command, guint n_arguments)
{
  return n_arguments >= command->least_arguments && n_arguments <= command->most_arguments;
}

static int
run_command (const Options *options)
{
  if (options->words == NULL)
    return report_use ("which command? enrol URL CODE, enrol LINK, add, push, status, journal, verify or handover");
  if (options->store == NULL)
    return report_use ("--store DIR is missing");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, options->words[0]) == 0)
      return takes (&commands[i], g_strv_length (options->words) - 1)
               ? commands[i].run (options)
               : report_use ("a wrong number of arguments; see --help");
  return report_use ("no such command; see --help");
}

int
main (int argc, char **argv)
{
  Options options = { NULL };
  const GOptionEntry entries[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &options.store, "the folder of the tablet's store", "DIR" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options.ca, "enrol: the certificate of HQ's private CA, PEM", "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.words, NULL, NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("enrol URL CODE|enrol LINK|add|push|status|journal|verify|handover");
  g_autoptr(GError) error = NULL;
  int code;

  setlocale (LC_ALL, "");
  prctl (PR_SET_DUMPABLE, 0); /* no token or note in a core dump */
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return report_use (error->message);
  code = run_command (&options);
  g_strfreev (options.words);
  g_free (options.store);
  g_free (options.ca);
  return code;
}
