/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmPrivacyKind: what in a text would identify a person.
 * @ALTM_PRIVACY_PHONE: a telephone number, French or with its country's code
 * @ALTM_PRIVACY_EMAIL: an e-mail address
 * @ALTM_PRIVACY_NIR: a social security number (numéro d'inscription au répertoire)
 * @ALTM_PRIVACY_IBAN: a bank account's number
 * @ALTM_PRIVACY_NOT_IN_CLEAR: what a text that is not sealed may not hold: all but telephone
 *   numbers, since a structure's is no secret
 */
typedef enum
{
  ALTM_PRIVACY_NONE = 0,
  ALTM_PRIVACY_PHONE = 1 << 0,
  ALTM_PRIVACY_EMAIL = 1 << 1,
  ALTM_PRIVACY_NIR = 1 << 2,
  ALTM_PRIVACY_IBAN = 1 << 3,
  ALTM_PRIVACY_ANY = ALTM_PRIVACY_PHONE | ALTM_PRIVACY_EMAIL | ALTM_PRIVACY_NIR | ALTM_PRIVACY_IBAN,
  ALTM_PRIVACY_NOT_IN_CLEAR = ALTM_PRIVACY_EMAIL | ALTM_PRIVACY_NIR | ALTM_PRIVACY_IBAN,
} AltmPrivacyKind;

AltmPrivacyKind altm_privacy_find (const char *text, AltmPrivacyKind wanted, gsize *start, gsize *end);

G_END_DECLS
