/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-call.h"
#include "altm-store.h"

G_BEGIN_DECLS

/**
 * AltmTarget: whom a transport talks to.
 * @url: HQ's address: https, or http to loopback
 * @token: (nullable): the device's
 * @ca_file: (nullable): the private CA's certificate, PEM, trusted alone
 */
typedef struct
{
  char *url;
  char *token;
  char *ca_file;
} AltmTarget;

/**
 * AltmTransport: carries calls to HQ and answers back, by libsoup, over one connection that is
 * kept alive. Each call comes to an end. It follows no redirect and trusts the system's authorities,
 * or one private CA alone. It is not freed while a call is in flight.
 */
typedef struct _AltmTransport AltmTransport;

void altm_target_free (AltmTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmTarget, altm_target_free)
AltmTarget *altm_target_load (AltmStore *store, GError **error);

AltmTransport *altm_transport_new (const AltmTarget *target, GError **error);
void altm_transport_free (AltmTransport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmTransport, altm_transport_free)
AltmAnswer *altm_transport_send (AltmTransport *self, const AltmCall *call);
void altm_transport_send_async (AltmTransport *self, const AltmCall *call, GAsyncReadyCallback callback,
                                gpointer user_data);
AltmAnswer *altm_transport_send_finish (AltmTransport *self, GAsyncResult *result);
void altm_transport_cancel (AltmTransport *self, const char *why);
gint64 altm_transport_get_moved (AltmTransport *self);

G_END_DECLS
