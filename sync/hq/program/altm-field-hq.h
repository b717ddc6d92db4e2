/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-filter.h"
#include "altm-hq-store.h"

G_BEGIN_DECLS

/** AltmExit: exit codes of the terminal. */
typedef enum
{
  ALTM_EXIT_DONE = 0,
  ALTM_EXIT_NOT_ALL = 1,
  ALTM_EXIT_WRONG_USE = 2,
  ALTM_EXIT_IN_USE = 4,
} AltmExit;

/** AltmOptions: what a command was called with; @words are the command and its arguments. */
typedef struct
{
  char *store;
  char *keys;
  char *listen;
  char *name;
  char *ca;
  char *format;
  char *type;
  char *language;
  char *from;
  char *to;
  char *as;
  char *why;
  char *role;
  char *scope;
  char **teams;
  gint64 rev;
  gboolean is_json;
  gboolean is_dry;
  char **words;
} AltmOptions;

AltmExit altm_report (const GError *error);
AltmExit altm_report_use (const char *what);
const char *altm_options_get_who (const AltmOptions *options);
gboolean altm_perform (const AltmOptions *options, json_t *request, char **answer, GError **error);

gboolean altm_options_read_period (const AltmOptions *options, AltmFilter *filter);
AltmExit altm_run_export (const AltmOptions *options);
AltmExit altm_run_keys (const AltmOptions *options);
AltmExit altm_run_open (const AltmOptions *options);
AltmExit altm_run_user (const AltmOptions *options);
AltmExit altm_run_erase (const AltmOptions *options);
AltmExit altm_run_purge (const AltmOptions *options);
AltmExit altm_run_token (const AltmOptions *options);
json_t *altm_options_list_teams (const AltmOptions *options);

G_END_DECLS
