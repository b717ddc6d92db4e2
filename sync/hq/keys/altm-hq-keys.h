/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "altm-seal.h"

G_BEGIN_DECLS

#define ALTM_HQ_KEYS_ERROR (altm_hq_keys_error_quark ())

/**
 * AltmHqKeysError:
 * @ALTM_HQ_KEYS_ERROR_MISSING: the store was used with a key that is in no file
 * @ALTM_HQ_KEYS_ERROR_OTHER: the files hold keys, but not the store's
 * @ALTM_HQ_KEYS_ERROR_DAMAGED: the keys file is not what this program wrote, or was altered
 * @ALTM_HQ_KEYS_ERROR_UNPROTECTED: there is no key that people hold yet: `keys protect` makes one
 * @ALTM_HQ_KEYS_ERROR_HOLDER: nobody, or somebody already, holds the keys by this name
 * @ALTM_HQ_KEYS_ERROR_LAST: the last holder is not withdrawn
 * @ALTM_HQ_KEYS_ERROR_PASSPHRASE: the passphrase is wrong
 * @ALTM_HQ_KEYS_ERROR_WEAK: a passphrase that is guessed too easily
 * @ALTM_HQ_KEYS_ERROR_UNKNOWN_KEY: it was sealed to a key that is not in the keys file
 * @ALTM_HQ_KEYS_ERROR_IN_USE: another command is changing the keys
 * @ALTM_HQ_KEYS_ERROR_FAILED: what the disk or the memory says
 */
typedef enum
{
  ALTM_HQ_KEYS_ERROR_MISSING,
  ALTM_HQ_KEYS_ERROR_OTHER,
  ALTM_HQ_KEYS_ERROR_DAMAGED,
  ALTM_HQ_KEYS_ERROR_UNPROTECTED,
  ALTM_HQ_KEYS_ERROR_HOLDER,
  ALTM_HQ_KEYS_ERROR_LAST,
  ALTM_HQ_KEYS_ERROR_PASSPHRASE,
  ALTM_HQ_KEYS_ERROR_WEAK,
  ALTM_HQ_KEYS_ERROR_UNKNOWN_KEY,
  ALTM_HQ_KEYS_ERROR_IN_USE,
  ALTM_HQ_KEYS_ERROR_FAILED,
} AltmHqKeysError;

/** ALTM_HQ_KEYS_PASSPHRASE: the least characters that a holder's passphrase has: the keys file may be
 * copied, and then nothing slows guessing but its cost. */
#define ALTM_HQ_KEYS_PASSPHRASE 12

/**
 * AltmHqKeys: HQ's sealing keys as its files hold them. Serving needs their public halves alone.
 *
 * Either there is one key whose secret half lies open in `STORE.key`, or the keys file (`STORE.keys`)
 * holds them all: one master pair, whose secret half is wrapped for each holder by a passphrase (a
 * vault), and HQ's pairs, whose secret halves are sealed to the master's public half. So a new pair
 * takes no passphrase, and each holder opens what was sealed to any of them.
 */
typedef struct _AltmHqKeys AltmHqKeys;

/** AltmHqHolder: who shows to be a holder, by which passphrase. */
typedef struct
{
  const char *name;
  const char *passphrase;
} AltmHqHolder;

GQuark altm_hq_keys_error_quark (void);
AltmHqKeys *altm_hq_keys_load (const char *directory, const char *path, GError **error);
void altm_hq_keys_free (AltmHqKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmHqKeys, altm_hq_keys_free)

const char *altm_hq_keys_get_path (AltmHqKeys *self);
const char *altm_hq_keys_get_current (AltmHqKeys *self);
gboolean altm_hq_keys_is_protected (AltmHqKeys *self);
gboolean altm_hq_keys_has_stray (AltmHqKeys *self);
char **altm_hq_keys_list_holders (AltmHqKeys *self);
gboolean altm_hq_keys_check (AltmHqKeys *self, const char *known, GError **error);
gboolean altm_hq_keys_write (AltmHqKeys *self, FILE *output, GError **error);

gboolean altm_hq_keys_make (AltmHqKeys *self, GError **error);
gboolean altm_hq_keys_protect (AltmHqKeys *self, const AltmHqHolder *holder, gint64 now, GError **error);
gboolean altm_hq_keys_grant (AltmHqKeys *self, const AltmHqHolder *by, const AltmHqHolder *holder, GError **error);
gboolean altm_hq_keys_withdraw (AltmHqKeys *self, const char *holder, GError **error);
gboolean altm_hq_keys_change_passphrase (AltmHqKeys *self, const AltmHqHolder *holder, const char *passphrase,
                                         GError **error);
gboolean altm_hq_keys_rotate (AltmHqKeys *self, gint64 now, GError **error);
gboolean altm_hq_keys_check_open (AltmHqKeys *self, const char *sealed, const char *holder, GError **error);
AltmSealPair *altm_hq_keys_unlock (AltmHqKeys *self, const char *sealed, const AltmHqHolder *holder, GError **error);

G_END_DECLS
