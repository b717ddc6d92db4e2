/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-correction.h"

/* In a form's draft: what it corrects. `before`: the record's fields; `shown`: what the form made of them before anybody
 * touched it. */
#define CORRECTION "correction"
#define BEFORE "before"
#define SHOWN "shown"

static void
set_text (json_t *object, const char *key, const char *text)
{
  if (text != NULL)
    json_object_set_new (object, key, json_string (text));
}

static json_t *
new_origin (const AltmLine *line)
{
  json_t *origin = json_object ();

  set_text (origin, "begun", line->at);
  set_text (origin, "channel", altm_json_get_string (line->data, "channel"));
  set_text (origin, "by", line->by);
  set_text (origin, "shift", line->shift);
  set_text (origin, "place", line->place);
  return origin;
}

/**
 * altm_correction_begin:
 * @line: a record's latest revision, which is not withdrawn
 *
 * Returns: (transfer full): what the form of its type goes on from, as from a draft; it has no name, as it is on no disk
 */
AltmDraft *
altm_correction_begin (const AltmLine *line)
{
  AltmDraft *draft = g_new0 (AltmDraft, 1);

  draft->id = g_strdup (line->id);
  draft->data = json_pack ("{s:o, s:O, s:{s:O}}", "origin", new_origin (line), "data", line->data, CORRECTION, BEFORE,
                           line->data);
  draft->state = ALTM_COPY_NONE;
  return draft;
}

/**
 * altm_correction_take:
 * @draft: which a form was filled from
 * @shown: (transfer full): the fields as the form has them now
 *
 * Returns: (transfer full) (nullable): what altm_correction_apply() needs; %NULL where the draft is of a new record
 */
json_t *
altm_correction_take (const AltmDraft *draft, json_t *shown)
{
  g_autoptr (json_t) owned = shown;
  json_t *correction = json_object_get (draft->data, CORRECTION);

  if (!json_is_object (correction))
    return NULL;
  correction = json_deep_copy (correction);
  if (json_object_get (correction, SHOWN) == NULL)
    json_object_set (correction, SHOWN, owned);
  return correction;
}

/**
 * altm_correction_apply:
 * @correction: (nullable): of altm_correction_take(), %NULL for a new record
 * @entered: (transfer full): the fields as the form has them
 *
 * What was not touched stays as it was in the record, also where the form knows nothing of it, or offers its code no more.
 *
 * Returns: (transfer full): the fields to save
 */
json_t *
altm_correction_apply (json_t *correction, json_t *entered)
{
  json_t *shown = json_object_get (correction, SHOWN);
  const char *key;
  json_t *value;
  json_t *data;

  if (correction == NULL)
    return entered;
  data = json_deep_copy (json_object_get (correction, BEFORE));
  json_object_foreach (shown, key, value)
    if (json_object_get (entered, key) == NULL)
      json_object_del (data, key);
  json_object_foreach (entered, key, value)
    if (!json_equal (value, json_object_get (shown, key)))
      json_object_set (data, key, value);
  json_decref (entered);
  return data;
}

/**
 * altm_correction_keep:
 * @correction: (nullable): see altm_correction_apply()
 * @draft_data: the form's draft, which goes on to be a correction
 */
void
altm_correction_keep (json_t *correction, json_t *draft_data)
{
  if (correction != NULL)
    json_object_set (draft_data, CORRECTION, correction);
}
