/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-leaving.h"

#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-navigation.h"

static void
leave (GtkWidget *page)
{
  gtk_widget_activate_action (page, "win.say", "s", _("Kept for later"));
  altm_navigation_pop (page);
}

/* What will be lost of a form, %NULL where its draft is all of it. */
static const char *
tell_loss (AltmSession *session, AltmDraftKeeper *keeper)
{
  if (keeper == NULL)
    return NULL;
  if (altm_draft_keeper_has_failed (keeper))
    return _("What you entered on this page will not be kept.");
  if (altm_draft_keeper_has_private (keeper) && !altm_session_get_lock (session)->is_set)
    return _("What you chose is kept for later, but not the note, nor what names a person: without a PIN, this "
             "tablet can’t keep them.");
  return NULL;
}

/**
 * altm_leaving_keep:
 * @page: a form in which something was entered, whose back button was pressed
 * @keeper: of its draft
 * @other: (nullable): of the draft of what belongs to it
 *
 * Goes back from it. Its draft stays, and is offered on the main page, which says how to go on with it or to discard it;
 * where the draft is not all of it, that is asked first.
 */
void
altm_leaving_keep (GtkWidget *page, AltmSession *session, AltmDraftKeeper *keeper, AltmDraftKeeper *other)
{
  const char *loss = tell_loss (session, keeper);

  if (loss == NULL)
    loss = tell_loss (session, other);
  if (loss == NULL)
    leave (page);
  else
    altm_dialog_ask (page, _("Leave without saving?"), loss, _("Stay"), _("Leave"), ADW_RESPONSE_DESTRUCTIVE,
                     G_CALLBACK (leave), page);
}
