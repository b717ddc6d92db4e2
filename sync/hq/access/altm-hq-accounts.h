/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-json.h"
#include "altm-sql.h"

G_BEGIN_DECLS

#define ALTM_HQ_ACCOUNTS_ERROR (altm_hq_accounts_error_quark ())

/**
 * AltmHqAccountsError:
 * @ALTM_HQ_ACCOUNTS_ERROR_NAME: a name is 1 to 64 characters without control characters
 * @ALTM_HQ_ACCOUNTS_ERROR_ROLE: no such role
 * @ALTM_HQ_ACCOUNTS_ERROR_PASSWORD: a password has 12 characters or more
 * @ALTM_HQ_ACCOUNTS_ERROR_EXISTS: somebody is called so already
 * @ALTM_HQ_ACCOUNTS_ERROR_UNKNOWN: nobody is called so
 * @ALTM_HQ_ACCOUNTS_ERROR_LAST: nobody else is of the direction
 */
typedef enum
{
  ALTM_HQ_ACCOUNTS_ERROR_NAME,
  ALTM_HQ_ACCOUNTS_ERROR_ROLE,
  ALTM_HQ_ACCOUNTS_ERROR_PASSWORD,
  ALTM_HQ_ACCOUNTS_ERROR_EXISTS,
  ALTM_HQ_ACCOUNTS_ERROR_UNKNOWN,
  ALTM_HQ_ACCOUNTS_ERROR_LAST,
} AltmHqAccountsError;

/**
 * AltmRole: what somebody may do at the console; each may do also what those before it may.
 * @ALTM_ROLE_READER: read figures
 * @ALTM_ROLE_MANAGER: all that concerns the records of their own teams
 * @ALTM_ROLE_DIRECTION: everything
 */
typedef enum
{
  ALTM_ROLE_READER,
  ALTM_ROLE_MANAGER,
  ALTM_ROLE_DIRECTION,
  ALTM_N_ROLES,
} AltmRole;

/**
 * AltmHqAccount: somebody who may sign in.
 * @teams: of a manager, an array of names; empty for all of them
 * @password: crypto_pwhash_str()'s text
 */
typedef struct
{
  gint64 n;
  char *name;
  AltmRole role;
  json_t *teams;
  char *password;
} AltmHqAccount;

GQuark altm_hq_accounts_error_quark (void);
void altm_hq_account_clear (AltmHqAccount *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AltmHqAccount, altm_hq_account_clear)

const char *altm_role_get_name (AltmRole role);
gboolean altm_role_parse (const char *name, AltmRole *role);
gboolean altm_hq_accounts_is_name (const char *name);
char *altm_hq_accounts_hash (const char *password, GError **error);

gboolean altm_hq_accounts_add (AltmSql *sql, const AltmHqAccount *account, gint64 now, GError **error);
gboolean altm_hq_accounts_find (AltmSql *sql, const char *name, AltmHqAccount *account);
gboolean altm_hq_accounts_set_password (AltmSql *sql, const char *name, const char *password, const char *keep, GError **error);
gboolean altm_hq_accounts_set_role (AltmSql *sql, const AltmHqAccount *account, GError **error);
gboolean altm_hq_accounts_close (AltmSql *sql, const char *name, gint64 now, GError **error);
json_t *altm_hq_accounts_list (AltmSql *sql, GError **error);

G_END_DECLS
