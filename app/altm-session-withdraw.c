/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-session-withdraw.h"

static void
free_withdrawal (gpointer data)
{
  altm_withdrawal_unref (data);
}

static gboolean
withdraw (AltmStore *store, gpointer data, GError **error)
{
  return altm_withdrawal_make (data, store, g_get_real_time (), error);
}

static gboolean
restore (AltmStore *store, gpointer data, GError **error)
{
  return altm_withdrawal_undo (data, store, g_get_real_time (), error);
}

static void
withdrawn_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (altm_session_finish (ALTM_SESSION (source), result, &error))
    g_task_return_pointer (task, altm_withdrawal_ref (g_task_get_task_data (task)), free_withdrawal);
  else
    g_task_return_error (task, error);
}

/**
 * altm_session_withdraw_async:
 * @id: of a record: HQ counts it no more; a contact's referrals go with it
 * @callback: called after the COMMIT, or with the reason why nothing was saved
 *
 * Can be done while locked.
 */
void
altm_session_withdraw_async (AltmSession *self, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  AltmWithdrawal *withdrawal = altm_withdrawal_new (id);

  g_task_set_source_tag (task, altm_session_withdraw_async);
  g_task_set_task_data (task, withdrawal, free_withdrawal);
  altm_session_run_async (self, withdraw, altm_withdrawal_ref (withdrawal), free_withdrawal, withdrawn_cb, task);
}

/**
 * altm_session_withdraw_finish:
 *
 * Returns: (transfer full): what altm_session_restore_async() takes to undo it, or %NULL with the errors of
 *   altm_withdrawal_make()
 */
AltmWithdrawal *
altm_session_withdraw_finish (AltmSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * altm_session_restore_async:
 *
 * Undoes a withdrawal: HQ counts its records again.
 */
void
altm_session_restore_async (AltmSession *self, AltmWithdrawal *withdrawal, GAsyncReadyCallback callback, gpointer user_data)
{
  altm_session_run_async (self, restore, altm_withdrawal_ref (withdrawal), free_withdrawal, callback, user_data);
}

static gboolean
restore_withdrawn (AltmStore *store, gpointer data, GError **error)
{
  g_autoptr (AltmWithdrawal) withdrawal = altm_withdrawal_load (store, data, error);

  return withdrawal != NULL && altm_withdrawal_undo (withdrawal, store, g_get_real_time (), error);
}

/**
 * altm_session_restore_withdrawn_async:
 * @id: of a record that was withdrawn some time ago
 *
 * Undoes that withdrawal, see altm_withdrawal_load(): HQ counts its records again. altm_session_restore_finish() ends it.
 */
void
altm_session_restore_withdrawn_async (AltmSession *self, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
  altm_session_run_async (self, restore_withdrawn, g_strdup (id), g_free, callback, user_data);
}

/**
 * altm_session_restore_finish:
 *
 * Returns: %TRUE, or %FALSE with the errors of altm_withdrawal_load() and altm_withdrawal_undo()
 */
gboolean
altm_session_restore_finish (AltmSession *self, GAsyncResult *result, GError **error)
{
  return altm_session_finish (self, result, error);
}
