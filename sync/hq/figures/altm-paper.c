/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-paper.h"

#include "altm-figures.h"
#include "altm-mask.h"

/* Figures that are one number: nothing else on the page adds up to them, but the tables whose sum they are. */
static const char *const numbers[] = { "interventions", "attempts", "people", "referrals", "observations" };

/* What each is a table of: of all interventions, of all clients or of all referrals, which the page names. */
static const char *const tables[] = { "by_register", "clients_by_office", "referrals_by_status" };

/**
 * altm_paper_join_activities:
 * @processes: `by_process`
 * @channels: `by_channel`
 *
 * Returns: (transfer full): interventions by the newsletter's four processes, and by channel where they are of none. One
 *   table: a channel beside the processes that it is made of would give away which of them is masked.
 */
json_t *
altm_paper_join_activities (json_t *processes, json_t *channels)
{
  static const char *const theirs[] = { "telephone", "espace_public", "bureau_poste", NULL };
  json_t *activities = processes != NULL ? json_copy (processes) : json_object ();
  const char *channel;
  json_t *count;

  json_object_del (activities, "autre");
  json_object_foreach (channels, channel, count)
    if (!g_strv_contains (theirs, channel))
      json_object_set (activities, channel, count);
  return activities;
}

/* The share tells of both parts. */
static json_t *
split_by_qpv (json_t *qpv)
{
  gint64 inside = altm_json_get_integer (qpv, "in", 0), all = altm_json_get_integer (qpv, "of", 0);

  return json_pack ("{s:I, s:I}", "in", (json_int_t) inside, "out", (json_int_t) (all - inside));
}

/* Those who came in stand for themselves, and the greatest of what was seen is no count of people. */
static json_t *
copy_counters (json_t *flow)
{
  static const char *const others[] = { "entres", "file_max", "attente_max_min" };
  json_t *counters = json_copy (flow);

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    json_object_del (counters, others[i]);
  altm_mask_few (counters);
  return counters;
}

static json_t *
mask_figures (json_t *figures)
{
  json_t *page = json_object (), *flow = json_object_get (figures, "flow"), *themes = json_object_get (figures, "by_theme");
  g_autoptr(json_t) activities =
    altm_paper_join_activities (json_object_get (figures, "by_process"), json_object_get (figures, "by_channel"));
  g_autoptr(json_t) qpv = split_by_qpv (json_object_get (figures, "qpv"));

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    json_object_set_new (page, numbers[i], altm_mask_count (altm_json_get_integer (figures, numbers[i], 0)));
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    json_object_set_new (page, tables[i], altm_mask_table (json_object_get (figures, tables[i])));
  json_object_set_new (page, "activities", altm_mask_table (activities));
  json_object_set_new (page, "qpv", altm_mask_table (qpv));
  altm_mask_few (themes);
  json_object_set (page, "by_theme", themes);
  json_object_set_new (page, "clients", altm_mask_count (altm_json_get_integer (flow, "entres", 0)));
  json_object_set_new (page, "flow", copy_counters (flow));
  json_object_set_new (page, "minutes", json_integer (altm_json_get_integer (json_object_get (figures, "shifts"), "minutes", 0)));
  return page;
}

/**
 * altm_paper_describe:
 * @filter: which records count
 * @now: microseconds since 1970-01-01 UTC
 *
 * What leaves HQ on the month's page, with null where a count is masked: in a table whose sum the page tells, so many that
 * none can be found from the others, and the whole table where that needs it (altm_mask_table()); elsewhere each count
 * from 1 to 4. Each record is in at most one row of such a table, and no two of them tell of the same groups. Pages of
 * several territories are not held against each other: who has that of the whole and of all parts but one can subtract.
 *
 * Returns: (transfer full): `interventions`, `attempts`, `people`, `referrals`, `observations` and `clients`; `minutes` on
 *   shift; `qpv`: interventions `in` one and `out` of any; `activities`, altm_paper_join_activities(); `by_register`,
 *   `by_theme`, `flow`, `clients_by_office`, `referrals_by_status`; "complete_to" and "silent_devices" as
 *   altm_figures_count(); or %NULL with an %ALTM_STORE_ERROR
 */
json_t *
altm_paper_describe (AltmHqStore *store, const AltmFilter *filter, gint64 now, GError **error)
{
  g_autoptr(json_t) figures = altm_figures_describe (store, filter, now, error);
  json_t *page;

  if (figures == NULL)
    return NULL;
  page = mask_figures (figures);
  json_object_set (page, "complete_to", json_object_get (figures, "complete_to"));
  json_object_set (page, "silent_devices", json_object_get (figures, "silent_devices"));
  return page;
}
