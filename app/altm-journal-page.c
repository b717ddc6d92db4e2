/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-journal-page.h"

#include <adwaita.h>

#include "altm-indexer.h"
#include "altm-journal-row.h"
#include "altm-journal.h"
#include "altm-navigation.h"
#include "altm-record-page.h"

struct _AltmJournalPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkSearchBar *search_bar;
  GtkEditable *search_entry;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkListView *list_view;

  AltmSession *session;
  AltmJournal *journal;
  AltmIndexer *indexer;
};

G_DEFINE_FINAL_TYPE (AltmJournalPage, altm_journal_page, GTK_TYPE_WIDGET)

static void
setup_cb (AltmJournalPage *self, GtkListItem *item)
{
  gtk_list_item_set_child (item, altm_journal_row_new (self->session));
}

static void
bind_cb (AltmJournalPage *self, GtkListItem *item)
{
  guint position = gtk_list_item_get_position (item);
  g_autoptr (AltmJournalEntry) above = NULL;

  if (position > 0)
    above = g_list_model_get_item (G_LIST_MODEL (self->journal), position - 1);
  altm_journal_row_set_entry (ALTM_JOURNAL_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item), above);
}

static void
unbind_cb (AltmJournalPage *self, GtkListItem *item)
{
  altm_journal_row_set_entry (ALTM_JOURNAL_ROW (gtk_list_item_get_child (item)), NULL, NULL);
}

static void
activate_cb (AltmJournalPage *self, guint position)
{
  g_autoptr (AltmJournalEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->journal), position);

  if (entry != NULL && altm_journal_entry_is_loaded (entry))
    altm_navigation_push (GTK_WIDGET (self), altm_record_page_new (self->session, entry));
}

static void
show_fitting (AltmJournalPage *self)
{
  gboolean is_empty = g_list_model_get_n_items (G_LIST_MODEL (self->journal)) == 0;
  gboolean is_searching = *gtk_editable_get_text (self->search_entry) != '\0';
  const char *name = !is_empty ? "list" : is_searching ? "nothing" : "empty";

  gtk_stack_set_visible_child_name (self->stack, name);
}

/* What is there is found at once, and what is not in the index yet as soon as it is. */
static void
search_cb (AltmJournalPage *self)
{
  altm_journal_search (self->journal, gtk_editable_get_text (self->search_entry));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  if (*gtk_editable_get_text (self->search_entry) != '\0')
    altm_indexer_run_now (self->indexer);
  show_fitting (self);
}

static void
advanced_cb (AltmJournalPage *self)
{
  if (*gtk_editable_get_text (self->search_entry) != '\0')
    altm_journal_refresh (self->journal);
}

static void
changed_cb (AltmJournalPage *self)
{
  altm_journal_refresh (self->journal);
  altm_indexer_run_soon (self->indexer);
}

/**
 * altm_journal_page_search:
 *
 * Opens what is typed into to search, or closes it, which lists all again.
 */
void
altm_journal_page_search (AltmJournalPage *self)
{
  gtk_search_bar_set_search_mode (self->search_bar, !gtk_search_bar_get_search_mode (self->search_bar));
}

static void
failed_cb (AltmJournalPage *self, const GError *error)
{
  g_warning ("The journal cannot be read: %s", error->message);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
open_journal (AltmJournalPage *self)
{
  g_autoptr (GtkSelectionModel) selection = NULL;
  GListModel *model;

  self->journal = altm_journal_new (altm_session_get_directory (self->session), FALSE);
  model = g_object_ref (G_LIST_MODEL (self->journal));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (model));
  gtk_list_view_set_model (self->list_view, selection);
  g_signal_connect_object (self->journal, "items-changed", G_CALLBACK (show_fitting), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->journal, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->indexer, "advanced", G_CALLBACK (advanced_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->journal, "search-failed", G_CALLBACK (altm_indexer_run_soon), self->indexer,
                           G_CONNECT_SWAPPED);
  altm_indexer_run_soon (self->indexer);
  show_fitting (self);
}

static void
altm_journal_page_dispose (GObject *object)
{
  AltmJournalPage *self = ALTM_JOURNAL_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->indexer);
  g_clear_object (&self->journal);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_journal_page_parent_class)->dispose (object);
}

static void
altm_journal_page_class_init (AltmJournalPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_journal_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-journal-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmJournalPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalPage, list_view);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_journal_page_init (AltmJournalPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_set (gtk_editable_get_delegate (self->search_entry), "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK, NULL);
  gtk_search_bar_connect_entry (self->search_bar, self->search_entry);
  /* Typing anywhere on the page is a search. */
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self));
}

GtkWidget *
altm_journal_page_new (AltmSession *session)
{
  AltmJournalPage *self = g_object_new (ALTM_TYPE_JOURNAL_PAGE, NULL);

  self->session = g_object_ref (session);
  self->indexer = altm_indexer_new (altm_session_get_worker (session));
  open_journal (self);
  return GTK_WIDGET (self);
}
