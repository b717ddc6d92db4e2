/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-copies.h"
#include "altm-outbox.h"

G_BEGIN_DECLS

/** ALTM_DRAFTS: at most so many forms have a draft at a time. */
#define ALTM_DRAFTS 32

/** ALTM_DRAFT_BYTES: the longest either part of a draft may be, written as JSON. */
#define ALTM_DRAFT_BYTES (16 * 1024)

/**
 * AltmDraft: a form as it was left. Owns what it points at.
 * @form: the form's name
 * @id: (nullable): the record's id that the form chose, to save it under
 * @updated_at: microseconds since 1970-01-01 UTC
 * @data: what was entered, in the form's own words
 * @private: (nullable): the private fields, where a key pair was given that opens them
 * @state: whether there are private fields, and whether they can be read
 */
typedef struct
{
  char *form;
  char *id;
  gint64 updated_at;
  json_t *data;
  json_t *private;
  AltmCopyState state;
} AltmDraft;

/**
 * AltmDraftChange: what a form becomes, where it goes on after its record is saved; see altm_draft_save().
 */
typedef struct
{
  const char *form;
  const char *id;
  json_t *data;
  json_t *private;
} AltmDraftChange;

void altm_draft_free (AltmDraft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmDraft, altm_draft_free)

gboolean altm_draft_save (AltmStore *store, const char *form, const char *id, json_t *data, json_t *private,
                          gint64 now, GError **error);
AltmDraft *altm_draft_load (AltmStore *store, const char *form, AltmSealPair *pair, GError **error);
gboolean altm_draft_drop (AltmStore *store, const char *form, GError **error);
gboolean altm_draft_finish (AltmStore *store, const char *const *forms, const AltmEntry *entries, gsize n_entries,
                            gint64 now, GError **error);
gboolean altm_draft_finish_with (AltmStore *store, const char *const *forms, const AltmDraftChange *change,
                                 const AltmEntry *entries, gsize n_entries, gint64 now, GError **error);
char **altm_draft_list (AltmStore *store, GError **error);

G_END_DECLS
