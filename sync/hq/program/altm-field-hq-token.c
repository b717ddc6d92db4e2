/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "altm-field-hq.h"
#include "altm-hq-lines.h"
#include "altm-hq-tokens.h"
#include "altm-token.h"

static AltmExit
print (const char *answer)
{
  printf ("%s\n", answer);
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}

/* The token goes to standard output, alone, and is kept nowhere. */
static AltmExit
run_add (const AltmOptions *options)
{
  g_autoptr(json_t) request =
    json_pack ("{s:s, s:s, s:s*, s:s*, s:o}", "do", "token-add", "name", options->words[2], "scope", options->scope, "to",
               options->to, "teams", altm_options_list_teams (options));
  g_autoptr(GError) error = NULL;
  char *token = NULL;
  AltmExit code;

  if (request == NULL)
    return altm_report_use ("the name of a token is text in UTF-8");
  if (!altm_perform (options, request, &token, &error))
    return altm_report (error);
  code = print (token);
  altm_token_free (token);
  return code;
}

static AltmExit
run_revoke (const AltmOptions *options)
{
  g_autoptr(json_t) request = json_pack ("{s:s, s:s}", "do", "token-revoke", "name", options->words[2]);
  g_autoptr(GError) error = NULL;

  if (request == NULL)
    return altm_report_use ("the name of a token is text in UTF-8");
  return altm_perform (options, request, NULL, &error) ? ALTM_EXIT_DONE : altm_report (error);
}

static AltmExit
run_list (const AltmOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open_to_read (options->store, &error);
  g_autoptr(json_t) tokens = store != NULL ? altm_hq_tokens_list (altm_hq_store_get_sql (store), &error) : NULL;

  if (tokens == NULL || !altm_hq_lines_write_all (tokens, stdout, &error))
    return altm_report (error);
  return fflush (stdout) == 0 ? ALTM_EXIT_DONE : ALTM_EXIT_NOT_ALL;
}

/* token add|revoke NAME, token list: what programs ask for figures and records with. */
AltmExit
altm_run_token (const AltmOptions *options)
{
  const char *name = options->words[1] != NULL ? options->words[1] : "list";
  gboolean has_name = options->words[1] != NULL && options->words[2] != NULL;

  if (strcmp (name, "add") == 0 && has_name)
    return run_add (options);
  if (strcmp (name, "revoke") == 0 && has_name)
    return run_revoke (options);
  if (strcmp (name, "list") == 0 && !has_name)
    return run_list (options);
  return altm_report_use ("token add NAME --scope figures|records [--team NAME]… [--to YYYY-MM-DD], token revoke NAME, token list");
}
