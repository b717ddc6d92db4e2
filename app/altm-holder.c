/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-holder.h"

#include <glib/gi18n.h>

/**
 * altm_holder_name:
 * @holder: as the keys name them
 *
 * Returns: (transfer none): how people call them: the mediator's name where the lists have it
 */
const char *
altm_holder_name (AltmSession *session, const char *holder)
{
  json_t *mediators = altm_lists_get_mediators (altm_session_get_lists (session));
  size_t i;
  json_t *mediator;

  if (g_str_equal (holder, ALTM_SESSION_TABLET))
    return _("Everyone on this tablet");
  json_array_foreach (mediators, i, mediator)
    if (g_strcmp0 (altm_json_get_string (mediator, "code"), holder) == 0
        && altm_json_get_string (mediator, "name") != NULL)
      return altm_json_get_string (mediator, "name");
  return holder;
}

/**
 * altm_holder_is_set:
 *
 * Returns: whether @holder can unlock this tablet
 */
gboolean
altm_holder_is_set (AltmSession *session, const char *holder)
{
  const AltmLockState *lock = altm_session_get_lock (session);

  return lock->holders != NULL && g_strv_contains ((const char *const *) lock->holders, holder);
}

/**
 * altm_holder_choose:
 *
 * Returns: (nullable) (transfer none): who is to unlock unless another is chosen: the mediator of
 *   the shift where they can, else the first who can; until the next #AltmSession::changed
 */
const char *
altm_holder_choose (AltmSession *session)
{
  const char *holder = altm_session_get_holder (session);
  const AltmLockState *lock = altm_session_get_lock (session);

  if (altm_holder_is_set (session, holder))
    return holder;
  return lock->holders == NULL ? NULL : lock->holders[0];
}

/**
 * altm_holder_is_known:
 * @by: (nullable): the mediator's code of a shift
 *
 * Returns: whether a shift can be started as that one: one whom HQ lists, or nobody where it lists nobody
 */
gboolean
altm_holder_is_known (AltmSession *session, const char *by)
{
  AltmLists *lists = altm_session_get_lists (session);

  return !altm_lists_has_mediators (lists) || altm_lists_find_mediator (lists, by) != NULL;
}

/**
 * altm_holder_describe_shift:
 *
 * Returns: (transfer full): who is on @shift: "Amina, with Karim"; empty where nobody is named
 */
char *
altm_holder_describe_shift (AltmSession *session, const AltmShift *shift)
{
  const char *partner = json_string_value (json_array_get (shift->partners, 0));

  if (shift->by == NULL)
    return g_strdup (partner != NULL ? _("in a pair") : "");
  if (partner == NULL)
    return g_strdup (altm_holder_name (session, shift->by));
  /* Translators: two mediators: who has the tablet in hand, and their partner. */
  return g_strdup_printf (_("%s, with %s"), altm_holder_name (session, shift->by), altm_holder_name (session, partner));
}
