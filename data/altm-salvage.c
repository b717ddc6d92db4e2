/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-salvage.h"

#include <sodium.h>
#include <string.h>

#include "altm-cell.h"
#include "altm-outbox.h"
#include "altm-seal.h"
#include "altm-time.h"
#include "altm-uuid.h"

/* How a frozen line begins, by which it is found where nothing else tells of it. */
#define LINE_START "{\"v\":1,\"seq\":"

/* Seqs are left out after a recovery, so that none that may have been lost is given out again. */
#define SEQ_MARGIN 1000

typedef struct
{
  AltmPages *pages;
  AltmSql *into;
  GHashTable *names;   /* "id/rev" -> seq, of the lines that the index tells of */
  GHashTable *times;   /* seq -> time, by the other index */
  GHashTable *refused; /* "id/rev" of lines whose bytes are not to be believed */
  gboolean has_unsummed; /* lines of before their SHA-256 was kept */
  gboolean are_lines;  /* the second time round; the first is for what they are judged by */
  GError *problem;     /* of writing, which ends all */
} Work;

static char *
get_text (const AltmCell *cell, guint column)
{
  const AltmValue *value = &cell->values[column];

  return value->kind == ALTM_CELL_TEXT ? g_strndup (value->bytes, value->size) : NULL;
}

static gint64
get_number (const AltmCell *cell, guint column)
{
  return cell->values[column].number;
}

static char *
name_line (const char *id, gint64 rev)
{
  return g_strdup_printf ("%s/%" G_GINT64_FORMAT, id, rev);
}

static gint64 *
box (gint64 number)
{
  return g_memdup2 (&number, sizeof number);
}

/* The entries of UNIQUE (id, rev): a second word on which lines there were. */
static void
take_name (Work *work, const AltmCell *cell)
{
  g_autofree char *id = get_text (cell, 0);
  gint64 rev = get_number (cell, 1), seq = get_number (cell, 2);

  if (altm_uuid_is_v7 (id) && rev > 0 && seq > 0)
    g_hash_table_insert (work->names, name_line (id, rev), box (seq));
}

/* The entries of the indexes of two numbers; the one by state holds no second word on anything. */
static void
take_time (Work *work, const AltmCell *cell)
{
  if (get_number (cell, 0) > ALTM_STATE_QUARANTINED)
    g_hash_table_insert (work->times, box (get_number (cell, 1)), box (get_number (cell, 0)));
}

static void
take_note (Work *work, const AltmCell *cell)
{
  g_autofree char *id = get_text (cell, 1);

  if (cell->rowid > 0 && altm_uuid_is_v7 (id) && get_number (cell, 2) > 0 &&
      cell->values[3].size == crypto_hash_sha256_BYTES)
    altm_sql_run (work->into, &work->problem, "INSERT OR IGNORE INTO notes VALUES (?, ?, ?, ?, ?)", "isihi",
                  cell->rowid, id, get_number (cell, 2), (const guint8 *) cell->values[3].bytes,
                  (gint64) (get_number (cell, 4) != 0));
}

static GBytes *
get_blob (const AltmCell *cell, guint column)
{
  const AltmValue *value = &cell->values[column];

  return value->kind == ALTM_CELL_BLOB ? g_bytes_new (value->bytes, value->size) : NULL;
}

static gboolean
is_object (const char *text)
{
  g_autoptr(json_t) root = altm_json_parse (text, strlen (text), NULL);

  return root != NULL;
}

/* What HQ gives again is asked for again: its epoch (so that all is compared first), the news. */
static void
take_setting (Work *work, const AltmCell *cell)
{
  static const char *const left[] = { "epoch", "news", "recovered", NULL };
  g_autofree char *name = get_text (cell, 0);
  g_autofree char *value = get_text (cell, 1);

  if (g_strv_contains (left, name) || (strcmp (name, "device_id") == 0 && !altm_uuid_is_valid (value)) ||
      (strcmp (name, "seal_key") == 0 && !altm_seal_is_key (value)) || (strcmp (name, "shift") == 0 && !is_object (value)))
    return;
  altm_sql_run (work->into, &work->problem, "INSERT OR IGNORE INTO settings VALUES (?, ?)", "ss", name, value);
}

