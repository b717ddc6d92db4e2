/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * AltmConnection: a connection to HQ, lent to libsoup's server for one request after the other.
 * Each loan is a duplicate of the socket, and to libsoup each request is the last one: libsoup 3.2
 * never lets go of a connection that was answered and is then closed by the other end.
 *
 * What comes before the answer to an earlier request is lost; no client of ours sends it.
 */
typedef struct _AltmConnection AltmConnection;

#define ALTM_CONNECTION_IDLE_TIME (90 * G_USEC_PER_SEC)
#define ALTM_CONNECTION_LEAST_RATE 1000 /* bytes of a body a second; a line over 2G brings 5,000 */

void altm_connection_new (GSocketConnection *stream, SoupServer *soup, GHashTable *all);
void altm_connection_free (gpointer data);
AltmConnection *altm_connection_get (SoupServerMessage *message);
void altm_connection_begin (AltmConnection *self, SoupServerMessage *message);
void altm_connection_set_last (AltmConnection *self);
gboolean altm_connection_is_last (AltmConnection *self);
void altm_connection_end (AltmConnection *self);
void altm_connection_set_deadline (AltmConnection *self, gint64 when);
gboolean altm_connection_is_over (AltmConnection *self, gint64 now);
void altm_connection_hang_up (AltmConnection *self);

G_END_DECLS
