/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "altm-field-hq.h"
#include "altm-hq-lines.h"
#include "altm-hq-private.h"
#include "altm-passphrase.h"

/* A command that changes the keys; @name is the holder it names. */
typedef struct
{
  const char *name;
  const char *noted; /* in the access log */
  guint n_arguments;
  gboolean (*run) (AltmHqKeys *keys, const AltmOptions *options, const char *name, GError **error);
} KeysCommand;

/* Whose passphrase is asked for where the command does not say: the only holder's. */
static char *
choose_holder (AltmHqKeys *keys, const AltmOptions *options, GError **error)
{
  g_auto(GStrv) names = altm_hq_keys_list_holders (keys);

  if (options->as != NULL)
    return g_strdup (options->as);
  if (g_strv_length (names) == 1)
    return g_strdup (names[0]);
  g_set_error_literal (error, ALTM_HQ_KEYS_ERROR,
                       altm_hq_keys_is_protected (keys) ? ALTM_HQ_KEYS_ERROR_HOLDER : ALTM_HQ_KEYS_ERROR_UNPROTECTED,
                       altm_hq_keys_is_protected (keys)
                         ? "several people hold the keys; say whose passphrase is given with --as NAME"
                         : "nobody holds the sealing key by a passphrase yet; `keys protect NAME` comes first");
  return NULL;
}

static AltmPassphrase *
ask_passphrase (const char *name, gboolean is_new, GError **error)
{
  g_autofree char *prompt = g_strdup_printf (is_new ? "New passphrase of %s" : "Passphrase of %s", name);

  return is_new ? altm_passphrase_read_new (prompt, error) : altm_passphrase_read (prompt, error);
}

static gboolean
protect (AltmHqKeys *keys, const AltmOptions *options, const char *name, GError **error)
{
  g_autoptr(AltmPassphrase) passphrase = ask_passphrase (name, !altm_hq_keys_is_protected (keys), error);
  const AltmHqHolder holder = { name, passphrase };

  return passphrase != NULL && altm_hq_keys_protect (keys, &holder, g_get_real_time (), error);
}

static gboolean
grant (AltmHqKeys *keys, const AltmOptions *options, const char *name, GError **error)
{
  g_autofree char *by = choose_holder (keys, options, error);
  g_autoptr(AltmPassphrase) old = by != NULL ? ask_passphrase (by, FALSE, error) : NULL;
  g_autoptr(AltmPassphrase) new = old != NULL ? ask_passphrase (name, TRUE, error) : NULL;
  const AltmHqHolder granting = { by, old }, granted = { name, new };

  return new != NULL && altm_hq_keys_grant (keys, &granting, &granted, error);
}

static gboolean
withdraw (AltmHqKeys *keys, const AltmOptions *options, const char *name, GError **error)
{
  return altm_hq_keys_withdraw (keys, name, error);
}

static gboolean
rotate (AltmHqKeys *keys, const AltmOptions *options, const char *name, GError **error)
{
  return altm_hq_keys_rotate (keys, g_get_real_time (), error);
}

static gboolean
change_passphrase (AltmHqKeys *keys, const AltmOptions *options, const char *name, GError **error)
{
  g_autoptr(AltmPassphrase) old = ask_passphrase (name, FALSE, error);
  g_autoptr(AltmPassphrase) new = old != NULL ? ask_passphrase (name, TRUE, error) : NULL;
  const AltmHqHolder holder = { name, old };

  return new != NULL && altm_hq_keys_change_passphrase (keys, &holder, new, error);
}

static const KeysCommand keys_commands[] = {
  { "protect", "keys-protected", 1, protect },
  { "grant", "keys-granted", 1, grant },
  { "withdraw", "keys-withdrawn", 1, withdraw },
  { "rotate", "keys-rotated", 0, rotate },
  { "passphrase", "passphrase-changed", 1, change_passphrase },
};

/* Read beside the one that serves; a store that does not exist yet has used no key. */
static gboolean
check_keys (AltmHqKeys *keys, const AltmOptions *options, GError **error)
{
  g_autoptr(GError) unread = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, &unread);
  g_autofree char *known = store != NULL ? altm_hq_store_get_known_key (store) : NULL;

  if (store != NULL || g_error_matches (unread, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING))
    return altm_hq_keys_check (keys, known, error);
  g_propagate_error (error, g_steal_pointer (&unread));
  return FALSE;
}

static gboolean
note (const AltmOptions *options, const char *act, const char *what, const char *subject, const char *detail,
      GError **error)
{
  g_autoptr(json_t) request = json_pack ("{s:s, s:s, s:s*, s:s*}", "do", act, "what", what, "subject", subject, "detail",
                                         detail);

  if (request != NULL)
    return altm_perform (options, request, NULL, error);
  g_set_error_literal (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED, "a name or an id is not text in UTF-8");
  return FALSE;
}

static const char *
name_subject (const KeysCommand *command, const char *name, AltmHqKeys *keys, char **key)
{
  *key = g_strndup (altm_hq_keys_get_current (keys) != NULL ? altm_hq_keys_get_current (keys) : "", 16);
  return command->n_arguments > 0 ? name : *key;
}

