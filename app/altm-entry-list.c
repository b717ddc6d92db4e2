/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-entry-list.h"

struct _AltmEntryList
{
  GArray *entries;
  GPtrArray *drafts;
  GStringChunk *texts;
  AltmDraftChange change;
};

static void
clear_entry (gpointer data)
{
  AltmEntry *entry = data;

  json_decref (entry->data);
  json_decref (entry->private);
}

AltmEntryList *
altm_entry_list_new (void)
{
  AltmEntryList *self = g_new0 (AltmEntryList, 1);

  self->entries = g_array_new (FALSE, TRUE, sizeof (AltmEntry));
  g_array_set_clear_func (self->entries, clear_entry);
  self->drafts = g_ptr_array_new ();
  self->texts = g_string_chunk_new (256);
  return self;
}

void
altm_entry_list_free (AltmEntryList *self)
{
  g_array_unref (self->entries);
  g_ptr_array_unref (self->drafts);
  g_string_chunk_free (self->texts);
  json_decref (self->change.data);
  json_decref (self->change.private);
  g_free (self);
}

static const char *
keep_text (AltmEntryList *self, const char *text)
{
  return text == NULL ? NULL : g_string_chunk_insert (self->texts, text);
}

/**
 * altm_entry_list_add:
 * @entry: a record; its texts are copied, its `data` and `private` are taken over
 */
void
altm_entry_list_add (AltmEntryList *self, const AltmEntry *entry)
{
  AltmEntry kept = *entry;

  kept.type = keep_text (self, entry->type);
  kept.id = keep_text (self, entry->id);
  kept.at = keep_text (self, entry->at);
  kept.by = keep_text (self, entry->by);
  kept.shift = keep_text (self, entry->shift);
  kept.place = keep_text (self, entry->place);
  g_array_append_val (self->entries, kept);
}

/**
 * altm_entry_list_add_draft:
 * @form: the name of a form, whose draft goes as soon as the records are saved
 */
void
altm_entry_list_add_draft (AltmEntryList *self, const char *form)
{
  g_ptr_array_add (self->drafts, (gpointer) keep_text (self, form));
}

/**
 * altm_entry_list_change_draft:
 * @form: the name of a form that goes on, changed, as soon as the records are saved
 * @id: as altm_draft_save() has it
 * @data: (transfer full): likewise
 * @private: (nullable) (transfer full): likewise
 *
 * One form can be changed so.
 */
void
altm_entry_list_change_draft (AltmEntryList *self, const char *form, const char *id, json_t *data, json_t *private)
{
  self->change.form = keep_text (self, form);
  self->change.id = keep_text (self, id);
  self->change.data = data;
  self->change.private = private;
}

/**
 * altm_entry_list_save:
 *
 * Queues the records, and drops and changes drafts, in one transaction. In the store's thread.
 */
gboolean
altm_entry_list_save (AltmEntryList *self, AltmStore *store, gint64 now, GError **error)
{
  g_ptr_array_add (self->drafts, NULL);
  return altm_draft_finish_with (store, (const char *const *) self->drafts->pdata,
                                 self->change.form == NULL ? NULL : &self->change,
                                 (const AltmEntry *) (void *) self->entries->data, self->entries->len, now, error);
}
