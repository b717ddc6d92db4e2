/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-push.h"
#include "altm-receiver.h"
#include "altm-torn-disk.h"

G_BEGIN_DECLS

/**
 * AltmWorld: several tablets, HQ and the road between them, in one process and under a clock that
 * only the simulation moves. Everything is the project's own but disk, road and clock.
 */
typedef struct _AltmWorld AltmWorld;

/**
 * AltmSaved: a line that a tablet showed as saved.
 * @tablets: a bit for each tablet whose disk has it
 * @is_gone: someone put older copies where it lay, and no disk has it any more
 */
typedef struct
{
  char *id;
  gint64 rev;
  char *type;
  GBytes *bytes;
  guint64 tablets;
  gboolean is_gone;
  gboolean is_kept_back; /* in a tablet's quarantine, and not in HQ's */
  gboolean was_wiped;    /* from a tablet; HQ may have it in its quarantine alone */
} AltmSaved;

/** AltmPressed: what a mediator records; pressed again where it was not saved. */
typedef struct
{
  char *type;
  char *id;
  gboolean is_new; /* else @id is of the record that it corrects */
  gboolean is_deleted;
  json_t *data;
  json_t *private;
  json_t *referral; /* recorded at once with it, or %NULL */
  char *referral_id;
} AltmPressed;

/**
 * AltmTablet:
 * @clock: its clock less the world's, microseconds
 * @exchange: the call whose answer it waits for, 0 for none; @step: that call's name
 * @seen: the highest seq that the ledger knows
 * @taps: clients counted and shown, by "OFFICE SLOT"
 * @maybe: taps of which nobody knows whether they were taken, in the same way
 */
typedef struct
{
  AltmWorld *world;
  guint n;
  char *folder;
  char *path;
  AltmTornDisk *disk;
  gint64 clock;
  AltmStore *store;
  AltmPush *push;
  guint exchange;
  const char *step;
  gint64 seen;
  GHashTable *taps;
  GHashTable *maybe;
  GPtrArray *again;
  gboolean is_enrolled; /* as it was last looked at: once it no longer is, it was emptied */
  gboolean is_refused; /* HQ no longer knows it */
  gboolean is_handed_over; /* by the push that it makes */
} AltmTablet;

/** AltmImage: a copy of a tablet's whole disk. */
typedef struct
{
  char *folder;
  guint tablet;
  gboolean is_enrolled;
  gint64 seen;
  GHashTable *taps;
  GHashTable *maybe;
} AltmImage;

/** AltmBackup: a file made by HQ's `backup`, and the keys that it holds. */
typedef struct
{
  char *path;
  GHashTable *keys;
} AltmBackup;

/** AltmMessage: on the road; a request until it has an answer. */
typedef struct
{
  guint exchange;
  AltmTablet *tablet;
  AltmRequest *request;
  AltmAnswer *answer;
  const char *step;
} AltmMessage;

struct _AltmWorld
{
  AltmChance *chance;
  AltmTornDisks *disks;
  char *folder;
  gint64 now;
  GPtrArray *tablets;
  GPtrArray *images;
  GPtrArray *road;
  GPtrArray *saved;
  GPtrArray *receipts; /* bodies of all that HQ gave, for who would give them out again */
  guint exchanges;
  guint marks;

  char *hq_folder;
  char *hq_path;
  AltmTornDisk *hq_disk;
  gint64 hq_clock;
  AltmHqStore *hq;
  AltmReceiver receiver;
  GHashTable *promised; /* keys of lines for which HQ gave a receipt */
  GPtrArray *backups;
  guint lists;
  guint news;
  gboolean is_quietly_restored; /* under the same epoch: only a receipt or the next day's comparison can tell */
  gboolean has_farewells; /* tablets are wiped and handed over, which compares, and so mends too */
  gboolean is_patient; /* waits for what mends itself with time */

  char *failure;
  GHashTable *cells; /* "FAULT|STEP" -> how often */
  gboolean is_verbose;
};

AltmWorld *altm_world_new (AltmChance *chance, AltmTornDisks *disks, const char *folder, gboolean is_verbose);
void altm_world_free (AltmWorld *self);
void altm_world_fail (AltmWorld *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void altm_world_say (AltmWorld *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void altm_world_count (AltmWorld *self, const char *fault, const char *step);
void altm_world_copy_folder (const char *from, const char *to);
void altm_world_remove_folder (const char *path);

AltmTablet *altm_tablet_new (AltmWorld *world);
void altm_tablet_open (AltmTablet *self);
void altm_tablet_close (AltmTablet *self);
void altm_tablet_go_down (AltmTablet *self, gboolean has_lost_power);
void altm_tablet_enrol (AltmTablet *self);
void altm_tablet_press (AltmTablet *self, AltmPressed *pressed);
void altm_tablet_tap (AltmTablet *self);
void altm_tablet_take_stock (AltmTablet *self);
void altm_tablet_begin_push (AltmTablet *self);
void altm_tablet_take_answer (AltmTablet *self, const AltmAnswer *answer);
gboolean altm_tablet_excuses (AltmTablet *self, const GError *error, const char *what);
gint64 altm_tablet_now (AltmTablet *self);
void altm_tablet_keep_image (AltmTablet *self);
void altm_tablet_restore (AltmTablet *self, AltmImage *image);
void altm_pressed_free (AltmPressed *self);

void altm_hq_open (AltmWorld *self);
void altm_hq_close (AltmWorld *self);
void altm_hq_go_down (AltmWorld *self, gboolean has_lost_power);
AltmAnswer *altm_hq_answer (AltmWorld *self, AltmMessage *message);
gboolean altm_hq_has (AltmWorld *self, const AltmSaved *saved);
void altm_hq_back_up (AltmWorld *self);
void altm_hq_restore (AltmWorld *self, AltmBackup *backup, gboolean by_command);
void altm_hq_bring_lists (AltmWorld *self);
void altm_hq_tell_news (AltmWorld *self, AltmTablet *tablet);
void altm_hq_wipe (AltmWorld *self, AltmTablet *tablet);
void altm_hq_revoke (AltmWorld *self, AltmTablet *tablet);
gboolean altm_hq_has_revoked (AltmWorld *self, AltmTablet *tablet);
gint64 altm_hq_now (AltmWorld *self);

void altm_road_send (AltmTablet *tablet, const AltmCall *call);
AltmAnswer *altm_road_new_answer (guint status, const char *text);
void altm_road_pass_request (AltmWorld *self, guint index, gboolean again);
void altm_road_pass_answer (AltmWorld *self, guint index);
void altm_road_swallow (AltmWorld *self, AltmMessage *message);
void altm_road_mangle (AltmWorld *self, AltmMessage *message);

void altm_ledger_add (AltmTablet *tablet, const char *id, gint64 rev, const char *type, GBytes *bytes);
void altm_ledger_let_go (AltmTablet *tablet);
void altm_ledger_check_tablet (AltmTablet *tablet);
void altm_ledger_check_gone (AltmWorld *self, GHashTable *at_hq);
void altm_ledger_check_all (AltmWorld *self);

G_END_DECLS
