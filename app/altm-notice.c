/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-notice.h"

#include <glib/gi18n.h>

static char *
tell_taken (int count)
{
  if (count == 0)
    return g_strdup (_("No record could be read."));
  return g_strdup_printf (ngettext ("%d record was taken over.", "%d records were taken over.", count), count);
}

static char *
tell_held (int count)
{
  if (count == 0)
    return g_strdup ("");
  return g_strdup_printf (ngettext (" %d record can no longer be read here, but headquarters has it.",
                                    " %d records can no longer be read here, but headquarters has them.",
                                    count),
                          count);
}

static char *
tell_lost (int count)
{
  if (count == 0)
    return g_strdup ("");
  return g_strdup_printf (ngettext (" %d record that headquarters had not received yet could not be read.",
                                    " %d records that headquarters had not received yet could not be read.",
                                    count),
                          count);
}

/**
 * altm_notice_of_recovery:
 *
 * Returns: (transfer full): translated, what became of the records of a damaged store, and what to
 *   do next
 */
char *
altm_notice_of_recovery (const AltmRecovery *recovery)
{
  g_autofree char *taken = tell_taken (recovery->taken);
  g_autofree char *held = tell_held (recovery->held);
  g_autofree char *lost = tell_lost (recovery->lost);
  gboolean is_whole = recovery->taken > 0 && recovery->lost == 0;
  const char *next = is_whole ? _("The damaged file is kept on the tablet. You can go on recording. Tell "
                                  "headquarters: the tablet may be wearing out.")
                              : _("The damaged file is kept on the tablet. You can go on recording. Call "
                                  "headquarters before you record again what is missing: the file may still be "
                                  "read.");

  return g_strdup_printf ("%s%s%s\n\n%s", taken, held, lost, next);
}
