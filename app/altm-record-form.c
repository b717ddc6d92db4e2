/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-record-form.h"

#include "altm-contact-page.h"
#include "altm-correction.h"
#include "altm-incident-page.h"

/* Which form a record is corrected in; @kind: of an observation alone. */
static const struct
{
  const char *type;
  const char *kind;
  GtkWidget *(*make) (AltmSession *session, const AltmDraft *draft);
} forms[] = {
  { "contact", NULL, altm_contact_page_new_from },
  { "observation", "incident", altm_incident_page_new_from },
};

/* The number of the form, or how many there are where there is none. */
static gsize
find_form (const AltmLine *line)
{
  const char *kind = altm_json_get_string (line->data, "kind");
  gsize i = 0;

  while (i < G_N_ELEMENTS (forms) && (g_strcmp0 (forms[i].type, line->type) != 0 || g_strcmp0 (forms[i].kind, kind) != 0))
    i++;
  return i;
}

/**
 * altm_record_form_can_correct:
 * @line: a record's latest revision
 */
gboolean
altm_record_form_can_correct (const AltmLine *line)
{
  return !line->is_deleted && line->data != NULL && find_form (line) < G_N_ELEMENTS (forms);
}

/**
 * altm_record_form_new:
 * @line: a record that altm_record_form_can_correct()
 *
 * Returns: the form that it was made in, filled with what it has; its private text is not shown, and stays unless another
 *   is written
 */
GtkWidget *
altm_record_form_new (AltmSession *session, const AltmLine *line)
{
  g_autoptr (AltmDraft) draft = altm_correction_begin (line);

  return forms[find_form (line)].make (session, draft);
}