static void
take_lists (Work *work, const AltmCell *cell)
{
  g_autoptr(json_t) root = altm_json_parse (cell->values[1].bytes, cell->values[1].size, NULL);
  g_autoptr(AltmLists) lists = root != NULL ? altm_lists_new (root, NULL) : NULL;
  g_autofree char *body = get_text (cell, 1);

  if (lists != NULL && altm_lists_get_version (lists) == cell->rowid)
    altm_sql_run (work->into, &work->problem, "INSERT OR IGNORE INTO lists VALUES (?, ?)", "is", cell->rowid, body);
}

static void
take_news (Work *work, const AltmCell *cell)
{
  g_autofree char *id = get_text (cell, 0);
  g_autofree char *kind = get_text (cell, 1);
  g_autofree char *body = get_text (cell, 3);

  if (is_object (body))
    altm_sql_run (work->into, &work->problem, "INSERT OR IGNORE INTO news VALUES (?, ?, ?, ?)", "ssis", id, kind,
                  get_number (cell, 2), body);
}

static void
take_slot (Work *work, const AltmCell *cell)
{
  g_autofree char *office = get_text (cell, 0);
  g_autofree char *id = get_text (cell, 2);
  g_autofree char *shift = get_text (cell, 3);
  g_autofree char *by = get_text (cell, 4);

  if (altm_uuid_is_v7 (id) && get_number (cell, 1) % ALTM_SLOT == 0)
    altm_sql_run (work->into, &work->problem, "INSERT OR IGNORE INTO flow_slots VALUES (?, ?, ?, ?, ?, ?)", "sisssi",
                  office, get_number (cell, 1), id, shift, by, (gint64) (get_number (cell, 5) != 0));
}

static void
take_count (Work *work, const AltmCell *cell)
{
  g_autofree char *office = get_text (cell, 0);
  g_autofree char *code = get_text (cell, 2);

  if (get_number (cell, 1) % ALTM_SLOT == 0 && get_number (cell, 3) >= 0)
    altm_sql_run (work->into, &work->problem, "INSERT OR IGNORE INTO flow_counts VALUES (?, ?, ?, ?)", "sisi", office,
                  get_number (cell, 1), code, get_number (cell, 3));
}

static void
take_draft (Work *work, const AltmCell *cell)
{
  g_autofree char *form = get_text (cell, 0);
  g_autofree char *id = get_text (cell, 1);
  g_autofree char *data = get_text (cell, 3);
  g_autoptr(GBytes) private = get_blob (cell, 4);

  if (is_object (data))
    altm_sql_run (work->into, &work->problem, "INSERT OR IGNORE INTO drafts VALUES (?, ?, ?, ?, ?)", "ssisb", form, id,
                  get_number (cell, 2), data, private);
}

typedef enum
{
  NOTED_NOT,
  NOTED_SAME,
  NOTED_OTHERWISE,
} Noted;

/* What HQ acknowledged under a line's seq and name: these bytes, or others. */
static Noted
find_note (Work *work, const AltmLine *line, GBytes *bytes)
{
  g_autoptr(AltmRows) rows = altm_sql_query (work->into, &work->problem,
                                             "SELECT sha256 FROM notes WHERE seq = ? AND id = ? AND rev = ?", "isi",
                                             line->seq, line->id, line->rev);

  if (!altm_sql_step (work->into, rows, NULL))
    return NOTED_NOT;
  return altm_line_is_frozen (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), sqlite3_column_blob (rows, 0),
                              (gsize) sqlite3_column_bytes (rows, 0))
           ? NOTED_SAME
           : NOTED_OTHERWISE;
}

/* Acknowledged only with its note: what HQ holds anyway does no harm when it is sent again. */
static gint64
choose_state (const AltmCell *row, Noted noted)
{
  gint64 state = row != NULL && row->is_current ? get_number (row, 7) : ALTM_STATE_ACKNOWLEDGED;

  if (state == ALTM_STATE_QUARANTINED)
    return state;
  return state == ALTM_STATE_ACKNOWLEDGED && noted == NOTED_SAME ? ALTM_STATE_ACKNOWLEDGED : ALTM_STATE_QUEUED;
}

