/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-session.h"

G_BEGIN_DECLS

/**
 * AltmReferral: a referral that is being made, to a structure or only to a type of structure.
 * @id: of its record
 * @structure: (nullable): id of a structure
 * @consent_of: (nullable): whose agreement there is to pass the name on, a code of the list `accord`;
 *   %NULL where there is none
 * @is_refused: whether they were asked and did not agree; without an agreement and without this, nobody was asked
 * @name, @phone, @purpose: %NULL or empty without an agreement
 */
typedef struct
{
  char *id;
  char *structure;
  char *structure_type;
  char *theme;
  char *reference;
  char *status;
  char *mode;
  char *consent_of;
  char *name;
  char *phone;
  char *purpose;
  gboolean is_refused;
} AltmReferral;

AltmReferral *altm_referral_new (const char *structure, const char *structure_type,
                                 const char *theme);
AltmReferral *altm_referral_copy (const AltmReferral *self);
void altm_referral_free (AltmReferral *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmReferral, altm_referral_free)

const char *altm_referral_get_target (const AltmReferral *self, AltmSession *session);
void altm_referral_withdraw_consent (AltmReferral *self);
void altm_referral_forget_person (AltmReferral *self);
json_t *altm_referral_to_draft (const AltmReferral *self);
AltmReferral *altm_referral_from_draft (const AltmDraft *draft);
void altm_referral_set_private (AltmReferral *self, json_t *private);
json_t *altm_referral_to_data (const AltmReferral *self, AltmLists *lists, const char *contact,
                               const char *public);
json_t *altm_referral_to_private (const AltmReferral *self);

G_END_DECLS
