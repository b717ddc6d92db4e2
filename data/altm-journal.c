/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-journal-private.h"

#include "altm-outbox-private.h"
#include "altm-search.h"
#include "altm-store-private.h"
#include "altm-store-reader.h"

#define PAGE 50
#define PAGES_KEPT 8

/* A page: PAGE entries from its first position on; filled when its rows come. */
typedef struct
{
  guint number;
  GPtrArray *entries;
} Page;

struct _AltmJournal
{
  GObject parent_instance;

  AltmWorker *reader;
  gboolean only_quarantined;
  guint n_items;
  GQueue pages; /* latest asked for first */
  guint generation; /* what was asked before a refresh is dropped */
  char *text; /* what is looked for, %NULL for all */
  GArray *seqs; /* what was found of it, latest first */
  gboolean is_new_search;
};

/* @entries: those of the page asked for, NULL for a count. Rows show them still where the page
 * itself, in a list that is scrolled fast, was let go of before its answer came. */
typedef struct
{
  guint number;
  gboolean only_quarantined;
  guint generation;
  GPtrArray *entries;
  AltmJournal *journal;
  char *text;
  GArray *seqs;
  gboolean is_unreadable; /* the store could not be opened */
} Request;

/* How many items there are, and which, where something is looked for. */
typedef struct
{
  guint n_items;
  GArray *seqs;
} Count;

enum
{
  FAILED,
  SEARCH_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void altm_journal_list_model_init (GListModelInterface *iface);

G_DEFINE_TYPE_WITH_CODE (AltmJournal, altm_journal, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, altm_journal_list_model_init))

static void
page_free (Page *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}

static void
request_free (gpointer data)
{
  Request *self = data;

  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_pointer (&self->seqs, g_array_unref);
  g_free (self->text);
  g_object_unref (self->journal);
  g_free (self);
}

static void
count_free (gpointer data)
{
  Count *self = data;

  g_clear_pointer (&self->seqs, g_array_unref);
  g_free (self);
}

static Request *
request_new (AltmJournal *journal, guint number)
{
  Request *self = g_new0 (Request, 1);

  *self = (Request) { number, journal->only_quarantined, journal->generation, NULL, g_object_ref (journal), NULL, NULL, FALSE };
  return self;
}

static void
row_free (gpointer data)
{
  altm_journal_row_clear (data);
  g_free (data);
}

/* Of a record that was withdrawn, also what it was before. */
#define COLUMNS                                                                                                      \
  "bytes, state, reason, detail, CASE WHEN is_deleted THEN (SELECT bytes FROM lines AS before"                       \
  " WHERE before.id = lines.id AND NOT before.is_deleted ORDER BY before.rev DESC LIMIT 1) END"

static AltmJournalRow *
read_row (AltmRows *rows)
{
  AltmJournalRow *row = g_new0 (AltmJournalRow, 1);

  row->bytes = altm_rows_bytes (rows, 0);
  row->state = (AltmState) sqlite3_column_int (rows, 1);
  row->reason = g_strdup (altm_rows_text (rows, 2));
  row->detail = g_strdup (altm_rows_text (rows, 3));
  if (sqlite3_column_type (rows, 4) != SQLITE_NULL)
    row->before_bytes = altm_rows_bytes (rows, 4);
  return row;
}

/* What was found, by its numbers: one that was removed meanwhile leaves its row empty until the next refresh. */
static GPtrArray *
load_found (AltmSql *sql, Request *request, GError **error)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (row_free);

  for (guint i = request->number * PAGE; i < MIN ((request->number + 1) * PAGE, request->seqs->len); i++)
    {
      g_autoptr(AltmRows) rows = altm_sql_query (sql, error, "SELECT " COLUMNS " FROM lines WHERE seq = ?",
                                                 "i", g_array_index (request->seqs, gint64, i));

      if (rows == NULL || !altm_sql_step (sql, rows, error))
        break;
      g_ptr_array_add (found, read_row (rows));
    }
  return found;
}

static gpointer
load_page (gpointer thing, gpointer data, GError **error)
{
  static const char *const queries[] = {
    "SELECT " COLUMNS " FROM lines WHERE is_latest"
    " ORDER BY time DESC, seq DESC LIMIT ? OFFSET ?",
    "SELECT " COLUMNS " FROM lines WHERE " ALTM_OUTBOX_TO_SETTLE
    " ORDER BY seq DESC LIMIT ? OFFSET ?",
  };
  Request *request = data;
  AltmStore *store = altm_store_reader_get_store (thing, error);
  AltmSql *sql = store != NULL ? altm_store_get_sql (store) : NULL;
  g_autoptr(AltmRows) rows = NULL;
  GPtrArray *found;

  if (store == NULL)
    return NULL;
  if (request->seqs != NULL)
    return load_found (sql, request, error);
  found = g_ptr_array_new_with_free_func (row_free);
  rows = altm_sql_query (sql, error, queries[request->only_quarantined], "ii", (gint64) PAGE,
                         (gint64) request->number * PAGE);
  while (altm_sql_step (sql, rows, error))
    g_ptr_array_add (found, read_row (rows));
  return found;
}