static void
insert_line (Work *work, const AltmLine *line, GBytes *bytes, const AltmCell *row)
{
  Noted noted = find_note (work, line, bytes);
  gint64 state = choose_state (row, noted);
  gboolean is_settled = state != ALTM_STATE_QUEUED;
  gint64 queued_at = row != NULL ? get_number (row, 8) : line->time;
  gint64 settled_at = row != NULL && row->values[9].kind == ALTM_CELL_INTEGER ? get_number (row, 9) : queued_at;
  g_autofree char *reason = row != NULL && state == ALTM_STATE_QUARANTINED ? get_text (row, 10) : NULL;
  guint8 sha256[crypto_hash_sha256_BYTES];
  g_autofree char *detail = row != NULL && state == ALTM_STATE_QUARANTINED ? get_text (row, 11) : NULL;
  /* A row as it was once may have a copy that was removed since. */
  g_autoptr(GBytes) copy = row != NULL && row->is_current && row->n_values > 14 ? get_blob (row, 14) : NULL;

  if (noted == NOTED_OTHERWISE)
    {
      g_hash_table_add (work->refused, name_line (line->id, line->rev));
      return;
    }
  crypto_hash_sha256 (sha256, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  altm_sql_run (work->into, &work->problem,
                "INSERT OR IGNORE INTO lines"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, CASE WHEN ?9 THEN ?10 END, ?11, ?12, ?13, ?14, ?15)",
                "isisiiiiiissbhb", line->seq, line->id, line->rev, line->type, line->time, (gint64) line->is_deleted,
                state, queued_at, (gint64) is_settled, settled_at, reason, detail, bytes, sha256, copy);
  /* A note with a few bits flipped is put right. */
  if (noted == NOTED_SAME)
    altm_sql_run (work->into, &work->problem, "UPDATE notes SET sha256 = ?1 WHERE seq = ?2 AND sha256 <> ?1", "hi",
                  sha256, line->seq);
}

static gboolean
equals_text (const AltmCell *cell, guint column, const char *text)
{
  const AltmValue *value = &cell->values[column];

  return value->size == strlen (text) && memcmp (value->bytes, text, value->size) == 0;
}

static gboolean
is_vouched_for (Work *work, const AltmLine *line, const AltmCell *row)
{
  g_autofree char *name = name_line (line->id, line->rev);
  const gint64 *seq = g_hash_table_lookup (work->names, name);

  if (row == NULL) /* the index may be damaged where it says nothing */
    return seq == NULL || *seq == line->seq;
  return (seq != NULL && *seq == line->seq) ||
         (row->rowid == line->seq && equals_text (row, 1, line->id) && get_number (row, 2) == line->rev);
}

static gboolean
has_its_type (const AltmLine *line, const AltmCell *row)
{
  g_autofree char *type = get_text (row, 3);

  return strcmp (type, line->type) == 0 ||
         (altm_record_type_find (type) == NULL && altm_record_type_find (line->type) != NULL);
}

static gboolean
has_its_time (Work *work, const AltmLine *line, const AltmCell *row)
{
  const gint64 *time = g_hash_table_lookup (work->times, &line->seq);

  return get_number (row, 4) == line->time || (time != NULL && *time == line->time);
}

/* A line and its columns say the same twice: where they differ one of them is damaged, and the
 * line is believed only where the column is clearly the one. */
static gboolean
is_as_its_row (Work *work, const AltmLine *line, const AltmCell *row)
{
  return has_its_type (line, row) && has_its_time (work, line, row) &&
         (get_number (row, 5) == line->is_deleted || (guint64) get_number (row, 5) > 1);
}

static void
judge_line (Work *work, const char *text, gsize size, const AltmCell *row)
{
  g_auto(AltmLine) line = { NULL };
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *name = NULL;

  if (!altm_line_read (&line, text, size, NULL))
    return;
  name = name_line (line.id, line.rev);
  if (row == NULL && g_hash_table_contains (work->refused, name))
    return;
  if (!is_vouched_for (work, &line, row) || (row != NULL && !is_as_its_row (work, &line, row)))
    {
      g_hash_table_add (work->refused, g_steal_pointer (&name));
      return;
    }
  bytes = g_bytes_new (text, size);
  insert_line (work, &line, bytes, row);
}

static void
take_line (Work *work, const AltmCell *cell)
{
  const AltmValue *bytes = &cell->values[12], *sum = &cell->values[13];

  if (cell->n_values == 13 || sum->kind == ALTM_CELL_NULL)
    work->has_unsummed = TRUE;
  else if (!altm_line_is_frozen (bytes->bytes, bytes->size, (const guint8 *) sum->bytes, sum->size))
    return;
  judge_line (work, bytes->bytes, bytes->size, cell);
}

