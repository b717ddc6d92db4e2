/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_REFERRAL_PAGE (altm_referral_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmReferralPage, altm_referral_page, ALTM, REFERRAL_PAGE, GtkWidget)

/**
 * AltmReferralPage: to whom to refer: types of structure by the theme, real structures of the
 * place's town first, searched as one types.
 * #AltmReferralPage::referred hands over the #AltmReferral that came of it; #AltmReferralPage::chosen the structure's id,
 * or %NULL, and its type.
 */
GtkWidget *altm_referral_page_new_to_choose (AltmSession *session);
GtkWidget *altm_referral_page_new (AltmSession *session, json_t *themes, gboolean is_child,
                                   const char *contact);

G_END_DECLS
