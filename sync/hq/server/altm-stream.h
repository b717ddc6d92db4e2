/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <stdio.h>

G_BEGIN_DECLS

/**
 * AltmStream: a body that is too long to be held whole: written by a thread of its own into a pipe, which makes it wait
 * while nobody takes what is there, and ends it when the other end is closed.
 */
typedef struct _AltmStream AltmStream;

/**
 * AltmStreamWrite: writes the body, in the thread. What is to be read from HQ's store is read by a connection that it
 * opens itself (altm_hq_store_open_to_read()).
 * @data: as given to altm_stream_new()
 * @output: where it goes; a write that fails means that nobody takes it any more
 * @cancellable: is cancelled then; what works long before it writes asks it now and then
 * Returns: %TRUE, or %FALSE with @error set: whoever receives it is to notice that it is not whole
 */
typedef gboolean (*AltmStreamWrite) (gpointer data, FILE *output, GCancellable *cancellable, GError **error);

AltmStream *altm_stream_new (AltmStreamWrite write, gpointer data, GDestroyNotify free_data);
AltmStream *altm_stream_ref (AltmStream *self);
void altm_stream_unref (AltmStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmStream, altm_stream_unref)

GInputStream *altm_stream_begin (AltmStream *self, GError **error);
gboolean altm_stream_is_whole (AltmStream *self);
void altm_stream_cancel (AltmStream *self);

G_END_DECLS