static Page *
find_page (AltmJournal *self, guint number)
{
  for (GList *link = self->pages.head; link != NULL; link = link->next)
    if (((Page *) link->data)->number == number)
      {
        g_queue_unlink (&self->pages, link);
        g_queue_push_head_link (&self->pages, link);
        return link->data;
      }
  return NULL;
}

static void
page_loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  g_autoptr(GError) error = NULL;
  gboolean is_current = request->generation == request->journal->generation;
  g_autoptr(GPtrArray) rows = altm_worker_run_finish (result, &error);

  if (rows == NULL)
    g_warning ("The journal cannot be read: %s", error->message);
  for (guint i = 0; is_current && rows != NULL && i < MIN (rows->len, request->entries->len); i++)
    altm_journal_entry_fill (g_ptr_array_index (request->entries, i), g_ptr_array_index (rows, i));
  request_free (request);
}

static Page *
ask_page (AltmJournal *self, guint number)
{
  Page *page = g_new0 (Page, 1);
  guint first = number * PAGE;
  Request *request = request_new (self, number);

  page->number = number;
  page->entries = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = first; i < MIN (first + PAGE, self->n_items); i++)
    g_ptr_array_add (page->entries, altm_journal_entry_new ());
  request->entries = g_ptr_array_ref (page->entries);
  request->seqs = self->seqs == NULL ? NULL : g_array_ref (self->seqs);
  g_queue_push_head (&self->pages, page);
  if (self->pages.length > PAGES_KEPT)
    page_free (g_queue_pop_tail (&self->pages));
  altm_worker_run_async (self->reader, load_page, request, NULL, (GDestroyNotify) g_ptr_array_unref,
                         page_loaded_cb, request);
  return page;
}

static GType
altm_journal_get_item_type (GListModel *model)
{
  return ALTM_TYPE_JOURNAL_ENTRY;
}

static guint
altm_journal_get_n_items (GListModel *model)
{
  return ALTM_JOURNAL (model)->n_items;
}

static gpointer
altm_journal_get_item (GListModel *model, guint position)
{
  AltmJournal *self = ALTM_JOURNAL (model);
  Page *page;

  if (position >= self->n_items)
    return NULL;
  page = find_page (self, position / PAGE);
  if (page == NULL)
    page = ask_page (self, position / PAGE);
  return g_object_ref (g_ptr_array_index (page->entries, position % PAGE));
}

static void
altm_journal_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = altm_journal_get_item_type;
  iface->get_n_items = altm_journal_get_n_items;
  iface->get_item = altm_journal_get_item;
}

static void
drop_pages (AltmJournal *self)
{
  Page *page;

  self->generation++;
  while ((page = g_queue_pop_head (&self->pages)) != NULL)
    page_free (page);
}

static void
altm_journal_finalize (GObject *object)
{
  AltmJournal *self = ALTM_JOURNAL (object);

  drop_pages (self);
  g_clear_pointer (&self->reader, altm_worker_unref);
  g_clear_pointer (&self->seqs, g_array_unref);
  g_free (self->text);
  G_OBJECT_CLASS (altm_journal_parent_class)->finalize (object);
}

