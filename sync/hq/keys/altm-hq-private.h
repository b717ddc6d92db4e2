/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-seal.h"
#include "altm-sql.h"

G_BEGIN_DECLS

#define ALTM_HQ_PRIVATE_ERROR (altm_hq_private_error_quark ())

/**
 * AltmHqPrivateError:
 * @ALTM_HQ_PRIVATE_ERROR_NO_RECORD: HQ has no record of this id, or not this revision
 * @ALTM_HQ_PRIVATE_ERROR_NOTHING: it has no private part, or it was removed
 * @ALTM_HQ_PRIVATE_ERROR_WITHDRAWN: the person's agreement, or the record, was withdrawn
 */
typedef enum
{
  ALTM_HQ_PRIVATE_ERROR_NO_RECORD,
  ALTM_HQ_PRIVATE_ERROR_NOTHING,
  ALTM_HQ_PRIVATE_ERROR_WITHDRAWN,
} AltmHqPrivateError;

/** AltmHqPrivate: the private part that holds for a revision, still sealed (%NULL: none), and the
 * revision @rev that brought it. */
typedef struct
{
  char *sealed;
  gint64 rev;
} AltmHqPrivate;

GQuark altm_hq_private_error_quark (void);
void altm_hq_private_clear (AltmHqPrivate *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmHqPrivate, altm_hq_private_clear)

gboolean altm_hq_private_find (AltmSql *sql, const char *id, gint64 rev, AltmHqPrivate *found, GError **error);
gboolean altm_hq_private_look_up (AltmSql *sql, const char *id, gint64 rev, AltmHqPrivate *found, GError **error);
json_t *altm_hq_private_open (const AltmHqPrivate *self, const char *id, AltmSealPair *pair, GError **error);

G_END_DECLS
