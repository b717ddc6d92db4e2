/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-console.h"
#include "altm-hq-accounts.h"
#include "altm-throttle.h"
#include "altm-tickets.h"

G_BEGIN_DECLS

/**
 * AltmConsoleCall: a call that is being answered.
 * @query: the names and values behind the question mark
 * @form: (nullable): the body, an object
 * @account: who is signed in; of nobody where the call needs none
 * @token: (nullable): the session's
 */
typedef struct
{
  AltmConsole *console;
  const AltmRequest *request;
  AltmHqStore *store;
  AltmSql *sql;
  GHashTable *query;
  json_t *form;
  AltmHqAccount account;
  char *token;
  gint64 now;
} AltmConsoleCall;

AltmThrottle *altm_console_get_throttle (AltmConsole *self);
AltmTickets *altm_console_get_tickets (AltmConsole *self);
AltmReply *altm_console_refuse (guint status, const char *name, const char *title);
char *altm_console_act (AltmConsoleCall *call, json_t *request, GError **error);
gboolean altm_console_change (AltmConsoleCall *call, AltmWorkerJob job, gpointer data, GError **error);
gpointer altm_console_ask (AltmConsoleCall *call, AltmWorkerJob job, gpointer data);
AltmReply *altm_console_reply_refusal (const GError *error);
AltmReply *altm_console_do (AltmConsoleCall *call, json_t *request, const char *name);
AltmReply *altm_console_reply_list (json_t *list, const char *name, const GError *error);

void altm_console_zip (const AltmRequest *request, AltmReply *reply);
AltmReply *altm_console_get_page (const AltmRequest *request);
AltmReply *altm_console_sign_in (AltmConsoleCall *call);
AltmReply *altm_console_sign_out (AltmConsoleCall *call);
AltmReply *altm_console_tell_session (AltmConsoleCall *call);
AltmReply *altm_console_get_choices (AltmConsoleCall *call);
AltmReply *altm_console_get_figures (AltmConsoleCall *call);
AltmReply *altm_console_get_month (AltmConsoleCall *call);
AltmReply *altm_console_open_adulte_relais (AltmConsoleCall *call);
AltmReply *altm_console_get_referrals (AltmConsoleCall *call);
AltmReply *altm_console_set_referral (AltmConsoleCall *call);
gboolean altm_console_may_see_referral (AltmConsoleCall *call, const char *id);
AltmReply *altm_console_open_liaison (AltmConsoleCall *call);
AltmReply *altm_console_get_letterhead (AltmConsoleCall *call);
AltmReply *altm_console_set_letterhead (AltmConsoleCall *call);
AltmReply *altm_console_get_quarantine (AltmConsoleCall *call);
AltmReply *altm_console_settle_line (AltmConsoleCall *call);
AltmReply *altm_console_count_waiting (AltmConsoleCall *call);
AltmReply *altm_console_get_twins (AltmConsoleCall *call);
AltmReply *altm_console_settle_twins (AltmConsoleCall *call);
AltmReply *altm_console_ask_twins (AltmConsoleCall *call);
AltmReply *altm_console_get_tablets (AltmConsoleCall *call);
AltmReply *altm_console_make_code (AltmConsoleCall *call);
AltmReply *altm_console_draw_qr (AltmConsoleCall *call);
AltmReply *altm_console_order (AltmConsoleCall *call);
AltmReply *altm_console_get_lists (AltmConsoleCall *call);
AltmReply *altm_console_get_list_file (AltmConsoleCall *call);
AltmReply *altm_console_change_list (AltmConsoleCall *call);
AltmReply *altm_console_grant_export (AltmConsoleCall *call);
AltmReply *altm_console_download (AltmConsoleCall *call);
AltmReply *altm_console_get_columns (AltmConsoleCall *call);
AltmReply *altm_console_find_rights (AltmConsoleCall *call);
AltmReply *altm_console_export_rights (AltmConsoleCall *call);
AltmReply *altm_console_erase (AltmConsoleCall *call);
AltmReply *altm_console_get_retention (AltmConsoleCall *call);
AltmReply *altm_console_get_log (AltmConsoleCall *call);
AltmReply *altm_console_get_accounts (AltmConsoleCall *call);
AltmReply *altm_console_add_account (AltmConsoleCall *call);
AltmReply *altm_console_set_role (AltmConsoleCall *call);
AltmReply *altm_console_close_account (AltmConsoleCall *call);
AltmReply *altm_console_set_password (AltmConsoleCall *call);
AltmReply *altm_console_set_own_password (AltmConsoleCall *call);
AltmReply *altm_console_get_tokens (AltmConsoleCall *call);
AltmReply *altm_console_add_token (AltmConsoleCall *call);
AltmReply *altm_console_revoke_token (AltmConsoleCall *call);

G_END_DECLS
