/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AltmTickets: what was granted and is to be fetched by a plain link, which can bring neither a form nor a header of its
 * own: each is good once, soon, and for whoever it was granted to.
 */
typedef struct _AltmTickets AltmTickets;

AltmTickets *altm_tickets_new (GDestroyNotify free_thing);
void altm_tickets_free (AltmTickets *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmTickets, altm_tickets_free)

char *altm_tickets_add (AltmTickets *self, gpointer thing, const char *owner, gint64 now);
gpointer altm_tickets_take (AltmTickets *self, const char *ticket, const char *owner, gint64 now);

G_END_DECLS