static AltmExit
run_keys_command (const AltmOptions *options, const KeysCommand *command)
{
  const char *name = options->words[2];
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqKeys) keys = altm_hq_keys_load (options->store, options->keys, &error);
  g_autofree char *key = NULL;

  if (keys == NULL || !check_keys (keys, options, &error))
    return altm_report (error);
  if (!command->run (keys, options, name, &error))
    {
      if (g_error_matches (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_PASSPHRASE))
        note (options, "note", "passphrase-refused", name, command->name, NULL);
      return altm_report (error);
    }
  if (note (options, "keys", command->noted, name_subject (command, name, keys, &key), NULL, &error))
    return ALTM_EXIT_DONE;
  g_printerr ("altm-field-hq: the keys were changed, but not everything that follows was done; the same again, or a restart of "
              "`serve`, does it\n");
  return altm_report (error);
}

static AltmExit
run_keys_list (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqKeys) keys = altm_hq_keys_load (options->store, options->keys, &error);

  if (keys == NULL || !altm_hq_keys_write (keys, stdout, &error))
    return altm_report (error);
  if (!altm_hq_keys_is_protected (keys))
    g_printerr ("altm-field-hq: the sealing key is not protected: whoever reads STORE.key can open all private parts. "
                "`keys protect NAME` puts it under a passphrase\n");
  else if (altm_hq_keys_has_stray (keys))
    g_printerr ("altm-field-hq: STORE.key, or what is left of it, still lies there; `keys protect NAME` again removes it\n");
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}

/* For a key whose file is lost for good. */
static AltmExit
run_keys_abandon (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, &error);
  g_autofree char *known = store != NULL ? altm_hq_store_get_known_key (store) : NULL;
  g_autofree char *name = g_strndup (known != NULL ? known : "", 16);
  g_autoptr(AltmHqKeys) keys = store != NULL ? altm_hq_keys_load (options->store, options->keys, &error) : NULL;

  if (keys == NULL)
    return altm_report (error);
  g_clear_pointer (&store, altm_hq_store_close);
  if (altm_hq_keys_check (keys, known, NULL))
    return altm_report_use ("keys abandon: the store's key is there, and is not given up");
  return note (options, "forget-key", "key-abandoned", name, NULL, &error) ? ALTM_EXIT_DONE : altm_report (error);
}

/* `keys`: lists them, or changes them as its second word says. */
AltmExit
altm_run_keys (const AltmOptions *options)
{
  guint n = g_strv_length (options->words);

  if (n == 1)
    return run_keys_list (options);
  if (n == 2 && strcmp (options->words[1], "abandon") == 0)
    return run_keys_abandon (options);
  for (gsize i = 0; i < G_N_ELEMENTS (keys_commands); i++)
    if (strcmp (keys_commands[i].name, options->words[1]) == 0 && n == keys_commands[i].n_arguments + 2)
      return run_keys_command (options, &keys_commands[i]);
  return altm_report_use ("keys [protect NAME | grant NAME [--as HOLDER] | withdraw NAME | rotate | passphrase NAME | abandon]");
}

/* Finds the record's sealed part and opens it, in this process alone: the one that serves never sees a
 * passphrase or a secret key. */
static json_t *
open_record (const AltmOptions *options, AltmHqPrivate *found, GError **error)
{
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, error);
  g_autoptr(AltmHqKeys) keys = store != NULL ? altm_hq_keys_load (options->store, options->keys, error) : NULL;
  g_autoptr(AltmPassphrase) passphrase = NULL;
  AltmHqHolder holder = { options->as, NULL };
  g_autoptr(AltmSealPair) pair = NULL;

  if (keys == NULL ||
      !altm_hq_private_look_up (altm_hq_store_get_sql (store), options->words[1], options->rev, found, error) ||
      !altm_hq_keys_check_open (keys, found->sealed, options->as, error))
    return NULL;
  holder.passphrase = passphrase = ask_passphrase (options->as, FALSE, error);
  pair = passphrase != NULL ? altm_hq_keys_unlock (keys, found->sealed, &holder, error) : NULL;
  return pair != NULL ? altm_hq_private_open (found, options->words[1], pair, error) : NULL;
}

/* Noted first: what could not be noted is not shown. */
static AltmExit
show (const AltmOptions *options, const AltmHqPrivate *found, json_t *private)
{
  g_autofree char *detail = g_strdup_printf ("rev %" G_GINT64_FORMAT, found->rev);
  g_autoptr(GError) error = NULL;

  if (!note (options, "note", "opened", options->words[1], detail, &error))
    {
      g_printerr ("altm-field-hq: the opening could not be noted in the access log; nothing is shown\n");
      return altm_report (error);
    }
  if (!altm_hq_lines_write (private, stdout, &error))
    return altm_report (error);
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}

/* `open ID`: one record's private part, for a person who says who they are, and why. */
AltmExit
altm_run_open (const AltmOptions *options)
{
  g_auto(AltmHqPrivate) found = { NULL };
  g_autoptr(GError) error = NULL, unnoted = NULL;
  g_autoptr(json_t) private = NULL;

  if (options->as == NULL || options->why == NULL || *options->why == '\0' || options->rev < 0)
    return altm_report_use ("open ID [--rev N] --as NAME --why TEXT: whose passphrase is given, and the reason, are noted");
  private = open_record (options, &found, &error);
  if (private != NULL)
    return show (options, &found, private);
  if (!note (options, "note", "open-refused", options->words[1], error->message, &unnoted))
    altm_report (unnoted);
  return altm_report (error);
}
