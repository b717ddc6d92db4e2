/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-hq-devices.h"

G_BEGIN_DECLS

#define ALTM_HQ_ORDERS_ERROR (altm_hq_orders_error_quark ())

/**
 * AltmHqOrdersError:
 * @ALTM_HQ_ORDERS_ERROR_NO_DEVICE: no device has this id or name
 * @ALTM_HQ_ORDERS_ERROR_AMBIGUOUS: several have this name; they are named with their ids
 * @ALTM_HQ_ORDERS_ERROR_REVOKED: the device is revoked, and takes no such order
 */
typedef enum
{
  ALTM_HQ_ORDERS_ERROR_NO_DEVICE,
  ALTM_HQ_ORDERS_ERROR_AMBIGUOUS,
  ALTM_HQ_ORDERS_ERROR_REVOKED,
} AltmHqOrdersError;

/** AltmHqOrder: an order about the device @device (an id, or a name that one alone has). */
typedef struct
{
  const char *device;
  const char *who;
  const char *why;
  gint64 now;
} AltmHqOrder;

GQuark altm_hq_orders_error_quark (void);
char *altm_hq_orders_revoke (AltmHqStore *store, const AltmHqOrder *order, GError **error);
char *altm_hq_orders_wipe (AltmHqStore *store, const AltmHqOrder *order, GError **error);
char *altm_hq_orders_reset_pin (AltmHqStore *store, const AltmHqOrder *order, GError **error);
gboolean altm_hq_orders_release (AltmHqStore *store, const AltmHqDevice *device, const char *why, gint64 now,
                                 GError **error);
json_t *altm_hq_orders_list (AltmHqStore *store, GError **error);

G_END_DECLS
