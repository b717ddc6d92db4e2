/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-campaign.h"

/**
 * altm_campaign_find_running:
 *
 * Returns: (nullable) (transfer none): HQ's campaign that runs today, where the tablet is
 */
json_t *
altm_campaign_find_running (AltmSession *session)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *day = g_date_time_format (now, "%Y-%m-%d");

  return altm_lists_find_running_campaign (altm_session_get_lists (session), day);
}

/* HQ may have written one language alone. */
static const char *
get_text (AltmSession *session, json_t *campaign, const char *name)
{
  g_autofree char *key = g_strdup_printf ("%s_%s", name, altm_session_get_language (session));
  g_autofree char *french = g_strdup_printf ("%s_fr", name);
  const char *text = altm_json_get_string (campaign, key);

  return text != NULL ? text : altm_json_get_string (campaign, french);
}

/**
 * altm_campaign_get_label:
 *
 * Returns: (transfer none): what the campaign is called; its code where HQ gave it no name
 */
const char *
altm_campaign_get_label (AltmSession *session, json_t *campaign)
{
  const char *label = get_text (session, campaign, "label");

  return label != NULL ? label : altm_json_get_string (campaign, "code");
}

/**
 * altm_campaign_get_say:
 *
 * Returns: (nullable) (transfer none): what is to be said to people
 */
const char *
altm_campaign_get_say (AltmSession *session, json_t *campaign)
{
  return get_text (session, campaign, "say");
}
