/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-journal-private.h"

struct _AltmJournalEntry
{
  GObject parent_instance;

  gboolean is_loaded;
  AltmJournalRow row;
};

enum
{
  PROP_IS_LOADED = 1,
  N_PROPS
};

G_DEFINE_TYPE (AltmJournalEntry, altm_journal_entry, G_TYPE_OBJECT)

void
altm_journal_row_clear (AltmJournalRow *self)
{
  altm_line_clear (&self->line);
  altm_line_clear (&self->before);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->before_bytes, g_bytes_unref);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->detail, g_free);
}

static void
altm_journal_entry_finalize (GObject *object)
{
  altm_journal_row_clear (&ALTM_JOURNAL_ENTRY (object)->row);
  G_OBJECT_CLASS (altm_journal_entry_parent_class)->finalize (object);
}

static void
altm_journal_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_IS_LOADED)
    g_value_set_boolean (value, ALTM_JOURNAL_ENTRY (object)->is_loaded);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
altm_journal_entry_class_init (AltmJournalEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = altm_journal_entry_finalize;
  object_class->get_property = altm_journal_entry_get_property;
  g_object_class_install_property (object_class, PROP_IS_LOADED,
                                   g_param_spec_boolean ("is-loaded", NULL, NULL, FALSE,
                                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
altm_journal_entry_init (AltmJournalEntry *self)
{
}

AltmJournalEntry *
altm_journal_entry_new (void)
{
  return g_object_new (ALTM_TYPE_JOURNAL_ENTRY, NULL);
}

static void
read_line (AltmLine *line, GBytes **bytes)
{
  if (*bytes != NULL)
    altm_line_read (line, g_bytes_get_data (*bytes, NULL), g_bytes_get_size (*bytes), NULL);
  g_clear_pointer (bytes, g_bytes_unref);
}

/* Takes what @row holds. */
void
altm_journal_entry_fill (AltmJournalEntry *self, AltmJournalRow *row)
{
  altm_journal_row_clear (&self->row);
  self->row = *row;
  memset (row, 0, sizeof *row);
  read_line (&self->row.line, &self->row.bytes);
  read_line (&self->row.before, &self->row.before_bytes);
  self->is_loaded = TRUE;
  g_object_notify (G_OBJECT (self), "is-loaded");
}

/**
 * altm_journal_entry_is_loaded:
 *
 * Returns: whether the entry has been filled; until then all else is empty
 */
gboolean
altm_journal_entry_is_loaded (AltmJournalEntry *self)
{
  return self->is_loaded;
}

/**
 * altm_journal_entry_get_id:
 *
 * Returns: (nullable) (transfer none): the record's id
 */
const char *
altm_journal_entry_get_id (AltmJournalEntry *self)
{
  return self->row.line.id;
}

/**
 * altm_journal_entry_get_record_type:
 *
 * Returns: (nullable) (transfer none): the name of its record type
 */
const char *
altm_journal_entry_get_record_type (AltmJournalEntry *self)
{
  return self->row.line.type;
}

/**
 * altm_journal_entry_get_time:
 *
 * Returns: its `at`, microseconds since 1970-01-01 UTC
 */
gint64
altm_journal_entry_get_time (AltmJournalEntry *self)
{
  return self->row.line.time;
}

/**
 * altm_journal_entry_get_place:
 *
 * Returns: (nullable) (transfer none): the id of its place
 */
const char *
altm_journal_entry_get_place (AltmJournalEntry *self)
{
  return self->row.line.place;
}

/**
 * altm_journal_entry_get_state:
 *
 * Returns: where its latest revision stands
 */
AltmState
altm_journal_entry_get_state (AltmJournalEntry *self)
{
  return self->row.state;
}

/**
 * altm_journal_entry_get_reason:
 *
 * Returns: (nullable) (transfer none): why HQ could not take it: a problem's name, such as
 *   "unknown-code"
 */
const char *
altm_journal_entry_get_reason (AltmJournalEntry *self)
{
  return self->row.reason;
}

/**
 * altm_journal_entry_get_detail:
 *
 * Returns: (nullable) (transfer none): HQ's words on it, in English, naming the field
 */
const char *
altm_journal_entry_get_detail (AltmJournalEntry *self)
{
  return self->row.detail;
}

/**
 * altm_journal_entry_is_deleted:
 *
 * Returns: whether the record was withdrawn
 */
gboolean
altm_journal_entry_is_deleted (AltmJournalEntry *self)
{
  return self->row.line.is_deleted;
}

/**
 * altm_journal_entry_get_data:
 *
 * Returns: (nullable) (transfer none): its fields; where it was withdrawn, those that it had, %NULL where the tablet has
 *   them no more
 */
json_t *
altm_journal_entry_get_data (AltmJournalEntry *self)
{
  return self->row.line.is_deleted ? self->row.before.data : self->row.line.data;
}