static void
altm_journal_class_init (AltmJournalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = altm_journal_finalize;
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_ERROR);
  signals[SEARCH_FAILED] = g_signal_new ("search-failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
altm_journal_init (AltmJournal *self)
{
  g_queue_init (&self->pages);
}

static gint64
count_all (AltmStore *store, Request *request)
{
  const char *query = request->only_quarantined ? "SELECT COUNT (*) FROM lines WHERE " ALTM_OUTBOX_TO_SETTLE
                                                : "SELECT COUNT (*) FROM lines WHERE is_latest";

  return altm_sql_get_integer (altm_store_get_sql (store), 0, query, "");
}

static gpointer
count_items (gpointer thing, gpointer data, GError **error)
{
  Request *request = data;
  g_autoptr(AltmSearch) search = request->text == NULL ? NULL : altm_search_new (request->text, g_get_real_time ());
  AltmStore *store = altm_store_reader_get_store (thing, error);
  Count *count;

  request->is_unreadable = store == NULL;
  if (store == NULL)
    return NULL;
  count = g_new0 (Count, 1);
  if (search == NULL)
    {
      count->n_items = (guint) count_all (store, request);
      return count;
    }
  count->seqs = altm_search_find (store, search, error);
  if (count->seqs == NULL)
    count->seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  count->n_items = count->seqs->len;
  return count;
}

/* Where the pages begin whose rows may be in view, after @shift rows came in above them. */
static guint
list_pages (AltmJournal *self, gint64 shift, guint *firsts)
{
  guint n_pages = 0;

  for (GList *link = self->pages.head; link != NULL; link = link->next)
    firsts[n_pages++] = (guint) MAX ((gint64) ((Page *) link->data)->number * PAGE + shift, 0);
  return n_pages;
}

/* What changed is nearly always at the top; the few rows in view are asked for again, page by
 * page: of items that are replaced all at once, a list view looks through every one for those that
 * it had, and so would have the whole journal read. */
static void
adopt_refresh (AltmJournal *self, guint n_items)
{
  guint before = self->n_items;
  guint kept = MIN (before, n_items);
  guint firsts[PAGES_KEPT];
  guint n_pages = list_pages (self, (gint64) n_items - before, firsts);

  drop_pages (self);
  self->n_items = n_items;
  if (n_items != before)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before - kept, n_items - kept);
  for (guint i = 0; i < n_pages; i++)
    if (firsts[i] < n_items)
      {
        guint length = MIN (PAGE, n_items - firsts[i]);

        g_list_model_items_changed (G_LIST_MODEL (self), firsts[i], length, length);
      }
}

/* Other items altogether: they go first, so that nobody looks for them among those that come. */
static void
adopt_search (AltmJournal *self, guint n_items)
{
  guint before = self->n_items;

  drop_pages (self);
  self->is_new_search = FALSE;
  self->n_items = 0;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, 0);
  self->n_items = n_items;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_items);
}

/* What was found by now is what is asked for page by page; a search that was typed over since is dropped. */
static void
counted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  g_autoptr(AltmJournal) self = g_object_ref (request->journal);
  g_autoptr(GError) error = NULL;
  Count *count = altm_worker_run_finish (result, &error);
  gboolean is_wanted = g_strcmp0 (request->text, self->text) == 0;
  guint failure = request->is_unreadable ? FAILED : SEARCH_FAILED;

  request_free (request);
  if (count != NULL && is_wanted)
    {
      g_clear_pointer (&self->seqs, g_array_unref);
      self->seqs = g_steal_pointer (&count->seqs);
      if (self->is_new_search)
        adopt_search (self, count->n_items);
      else
        adopt_refresh (self, count->n_items);
    }
  if (count == NULL && is_wanted && self->is_new_search)
    adopt_search (self, 0);
  if (error != NULL && is_wanted)
    g_signal_emit (self, signals[failure], 0, error);
  g_clear_pointer (&count, count_free);
}

/**
 * altm_journal_new:
 * @directory: the store's folder
 * @only_quarantined: whether only what HQ could not take, or wants corrected, is listed, and was not corrected or withdrawn since
 *
 * Returns: (transfer full): the journal, empty until it has been counted, in its reading thread; #AltmJournal::failed tells
 *   that the store cannot be opened, and the next refresh tries again
 */
AltmJournal *
altm_journal_new (const char *directory, gboolean only_quarantined)
{
  AltmJournal *self = g_object_new (ALTM_TYPE_JOURNAL, NULL);

  self->reader = altm_store_reader_new (directory);
  self->only_quarantined = only_quarantined;
  altm_journal_refresh (self);
  return self;
}

/**
 * altm_journal_refresh:
 *
 * Looks at the store again, in the reading thread: after something was saved or settled.
 */
void
altm_journal_refresh (AltmJournal *self)
{
  Request *request = request_new (self, 0);

  request->text = g_strdup (self->text);
  altm_worker_run_async (self->reader, count_items, request, NULL, count_free, counted_cb, request);
}

/**
 * altm_journal_search:
 * @text: (nullable): as altm_search_new() takes it; %NULL or nothing lists all
 *
 * Lists from now on only what is looked for, as far as the index has come.
 */
void
altm_journal_search (AltmJournal *self, const char *text)
{
  const char *wanted = text != NULL && *text != '\0' ? text : NULL;

  if (g_strcmp0 (wanted, self->text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (wanted);
  self->is_new_search = TRUE;
  altm_journal_refresh (self);
}
