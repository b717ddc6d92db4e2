/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "altm-field-hq.h"
#include "altm-hq-accounts.h"
#include "altm-hq-lines.h"
#include "altm-passphrase.h"

typedef struct
{
  const char *name;
  gboolean needs_name;
  AltmExit (*run) (const AltmOptions *options);
} Command;

/* An array of their names, empty where none is given. */
json_t *
altm_options_list_teams (const AltmOptions *options)
{
  json_t *teams = json_array ();

  for (guint i = 0; options->teams != NULL && options->teams[i] != NULL; i++)
    json_array_append_new (teams, json_string (options->teams[i]));
  return teams;
}

/* What is asked of the one that writes the store holds the password's hash, never the password. */
static AltmExit
ask (const AltmOptions *options, json_t *request)
{
  g_autoptr(json_t) owned = request;
  g_autoptr(GError) error = NULL;

  if (request == NULL)
    return altm_report_use ("the name of an account is text in UTF-8");
  return altm_perform (options, request, NULL, &error) ? ALTM_EXIT_DONE : altm_report (error);
}

static char *
read_password (GError **error)
{
  g_autoptr(AltmPassphrase) password = altm_passphrase_read_new ("The password", error);

  return password != NULL ? altm_hq_accounts_hash (password, error) : NULL;
}

static AltmExit
run_add (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *password = read_password (&error);

  if (password == NULL)
    return altm_report (error);
  return ask (options, json_pack ("{s:s, s:s, s:s, s:s, s:o}", "do", "account-add", "name", options->words[2], "role",
                                  options->role != NULL ? options->role : "direction", "password", password, "teams",
                                  altm_options_list_teams (options)));
}

static AltmExit
run_role (const AltmOptions *options)
{
  if (options->role == NULL)
    return altm_report_use ("user role NAME --role reader|manager|direction [--team NAME]…");
  return ask (options, json_pack ("{s:s, s:s, s:s, s:o}", "do", "account-role", "name", options->words[2], "role", options->role,
                                  "teams", altm_options_list_teams (options)));
}

static AltmExit
run_password (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *password = read_password (&error);

  if (password == NULL)
    return altm_report (error);
  return ask (options, json_pack ("{s:s, s:s, s:s}", "do", "account-password", "name", options->words[2], "password", password));
}

static AltmExit
run_close (const AltmOptions *options)
{
  return ask (options, json_pack ("{s:s, s:s}", "do", "account-close", "name", options->words[2]));
}

static AltmExit
run_list (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, &error);
  g_autoptr(json_t) accounts = store != NULL ? altm_hq_accounts_list (altm_hq_store_get_sql (store), &error) : NULL;

  if (accounts == NULL || !altm_hq_lines_write_all (accounts, stdout, &error))
    return altm_report (error);
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}

static const Command commands[] = {
  { "add", TRUE, run_add },
  { "role", TRUE, run_role },
  { "password", TRUE, run_password },
  { "close", TRUE, run_close },
  { "list", FALSE, run_list },
};

/* user add|role|password|close NAME, user list: who signs in to the console. A password is read from the terminal or from the
 * first line of standard input. */
AltmExit
altm_run_user (const AltmOptions *options)
{
  const char *name = options->words[1] != NULL ? options->words[1] : "list";

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0 && commands[i].needs_name == (options->words[1] != NULL && options->words[2] != NULL))
      return commands[i].run (options);
  return altm_report_use ("user add NAME [--role reader|manager|direction] [--team NAME]…, user role NAME --role ROLE [--team NAME]…,"
                          " user password NAME, user close NAME, user list");
}
