/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

/**
 * AltmKept: private text of a form that is on the disk, and not on the screen.
 * @ALTM_KEPT_NOT: it is on the screen
 * @ALTM_KEPT_SEALED: it is shown again once it is unlocked
 * @ALTM_KEPT_UNREADABLE: no key of this tablet opens it
 */
typedef enum
{
  ALTM_KEPT_NOT,
  ALTM_KEPT_SEALED,
  ALTM_KEPT_UNREADABLE,
} AltmKept;

#define ALTM_TYPE_KEPT_BOX (altm_kept_box_get_type ())
G_DECLARE_FINAL_TYPE (AltmKeptBox, altm_kept_box, ALTM, KEPT_BOX, GtkWidget)

/**
 * AltmKeptBox: stands in place of private text that is kept sealed, and unlocks it. It is about a note,
 * or about what identifies a person where its property `is-person` is set.
 *
 * #AltmKeptBox::replace is emitted when the kept text is given up for another one.
 */
void altm_kept_box_set_session (AltmKeptBox *self, AltmSession *session);
void altm_kept_box_set_kept (AltmKeptBox *self, AltmKept kept);
void altm_kept_box_ask (AltmKeptBox *self);
void altm_kept_tell_gone (GtkWidget *from);

G_END_DECLS
