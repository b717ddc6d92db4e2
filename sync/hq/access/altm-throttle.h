/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** AltmThrottle: how often in a row a password was wrong, by the name it was tried under. It forgets with the process. */
typedef struct _AltmThrottle AltmThrottle;

AltmThrottle *altm_throttle_new (void);
void altm_throttle_free (AltmThrottle *self);

gint64 altm_throttle_find_wait (AltmThrottle *self, const char *name, gint64 now);
void altm_throttle_note (AltmThrottle *self, const char *name, gint64 now);
void altm_throttle_forget (AltmThrottle *self, const char *name);

G_END_DECLS
