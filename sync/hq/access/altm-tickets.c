/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-tickets.h"

#include <string.h>

#include "altm-token.h"

#define GOOD_FOR G_TIME_SPAN_MINUTE
#define MOST 256

struct _AltmTickets
{
  GHashTable *tickets; /* token -> Ticket */
  GDestroyNotify free_thing;
};

typedef struct
{
  AltmTickets *all;
  gpointer thing;
  char *owner;
  gint64 ends;
} Ticket;

static void
ticket_free (gpointer data)
{
  Ticket *self = data;

  if (self->thing != NULL)
    self->all->free_thing (self->thing);
  g_free (self->owner);
  g_free (self);
}

static void
token_free (gpointer data)
{
  altm_token_free (data);
}

/**
 * altm_tickets_new:
 * @free_thing: frees what nobody fetched
 */
AltmTickets *
altm_tickets_new (GDestroyNotify free_thing)
{
  AltmTickets *self = g_new0 (AltmTickets, 1);

  self->tickets = g_hash_table_new_full (g_str_hash, g_str_equal, token_free, ticket_free);
  self->free_thing = free_thing;
  return self;
}

void
altm_tickets_free (AltmTickets *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->tickets);
  g_free (self);
}

static gboolean
is_over (gpointer token, gpointer ticket, gpointer now)
{
  return ((Ticket *) ticket)->ends <= *(gint64 *) now;
}

/**
 * altm_tickets_add:
 * @thing: (transfer full): what it is good for
 * @owner: names who may fetch it
 * @now: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full) (nullable): a ticket, 256 random bits as base64url, good for a minute; %NULL where there are too
 *   many already, and @thing is freed
 */
char *
altm_tickets_add (AltmTickets *self, gpointer thing, const char *owner, gint64 now)
{
  Ticket *ticket = g_new0 (Ticket, 1);
  guint8 sha256[crypto_hash_sha256_BYTES];
  g_autofree char *token = NULL;

  *ticket = (Ticket) { self, thing, g_strdup (owner), now + GOOD_FOR };
  g_hash_table_foreach_remove (self->tickets, is_over, &now);
  if (g_hash_table_size (self->tickets) >= MOST)
    {
      ticket_free (ticket);
      return NULL;
    }
  token = altm_token_new (sha256);
  g_hash_table_insert (self->tickets, g_strdup (token), ticket);
  return g_steal_pointer (&token);
}

/**
 * altm_tickets_take:
 * @ticket: (nullable): which
 *
 * Returns: (transfer full) (nullable): what it was good for, once; %NULL where there is no such ticket any more, or it is
 *   somebody else's
 */
gpointer
altm_tickets_take (AltmTickets *self, const char *ticket, const char *owner, gint64 now)
{
  Ticket *found = ticket != NULL ? g_hash_table_lookup (self->tickets, ticket) : NULL;
  gpointer thing = NULL;

  if (found == NULL || strcmp (found->owner, owner) != 0)
    return NULL;
  if (found->ends > now)
    thing = g_steal_pointer (&found->thing);
  g_hash_table_remove (self->tickets, ticket);
  return thing;
}