/* The tables by the shape of their rows: n NULL, i whole number, t text, b blob, in capitals or
 * NULL. A migration that adds a column adds a shape here: damaged stores are of any version. */
static const struct
{
  gboolean has_rowid;
  const char *shape;
  gboolean is_line;
  void (*take) (Work *work, const AltmCell *cell);
} tables[] = {
  { FALSE, "tt", FALSE, take_setting }, { TRUE, "nt", FALSE, take_lists },
  { TRUE, "ntibi", FALSE, take_note },  { TRUE, "ttit", FALSE, take_news },
  { FALSE, "tii", FALSE, take_name },   { FALSE, "titTTi", FALSE, take_slot },
  { FALSE, "titi", FALSE, take_count }, { FALSE, "iii", FALSE, take_time },
  { TRUE, "ntitiiiiiITTb", TRUE, take_line },
  { TRUE, "ntitiiiiiITTbB", TRUE, take_line },
  { TRUE, "ntitiiiiiITTbBB", TRUE, take_line },
  { TRUE, "tTitB", FALSE, take_draft },
};

static gboolean
has_kind (const AltmValue *value, char kind)
{
  if (g_ascii_isupper (kind) && value->kind == ALTM_CELL_NULL)
    return TRUE;
  switch (g_ascii_tolower (kind))
    {
    case 'i':
      return value->kind == ALTM_CELL_INTEGER;
    case 't':
      return value->kind == ALTM_CELL_TEXT && g_utf8_validate_len (value->bytes, value->size, NULL);
    case 'b':
      return value->kind == ALTM_CELL_BLOB;
    default:
      return value->kind == ALTM_CELL_NULL;
    }
}

static gboolean
has_shape (const AltmCell *cell, gboolean has_rowid, const char *shape)
{
  if (cell->has_rowid != has_rowid || cell->n_values != strlen (shape))
    return FALSE;
  for (guint i = 0; i < cell->n_values; i++)
    if (!has_kind (&cell->values[i], shape[i]))
      return FALSE;
  return TRUE;
}

static void
take_cell (const AltmCell *cell, gpointer data)
{
  Work *work = data;

  for (gsize i = 0; work->problem == NULL && i < G_N_ELEMENTS (tables); i++)
    if (tables[i].is_line == work->are_lines && (cell->is_current || tables[i].is_line) &&
        has_shape (cell, tables[i].has_rowid, tables[i].shape))
      tables[i].take (work, cell);
}

static void
take_page (const AltmPage *page, gpointer data)
{
  Work *work = data;

  if (work->problem == NULL)
    altm_cell_visit (work->pages, page, take_cell, work);
}

/* Where the object ends that begins at @text, 0 where it does not within @size bytes. */
static gsize
measure_object (const char *text, gsize size)
{
  gboolean in_string = FALSE;
  int depth = 0;

  for (gsize i = 0; i < size; i++)
    {
      if (in_string && text[i] == '\\')
        i++;
      else if (text[i] == '"')
        in_string = !in_string;
      else if (!in_string && text[i] == '{')
        depth++;
      else if (!in_string && text[i] == '}' && --depth == 0)
        return i + 1;
    }
  return 0;
}

/* In a row a line's SHA-256 comes right after it, unless the file was cut off there. */
static gboolean
is_summed (Work *work, const char *text, gsize size, const char *end)
{
  gboolean has_sum = (gsize) (end - text) >= size + crypto_hash_sha256_BYTES;

  return work->has_unsummed || !has_sum ||
         altm_line_is_frozen (text, size, (const guint8 *) text + size, crypto_hash_sha256_BYTES);
}

/* Where pages have lost their order the lines are still there, each from brace to brace. */
static void
search_bytes (const char *bytes, gsize n_bytes, gpointer data)
{
  const char *at = bytes, *end = bytes + n_bytes;

  while (((Work *) data)->problem == NULL &&
         (at = memmem (at, (gsize) (end - at), LINE_START, strlen (LINE_START))) != NULL)
    {
      gsize size = measure_object (at, MIN ((gsize) (end - at), ALTM_LINE_BYTES));

      if (size > 0 && is_summed (data, at, size, end))
        judge_line (data, at, size, NULL);
      at += strlen (LINE_START);
    }
}

