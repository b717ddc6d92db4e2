/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-json.h"
#include "altm-sql.h"

G_BEGIN_DECLS

#define ALTM_HQ_TOKENS_ERROR (altm_hq_tokens_error_quark ())

/**
 * AltmHqTokensError:
 * @ALTM_HQ_TOKENS_ERROR_NAME: a name is 1 to 64 characters without control characters
 * @ALTM_HQ_TOKENS_ERROR_SCOPE: no such scope
 * @ALTM_HQ_TOKENS_ERROR_END: the last day is none, is over, or more than a year away
 * @ALTM_HQ_TOKENS_ERROR_EXISTS: a token of this name is in use
 * @ALTM_HQ_TOKENS_ERROR_UNKNOWN: no token of this name is in use
 */
typedef enum
{
  ALTM_HQ_TOKENS_ERROR_NAME,
  ALTM_HQ_TOKENS_ERROR_SCOPE,
  ALTM_HQ_TOKENS_ERROR_END,
  ALTM_HQ_TOKENS_ERROR_EXISTS,
  ALTM_HQ_TOKENS_ERROR_UNKNOWN,
} AltmHqTokensError;

/**
 * AltmScope: what a program may read; each may read also what those before it may.
 * @ALTM_SCOPE_FIGURES: figures, masked as all that leaves HQ, and the lists
 * @ALTM_SCOPE_RECORDS: each record, without what is sealed
 */
typedef enum
{
  ALTM_SCOPE_FIGURES,
  ALTM_SCOPE_RECORDS,
  ALTM_N_SCOPES,
} AltmScope;

/**
 * AltmHqToken: what a program asks HQ with.
 * @teams: an array of names; empty for all of them
 * @last_day: (nullable): YYYY-MM-DD in Europe/Paris, %NULL for a year from now
 * @is_stale: whether altm_hq_tokens_see() is due
 */
typedef struct
{
  gint64 n;
  char *name;
  AltmScope scope;
  json_t *teams;
  char *last_day;
  gboolean is_stale;
} AltmHqToken;

GQuark altm_hq_tokens_error_quark (void);
void altm_hq_token_clear (AltmHqToken *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmHqToken, altm_hq_token_clear)

const char *altm_scope_get_name (AltmScope scope);
gboolean altm_scope_parse (const char *name, AltmScope *scope);

char *altm_hq_tokens_add (AltmSql *sql, const AltmHqToken *token, const char *who, gint64 now, GError **error);
gboolean altm_hq_tokens_find (AltmSql *sql, const guint8 *sha256, gint64 now, AltmHqToken *token);
gboolean altm_hq_tokens_see (AltmSql *sql, gint64 n, gint64 now, GError **error);
gboolean altm_hq_tokens_revoke (AltmSql *sql, const char *name, gint64 now, GError **error);
gboolean altm_hq_tokens_carry (AltmSql *from, AltmSql *to, GError **error);
json_t *altm_hq_tokens_list (AltmSql *sql, GError **error);

G_END_DECLS
