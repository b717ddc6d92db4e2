/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-session.h"

G_BEGIN_DECLS

/**
 * AltmReferral: a referral that is being made, to a structure or only to a type of structure.
 * @structure: (nullable): id of a structure
 * @name, @phone, @purpose: %NULL or empty unless the person agreed (@has_consent)
 */
typedef struct
{
  char *structure;
  char *structure_type;
  char *theme;
  char *reference;
  char *status;
  char *mode;
  gboolean has_consent;
  char *name;
  char *phone;
  char *purpose;
} AltmReferral;

AltmReferral *altm_referral_new (const char *structure, const char *structure_type,
                                 const char *theme);
AltmReferral *altm_referral_copy (const AltmReferral *self);
void altm_referral_free (AltmReferral *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmReferral, altm_referral_free)

const char *altm_referral_get_target (const AltmReferral *self, AltmSession *session);
json_t *altm_referral_to_data (const AltmReferral *self, const char *contact);
json_t *altm_referral_to_private (const AltmReferral *self);

G_END_DECLS