static void
finish_tables (Work *work)
{
  static const char *const statements[] = {
    "UPDATE lines SET is_latest = 1 WHERE rev = (SELECT MAX (rev) FROM lines AS other WHERE other.id = lines.id)",
    "DELETE FROM lists WHERE version < (SELECT MAX (version) FROM lists)",
    "DELETE FROM settings WHERE name = 'lists_tag' AND NOT EXISTS (SELECT 1 FROM lists)",
    /* Without all three the tablet has to be enrolled anew, which queues everything again. */
    "DELETE FROM settings WHERE name = 'device_id'"
    " AND (SELECT COUNT (*) FROM settings WHERE name IN ('device_id', 'token', 'url')) < 3",
    /* A slot's next revision must not say less than the one that is queued. */
    "INSERT OR IGNORE INTO flow_counts"
    " SELECT s.office, s.slot, c.key, c.value FROM flow_slots AS s JOIN lines AS l ON l.id = s.id AND l.is_latest"
    "  JOIN json_each (CAST (l.bytes AS TEXT), '$.data.counts') AS c WHERE c.type = 'integer'",
    "INSERT OR REPLACE INTO settings SELECT 'last_seq', MAX (IFNULL ((SELECT MAX (seq) FROM lines), 0),"
    " IFNULL ((SELECT MAX (seq) FROM notes), 0),"
    " IFNULL ((SELECT CAST (value AS INTEGER) FROM settings WHERE name = 'last_seq'), 0)) + " G_STRINGIFY (SEQ_MARGIN),
  };

  for (gsize i = 0; work->problem == NULL && i < G_N_ELEMENTS (statements); i++)
    altm_sql_run (work->into, &work->problem, statements[i], "");
}

static void
count_line (Work *work, const char *name, AltmRecovery *counts)
{
  g_auto(GStrv) parts = g_strsplit (name, "/", 2);
  gint64 rev = g_ascii_strtoll (parts[1], NULL, 10);
  const gint64 *seq = g_hash_table_lookup (work->names, name);

  if (altm_sql_get_integer (work->into, 0, "SELECT 1 FROM lines WHERE id = ? AND rev = ?", "si", parts[0], rev))
    return;
  if (seq != NULL && altm_sql_get_integer (work->into, 0, "SELECT 1 FROM notes WHERE seq = ? AND id = ? AND rev = ?",
                                           "isi", *seq, parts[0], rev))
    counts->held++;
  else
    counts->lost++;
}

static void
count_lines (Work *work, AltmRecovery *counts)
{
  GHashTableIter iter;
  gpointer name;

  *counts = (AltmRecovery) { .taken = altm_sql_get_integer (work->into, 0, "SELECT COUNT (*) FROM lines", "") };
  g_hash_table_iter_init (&iter, work->names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    count_line (work, name, counts);
  g_hash_table_iter_init (&iter, work->refused);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (work->names, name))
      count_line (work, name, counts);
}

/**
 * altm_salvage_run:
 * @pages: of a damaged store
 * @into: a new, empty store, in a transaction of the caller's
 * @counts: (out caller-allocates): what was taken over, as far as the damaged store tells
 *
 * Takes over what can be read: settings, lists, notes, news, client flow, and the lines. A line is
 * taken with its frozen bytes where they are a line, say the same as its columns or the index, and
 * are those that HQ acknowledged where it did; it is acknowledged here only with HQ's note, and
 * queued otherwise. The epoch is left out, so that all is compared with HQ before anything is
 * sent, and the counter leaps, so that no lost seq is given out again.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR of @into
 */
gboolean
altm_salvage_run (AltmPages *pages, AltmSql *into, AltmRecovery *counts, GError **error)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) times = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  Work work = { pages, into, names, times, refused, FALSE, FALSE, NULL };

  altm_pages_visit (pages, take_page, &work);
  work.are_lines = TRUE;
  altm_pages_visit (pages, take_page, &work);
  altm_pages_visit_bytes (pages, search_bytes, &work);
  finish_tables (&work);
  if (work.problem == NULL)
    {
      count_lines (&work, counts);
      return TRUE;
    }
  g_propagate_error (error, work.problem);
  return FALSE;
}
