/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-mask-figures.h"

#include "altm-facts.h"
#include "altm-figures.h"
#include "altm-mask.h"

/* Tables, and the figure that each adds up to, or that it is a part of. What would be a second table of the same counts is
 * left out: of by_kind and by_subject, say, one would tell what the other hides. */
static const struct
{
  const char *table;
  const char *sum;
} tables[] = {
  { "by_register", "interventions" },     { "by_origin", "interventions" },   { "by_public", "interventions" },
  { "by_setting", "interventions" },      { "by_theme", "interventions" },    { "by_school_theme", "interventions" },
  { "by_action", "interventions" },       { "by_result", "interventions" },   { "by_conflict_mode", "interventions" },
  { "by_campaign", "interventions" },     { "by_age", "interventions" },      { "by_gender", "interventions" },
  { "by_kind", "observations" },          { "referrals_by_status", "referrals" },
};

/* Processes that are groups of the tree by themselves, those that are one group together, and the groups that are channels. */
static const char *const own_processes[] = { "espace_public", "bureau_poste", "autre" };
static const char *const of_telephone[] = { "telephone_habitants", "telephone_familles" };
static const char *const channels_of_groups[] = { "telephone", "espace_public", "bureau_poste" };

static gboolean
is_hidden (json_t *masked, const char *figure)
{
  return !json_is_integer (json_object_get (masked, figure));
}

/* What a hidden sum is made of would tell it, and of whom it is. */
static json_t *
mask_parts (json_t *counts, gboolean is_sum_hidden)
{
  return is_sum_hidden ? json_null () : altm_mask_table (counts);
}

static void
copy (json_t *from, json_t *to, const char *const *codes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    json_object_set (to, codes[i], json_object_get (from, codes[i]));
}

static void
mask_tables (json_t *figures, json_t *masked)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    json_object_set_new (masked, tables[i].table,
                         mask_parts (json_object_get (figures, tables[i].table), is_hidden (masked, tables[i].sum)));
}

/* @groups: (nullable): told with the parts of one of them, where both may be told */
static json_t *
join (json_t *parts, json_t *groups, const char *const *codes, gsize n)
{
  g_autoptr(json_t) owned = parts;

  if (json_is_null (parts) || json_is_null (groups))
    return json_null ();
  copy (groups, parts, codes, n);
  return g_steal_pointer (&owned);
}

/* Processes and channels are one tree: interventions are the telephone's, the public space's, the post offices' and the
 * others'; the telephone's are of two processes, and the others' of several channels. */
static void
mask_activities (json_t *figures, json_t *masked)
{
  json_t *processes = json_object_get (figures, "by_process");
  g_autoptr(json_t) all = json_object ();
  g_autoptr(json_t) calls = json_object ();
  g_autoptr(json_t) others = json_copy (json_object_get (figures, "by_channel"));
  g_autoptr(json_t) groups = NULL;

  json_object_set_new (all, "telephone", json_integer (altm_json_get_integer (others, "telephone", 0)));
  copy (processes, all, own_processes, G_N_ELEMENTS (own_processes));
  copy (processes, calls, of_telephone, G_N_ELEMENTS (of_telephone));
  for (gsize i = 0; i < G_N_ELEMENTS (channels_of_groups); i++)
    json_object_del (others, channels_of_groups[i]);
  groups = mask_parts (all, is_hidden (masked, "interventions"));
  json_object_set_new (masked, "by_process",
                       join (mask_parts (calls, is_hidden (groups, "telephone")), groups, own_processes,
                             G_N_ELEMENTS (own_processes)));
  json_object_set_new (masked, "by_channel",
                       join (mask_parts (others, is_hidden (groups, "autre")), groups, channels_of_groups,
                             G_N_ELEMENTS (channels_of_groups)));
}

