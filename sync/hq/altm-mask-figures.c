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
  return json_is_null (json_object_get (masked, figure));
}

static void
mask_all (json_t *counts)
{
  const char *code;
  json_t *count;

  json_object_foreach (counts, code, count)
    if (json_integer_value (count) > 0)
      json_object_set_new (counts, code, json_null ());
}

/* What a hidden sum is made of would tell it. */
static void
mask_parts (json_t *counts, gboolean is_sum_hidden)
{
  if (is_sum_hidden)
    mask_all (counts);
  else
    altm_mask_counts (counts);
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
    {
      json_t *counts = json_copy (json_object_get (figures, tables[i].table));

      mask_parts (counts, is_hidden (masked, tables[i].sum));
      json_object_set_new (masked, tables[i].table, counts);
    }
}

/* Processes and channels are one tree: interventions are the telephone's, the public space's, the post offices' and the
 * others'; the telephone's are of two processes, and the others' of several channels. */
static void
mask_activities (json_t *figures, json_t *masked)
{
  json_t *processes = json_object_get (figures, "by_process");
  g_autoptr(json_t) groups = json_object ();
  json_t *channels = json_copy (json_object_get (figures, "by_channel")), *masked_processes = json_object ();
  gint64 calls = altm_json_get_integer (channels, "telephone", 0);

  json_object_set_new (groups, "telephone", json_integer (calls));
  copy (processes, groups, own_processes, G_N_ELEMENTS (own_processes));
  copy (processes, masked_processes, of_telephone, G_N_ELEMENTS (of_telephone));
  mask_parts (groups, is_hidden (masked, "interventions"));
  mask_parts (masked_processes, is_hidden (groups, "telephone"));
  copy (groups, masked_processes, own_processes, G_N_ELEMENTS (own_processes));
  json_object_set_new (masked, "by_process", masked_processes);
  for (gsize i = 0; i < G_N_ELEMENTS (channels_of_groups); i++)
    json_object_del (channels, channels_of_groups[i]);
  mask_parts (channels, is_hidden (groups, "autre"));
  copy (groups, channels, channels_of_groups, G_N_ELEMENTS (channels_of_groups));
  json_object_set_new (masked, "by_channel", channels);
}

/* Places in a QPV add up to the interventions in one, the others to the rest. */
static void
mask_places (json_t *figures, json_t *masked, AltmLists *lists)
{
  json_t *qpv = json_object_get (figures, "qpv");
  gint64 in = altm_json_get_integer (qpv, "in", 0), of = altm_json_get_integer (qpv, "of", 0);
  g_autoptr(json_t) groups = json_pack ("{s:I, s:I}", "in", (json_int_t) in, "out", (json_int_t) (of - in));
  json_t *inside = json_object (), *outside = json_object ();
  const char *place;
  json_t *count;

  json_object_foreach (json_object_get (figures, "by_place"), place, count)
    json_object_set (altm_figures_is_qpv (lists, place) ? inside : outside, place, count);
  mask_parts (groups, is_hidden (masked, "interventions"));
  mask_parts (inside, is_hidden (groups, "in"));
  mask_parts (outside, is_hidden (groups, "out"));
  json_object_update (inside, outside);
  json_decref (outside);
  json_object_set_new (masked, "by_place", inside);
  json_object_set (masked, "in_qpv", json_object_get (groups, "in"));
}

/* How long a queue was tells of nobody. */
static void
mask_flow (json_t *figures, json_t *masked)
{
  json_t *flow = json_object (), *offices = json_copy (json_object_get (figures, "clients_by_office"));
  const char *code;
  json_t *count;

  json_object_foreach (json_object_get (figures, "flow"), code, count)
    json_object_set_new (flow, code,
                         altm_facts_is_most (code) ? json_incref (count) : altm_mask_count (json_integer_value (count)));
  mask_parts (offices, is_hidden (flow, "entres"));
  json_object_set_new (masked, "flow", flow);
  json_object_set_new (masked, "clients_by_office", offices);
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
 * (altm_mask_counts()); where a sum is hidden, all that it is made of is. Nothing can be done here about two answers that
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
