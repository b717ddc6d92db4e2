/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-record-form.h"

#include "altm-contact-page.h"
#include "altm-correction.h"
#include "altm-follow-page.h"
#include "altm-incident-page.h"
#include "altm-place-page.h"

/* What was begun of a correction and left is gone on with. */
static GtkWidget *
correct_in (AltmSession *session, const AltmLine *line, const char *kind,
            GtkWidget *(*make) (AltmSession *session, const AltmDraft *draft))
{
  const AltmDraft *left = altm_session_find_draft (session, kind, line->id);
  g_autoptr (AltmDraft) fresh = left == NULL ? altm_correction_begin (line) : NULL;

  return make (session, left == NULL ? fresh : left);
}

static GtkWidget *
correct_contact (AltmSession *session, const AltmLine *line)
{
  return correct_in (session, line, "contact", altm_contact_page_new_from);
}

static GtkWidget *
correct_observation (AltmSession *session, const AltmLine *line)
{
  return correct_in (session, line, "incident", altm_incident_page_new_from);
}

static GtkWidget *
correct_referral (AltmSession *session, const AltmLine *line)
{
  return altm_follow_page_new (session, line->id);
}

/* The page in which a record is corrected. */
static const struct
{
  const char *type;
  GtkWidget *(*make) (AltmSession *session, const AltmLine *line);
} forms[] = {
  { "contact", correct_contact },
  { "observation", correct_observation },
  { "referral", correct_referral },
  { "shift", altm_place_page_new_to_move },
};

/* The number of the form, or how many there are where there is none. */
static gsize
find_form (const AltmLine *line)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (forms) && g_strcmp0 (forms[i].type, line->type) != 0)
    i++;
  return i;
}

/* What is counted at a post office is that office's: such a shift is not moved. */
static gboolean
is_at_post_office (const AltmLine *line)
{
  return g_strcmp0 (line->type, "shift") == 0 &&
         g_strcmp0 (altm_json_get_string (line->data, "channel"), "bureau_poste") == 0;
}

/**
 * altm_record_form_can_correct:
 * @line: a record's latest revision
 */
gboolean
altm_record_form_can_correct (const AltmLine *line)
{
  return !line->is_deleted && line->data != NULL && find_form (line) < G_N_ELEMENTS (forms) && !is_at_post_office (line);
}

/**
 * altm_record_form_new:
 * @line: a record that altm_record_form_can_correct()
 *
 * Returns: where it is put right: the form that it was made in, filled with what it has, whose private text is not shown,
 *   and stays unless another is written; of a referral, its follow-up; of a shift, its place
 */
GtkWidget *
altm_record_form_new (AltmSession *session, const AltmLine *line)
{
  return forms[find_form (line)].make (session, line);
}