/* Places in a QPV add up to the interventions in one, the others to the rest. */
static void
mask_places (json_t *figures, json_t *masked, AltmLists *lists)
{
  json_t *qpv = json_object_get (figures, "qpv");
  gint64 in = altm_json_get_integer (qpv, "in", 0), of = altm_json_get_integer (qpv, "of", 0);
  g_autoptr(json_t) all = json_pack ("{s:I, s:I}", "in", (json_int_t) in, "out", (json_int_t) (of - in));
  g_autoptr(json_t) groups = mask_parts (all, is_hidden (masked, "interventions"));
  g_autoptr(json_t) inside = json_object ();
  g_autoptr(json_t) outside = json_object ();
  g_autoptr(json_t) told = NULL;
  const char *place;
  json_t *count;

  json_object_foreach (json_object_get (figures, "by_place"), place, count)
    json_object_set (altm_figures_is_qpv (lists, place) ? inside : outside, place, count);
  told = mask_parts (inside, is_hidden (groups, "in"));
  json_object_update_new (told, mask_parts (outside, is_hidden (groups, "out")));
  json_object_set (masked, "by_place", told);
  json_object_set_new (masked, "in_qpv", is_hidden (groups, "in") ? json_null () : json_incref (json_object_get (groups, "in")));
}

/* How long a queue was tells of nobody. */
static void
mask_flow (json_t *figures, json_t *masked)
{
  json_t *flow = json_object (), *offices = json_object_get (figures, "clients_by_office");
  const char *code;
  json_t *count;

  json_object_foreach (json_object_get (figures, "flow"), code, count)
    json_object_set_new (flow, code,
                         altm_facts_is_most (code) ? json_incref (count) : altm_mask_count (json_integer_value (count)));
  json_object_set_new (masked, "clients_by_office", mask_parts (offices, json_is_null (json_object_get (flow, "entres"))));
  json_object_set_new (masked, "flow", flow);
}

static void
mask_shifts (json_t *figures, json_t *masked)
{
  json_t *shifts = json_object_get (figures, "shifts");
  json_t *number = altm_mask_count (altm_json_get_integer (shifts, "number", 0));
  json_t *minutes = json_is_null (number) ? json_null () : json_incref (json_object_get (shifts, "minutes"));

  json_object_set_new (masked, "shifts", json_pack ("{s:o, s:o}", "number", number, "minutes", minutes));
}

/* Of few interventions no other number is told either: their people, their minutes. */
static void
mask_numbers (json_t *figures, json_t *masked)
{
  static const char *const numbers[] = { "interventions", "attempts", "referrals", "observations" };
  static const char *const of_interventions[] = { "people", "minutes" };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    json_object_set_new (masked, numbers[i], altm_mask_count (altm_json_get_integer (figures, numbers[i], 0)));
  for (gsize i = 0; i < G_N_ELEMENTS (of_interventions); i++)
    json_object_set_new (masked, of_interventions[i],
                         is_hidden (masked, "interventions")
                           ? json_null ()
                           : altm_mask_count (altm_json_get_integer (figures, of_interventions[i], 0)));
}

/**
 * altm_mask_figures:
 * @figures: as altm_figures_describe_alone()
 * @lists: what places are
 *
 * Counts under 5 are null, and so are those by which they could be worked out from the others of the same answer
 * (altm_mask_counts()); a table of which nothing may be told is null itself, and so is one whose sum is hidden: which codes are
 * in it tells of the few that it is of. Nothing can be done here about two answers that
 * overlap: whoever asks often enough can subtract.
 *
 * Returns: (transfer full): what of them leaves HQ
 */
json_t *
altm_mask_figures (json_t *figures, AltmLists *lists)
{
  json_t *masked = json_object ();

  mask_numbers (figures, masked);
  mask_tables (figures, masked);
  mask_activities (figures, masked);
  mask_places (figures, masked, lists);
  mask_flow (figures, masked);
  mask_shifts (figures, masked);
  return masked;
}
