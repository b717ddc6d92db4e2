/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ALTM_PASSPHRASE_ERROR (altm_passphrase_error_quark ())

/**
 * AltmPassphraseError:
 * @ALTM_PASSPHRASE_ERROR_NONE: none was given, or it was broken off
 * @ALTM_PASSPHRASE_ERROR_TEXT: too long, or not text in UTF-8
 * @ALTM_PASSPHRASE_ERROR_DIFFERS: what was typed the second time is not the same
 */
typedef enum
{
  ALTM_PASSPHRASE_ERROR_NONE,
  ALTM_PASSPHRASE_ERROR_TEXT,
  ALTM_PASSPHRASE_ERROR_DIFFERS,
} AltmPassphraseError;

/** AltmPassphrase: a passphrase as text, in memory that is not swapped out; wiped when freed. */
typedef char AltmPassphrase;

GQuark altm_passphrase_error_quark (void);
AltmPassphrase *altm_passphrase_read (const char *prompt, GError **error);
AltmPassphrase *altm_passphrase_read_new (const char *prompt, GError **error);
void altm_passphrase_free (AltmPassphrase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmPassphrase, altm_passphrase_free)

G_END_DECLS
