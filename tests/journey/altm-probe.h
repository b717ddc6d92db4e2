/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

/** AltmProbeVerb: a question, with its words; @answer returns (transfer full). An array of them ends with a %NULL verb. */
typedef struct
{
  const char *verb;
  guint n_words;
  json_t *(*answer) (char **words);
} AltmProbeVerb;

gboolean altm_probe_listen (const char *variable, const AltmProbeVerb *verbs);

G_END_DECLS
