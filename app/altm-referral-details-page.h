/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-referral.h"

G_BEGIN_DECLS

#define ALTM_TYPE_REFERRAL_DETAILS_PAGE (altm_referral_details_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmReferralDetailsPage, altm_referral_details_page, ALTM,
                      REFERRAL_DETAILS_PAGE, GtkWidget)

/**
 * AltmReferralDetailsPage: a card to show to the person, how the referral stands, and, only once
 * it is said who agrees, the fields that identify them. It is a draft of its own until it is added to
 * the contact.
 */
GtkWidget *altm_referral_details_page_new (AltmSession *session, AltmReferral *referral,
                                           gboolean is_child, const char *contact);
GtkWidget *altm_referral_details_page_new_from (AltmSession *session, const AltmDraft *draft,
                                                gboolean is_child, const char *contact);

G_END_DECLS
