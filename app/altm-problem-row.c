/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-problem-row.h"

#include <glib/gi18n.h>

#include "altm-format.h"
#include "altm-problem.h"
#include "altm-summary.h"

struct _AltmProblemRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *title_label;
  GtkLabel *record_label;
  GtkLabel *advice_label;

  AltmSession *session;
  AltmJournalEntry *entry;
};

G_DEFINE_FINAL_TYPE (AltmProblemRow, altm_problem_row, GTK_TYPE_LIST_BOX_ROW)

static void
show (AltmProblemRow *self)
{
  const AltmProblem *problem;
  g_autofree char *title = NULL;
  g_autofree char *told = NULL;
  g_autofree char *details = NULL;
  g_autofree char *record = NULL;

  if (!altm_journal_entry_is_loaded (self->entry))
    return;
  problem = altm_problem_find (altm_journal_entry_get_reason (self->entry));
  title = g_strdup_printf (altm_journal_entry_get_state (self->entry) == ALTM_STATE_QUARANTINED ? _("Refused: %s")
                                                                                                : _("To correct: %s"),
                           _(problem->title));
  told = altm_summary_title (self->session, self->entry);
  details = altm_summary_details (self->session, self->entry, g_get_real_time ());
  record = altm_format_join ((const char *[]){ told, details, NULL });
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->record_label, record);
  gtk_label_set_label (self->advice_label, _(problem->advice));
}

static void
altm_problem_row_dispose (GObject *object)
{
  g_clear_object (&ALTM_PROBLEM_ROW (object)->session);
  g_clear_object (&ALTM_PROBLEM_ROW (object)->entry);
  G_OBJECT_CLASS (altm_problem_row_parent_class)->dispose (object);
}

static void
altm_problem_row_class_init (AltmProblemRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_problem_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-problem-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmProblemRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, AltmProblemRow, record_label);
  gtk_widget_class_bind_template_child (widget_class, AltmProblemRow, advice_label);
}

static void
altm_problem_row_init (AltmProblemRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_problem_row_new (AltmSession *session, AltmJournalEntry *entry)
{
  AltmProblemRow *self = g_object_new (ALTM_TYPE_PROBLEM_ROW, NULL);

  self->session = g_object_ref (session);
  self->entry = g_object_ref (entry);
  g_signal_connect_object (entry, "notify::is-loaded", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}

/**
 * altm_problem_row_get_entry:
 *
 * Returns: (transfer none): the record that it tells of
 */
AltmJournalEntry *
altm_problem_row_get_entry (AltmProblemRow *self)
{
  return self->entry;
}
