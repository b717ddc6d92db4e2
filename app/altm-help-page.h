/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AltmHelp:
 * @ALTM_HELP_LOCK: what a PIN can and can't do
 * @ALTM_HELP_FORGOTTEN: what to do about a forgotten one
 */
typedef enum
{
  ALTM_HELP_LOCK,
  ALTM_HELP_FORGOTTEN,
} AltmHelp;

#define ALTM_TYPE_HELP_PAGE (altm_help_page_get_type ())
G_DECLARE_FINAL_TYPE (AltmHelpPage, altm_help_page, ALTM, HELP_PAGE, GtkWidget)

/**
 * AltmHelpPage: a text to read, in plain words.
 */
GtkWidget *altm_help_page_new (AltmHelp topic);

G_END_DECLS
