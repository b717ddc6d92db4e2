/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "altm-outbox.h"
#include "altm-protection.h"
#include "altm-uuid.h"
#include "altm-world.h"

#define MOST_TABLETS 6
#define MOST_IMAGES 8
#define MOST_STEPS 320
/* By then each tablet has compared what it holds with HQ. */
#define DAYS_LATER 2
#define ROUNDS_TO_DRAIN 60

/* One thing that happens; returns at once where it cannot. */
typedef void (*Happening) (AltmWorld *world);

static gboolean
draw (AltmWorld *world, guint n)
{
  return altm_chance_in (world->chance, n);
}

static AltmTablet *
any_tablet (AltmWorld *world)
{
  return g_ptr_array_index (world->tablets, altm_chance_below (world->chance, world->tablets->len));
}

static json_t *
new_contact (AltmWorld *world)
{
  static const char *const themes[] = { "logement", "tranquillite", "autre" };
  g_autofree char *own = world->lists > 0 ? g_strdup_printf ("theme_%u", altm_chance_below (world->chance, world->lists)) : NULL;

  return json_pack ("{s:s, s:s, s:s, s:i, s:[s]}", "channel", "espace_public", "register", "presence_active", "public",
                    "habitant", "people", 1 + (int) altm_chance_below (world->chance, 9), "themes",
                    own != NULL && draw (world, 4) ? own : themes[altm_chance_below (world->chance, 3)]);
}

static json_t *
new_observation (AltmWorld *world)
{
  g_autofree char *mark = g_strdup_printf ("m%u", ++world->marks);

  return json_pack ("{s:s, s:s, s:s}", "kind", "veille", "subject", "eclairage", "what", mark);
}

/* A theme of the lists that this tablet has not got yet is none that its mediator could choose. */
static json_t *
contact_for (AltmTablet *tablet)
{
  json_t *data = new_contact (tablet->world);
  json_t *theme = json_array_get (json_object_get (data, "themes"), 0);

  if (!altm_lists_has_code (altm_store_get_lists (tablet->store), "theme", json_string_value (theme)))
    json_object_del (data, "themes");
  return data;
}

/* A tablet that was emptied has no key of HQ's until it is enrolled again. */
static gboolean
can_seal (AltmTablet *tablet)
{
  g_autofree char *key = NULL;

  altm_torn_disk_suspend (tablet->disk);
  key = altm_store_get_setting (tablet->store, "seal_key");
  altm_torn_disk_resume (tablet->disk);
  return key != NULL;
}

static AltmPressed *
new_record (AltmTablet *tablet)
{
  AltmWorld *world = tablet->world;
  AltmPressed *pressed = g_new0 (AltmPressed, 1);
  gboolean is_contact = draw (world, 2);

  /* A form has its record's id from the beginning, so that it can be saved again after a crash. */
  pressed->id = altm_uuid_new_v7 (altm_tablet_now (tablet));
  pressed->is_new = TRUE;
  pressed->type = g_strdup (is_contact ? "contact" : "observation");
  pressed->data = is_contact ? contact_for (tablet) : new_observation (world);
  if (draw (world, 4) && can_seal (tablet))
    pressed->private = json_pack ("{s:s}", "note", "revenir jeudi");
  if (is_contact && draw (world, 3))
    {
      pressed->referral_id = altm_uuid_new_v7 (altm_tablet_now (tablet));
      pressed->referral = json_pack ("{s:s, s:s, s:s, s:b}", "contact", pressed->id, "status", "proposee",
                                     "structure_type", "ccas", "consent", 0);
    }
  return pressed;
}

static gboolean
can_be_corrected (AltmTablet *tablet, const AltmSaved *saved)
{
  return (saved->tablets & (G_GUINT64_CONSTANT (1) << tablet->n)) && strcmp (saved->type, "contact") == 0;
}

/* A correction, a withdrawal, or a record brought back, of one that this tablet has. */
static AltmPressed *
new_revision (AltmTablet *tablet)
{
  AltmWorld *world = tablet->world;
  const AltmSaved *saved = world->saved->len > 0
                             ? g_ptr_array_index (world->saved, altm_chance_below (world->chance, world->saved->len))
                             : NULL;
  AltmPressed *pressed;

  if (saved == NULL || !can_be_corrected (tablet, saved))
    return new_record (tablet);
  pressed = g_new0 (AltmPressed, 1);
  pressed->type = g_strdup (saved->type);
  pressed->id = g_strdup (saved->id);
  pressed->is_deleted = draw (world, 3);
  if (!pressed->is_deleted)
    pressed->data = contact_for (tablet);
  if (!pressed->is_deleted && draw (world, 3))
    pressed->private = draw (world, 2) ? json_null () : can_seal (tablet) ? json_pack ("{s:s}", "note", "remplacer") : NULL;
  return pressed;
}

static void
record (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (tablet->store == NULL)
    return;
  if (tablet->again->len > 0 && draw (world, 2))
    altm_tablet_press (tablet, g_ptr_array_steal_index (tablet->again, 0));
  else
    altm_tablet_press (tablet, draw (world, 4) ? new_revision (tablet) : new_record (tablet));
}

static void
tap (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (tablet->store != NULL)
    altm_tablet_tap (tablet);
}

static void
push (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (tablet->store != NULL && tablet->push == NULL && !tablet->is_refused)
    altm_tablet_begin_push (tablet);
}

/* Any message of those on the road: they overtake each other. */
static void
pass (AltmWorld *world)
{
  guint index;

  if (world->road->len == 0)
    return;
  index = altm_chance_below (world->chance, world->road->len);
  if (((AltmMessage *) g_ptr_array_index (world->road, index))->answer != NULL)
    altm_road_pass_answer (world, index);
  else
    altm_road_pass_request (world, index, draw (world, 12));
}

static void
lose (AltmWorld *world)
{
  guint index;
  AltmMessage *message;

  if (world->road->len == 0)
    return;
  index = altm_chance_below (world->chance, world->road->len);
  message = g_ptr_array_index (world->road, index);
  altm_world_count (world, message->answer != NULL ? "reply cut" : "request cut", message->step);
  g_ptr_array_remove_index (world->road, index);
}

static void
mangle (AltmWorld *world)
{
  AltmMessage *message;

  if (world->road->len == 0)
    return;
  message = g_ptr_array_index (world->road, altm_chance_below (world->chance, world->road->len));
  if (message->answer != NULL)
    altm_road_mangle (world, message);
  else
    altm_road_swallow (world, message);
}

static void
give_up_waiting (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);
  AltmAnswer *answer;

  if (tablet->store == NULL || tablet->exchange == 0)
    return;
  altm_world_count (world, "delay", tablet->step);
  answer = altm_road_new_answer (0, NULL);
  altm_tablet_take_answer (tablet, answer);
  altm_answer_free (answer);
}

/* At once, or in the middle of what it writes next. */
static void
take_tablet_down (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (tablet->store == NULL)
    return;
  if (draw (world, 4))
    altm_tablet_go_down (tablet, draw (world, 2));
  else
    altm_torn_disk_die_after (tablet->disk, 1 + altm_chance_below (world->chance, 30));
}

static void
take_hq_down (AltmWorld *world)
{
  if (world->hq == NULL)
    return;
  if (draw (world, 4))
    altm_hq_go_down (world, draw (world, 2));
  else
    altm_torn_disk_die_after (world->hq_disk, 1 + altm_chance_below (world->chance, 40));
}

static void
bring_up (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (world->hq == NULL)
    altm_hq_open (world);
  if (tablet->store == NULL)
    altm_tablet_open (tablet);
}

static AltmTornDisk *
any_disk (AltmWorld *world)
{
  return draw (world, 2) ? world->hq_disk : any_tablet (world)->disk;
}

static void
break_disk (AltmWorld *world)
{
  AltmTornDisk *disk = any_disk (world);
  AltmDiskFault fault = (AltmDiskFault) (1 + altm_chance_below (world->chance, 4));

  altm_torn_disk_fail (disk, fault, altm_chance_below (world->chance, 25), draw (world, 2));
  altm_world_say (world, "%s disk: fault %d", disk == world->hq_disk ? "HQ's" : "a tablet's", fault);
}

static void
mend_disk (AltmWorld *world)
{
  altm_torn_disk_fail (any_disk (world), ALTM_DISK_FAULT_NONE, 0, FALSE);
}

static void
move_clock (AltmWorld *world)
{
  static const gint64 jumps[] = { G_TIME_SPAN_MINUTE, G_TIME_SPAN_HOUR, G_TIME_SPAN_DAY, 400 * G_TIME_SPAN_DAY,
                                  12 * 365 * G_TIME_SPAN_DAY, -56 * 365 * G_TIME_SPAN_DAY };
  gint64 jump = jumps[altm_chance_below (world->chance, G_N_ELEMENTS (jumps))];
  gint64 *clock = draw (world, 4) ? &world->hq_clock : &any_tablet (world)->clock;

  *clock = draw (world, 3) ? 0 : draw (world, 2) ? jump : -jump;
  *clock = MAX (*clock, -world->now + G_TIME_SPAN_DAY);
  altm_world_count (world, "wrong clock", clock == &world->hq_clock ? "HQ" : "record");
  altm_world_say (world, "a clock is off by %" G_GINT64_FORMAT " s", *clock / G_USEC_PER_SEC);
}

static void
back_up (AltmWorld *world)
{
  if (world->hq != NULL)
    altm_hq_back_up (world);
}

static void
restore_hq (AltmWorld *world)
{
  if (world->hq == NULL || world->backups->len == 0)
    return;
  altm_world_count (world, "HQ restored from an old backup", "comparison");
  altm_hq_restore (world, g_ptr_array_index (world->backups, altm_chance_below (world->chance, world->backups->len)),
                   !draw (world, 3));
}

static gboolean
is_well (AltmTablet *tablet)
{
  return tablet->store != NULL && altm_torn_disk_get_fault (tablet->disk) == ALTM_DISK_FAULT_NONE;
}

static void
copy_tablet (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (is_well (tablet) && world->images->len < MOST_IMAGES)
    altm_tablet_keep_image (tablet);
}

static AltmImage *
any_image (AltmWorld *world)
{
  return world->images->len > 0 ? g_ptr_array_index (world->images, altm_chance_below (world->chance, world->images->len)) : NULL;
}

static void
restore_tablet (AltmWorld *world)
{
  AltmImage *image = any_image (world);
  AltmTablet *tablet = image != NULL ? g_ptr_array_index (world->tablets, image->tablet) : NULL;

  if (tablet == NULL || !is_well (tablet) || world->hq == NULL)
    return;
  altm_world_count (world, "tablet restored from an old copy", "fork");
  altm_tablet_restore (tablet, image);
  altm_torn_disk_suspend (world->hq_disk);
  altm_ledger_check_gone (world, NULL);
  altm_torn_disk_resume (world->hq_disk);
}

static void
clone_tablet (AltmWorld *world)
{
  AltmImage *image = any_image (world);

  if (image == NULL || world->tablets->len >= MOST_TABLETS)
    return;
  altm_world_count (world, "cloned tablet", "fork");
  altm_tablet_restore (altm_tablet_new (world), image);
}

static void
revoke_tablet (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (tablet->store == NULL || world->hq == NULL)
    return;
  altm_world_count (world, "revoked tablet", "batch");
  altm_hq_revoke (world, tablet);
}

static void
wipe_tablet (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (tablet->store == NULL || world->hq == NULL || !world->has_farewells)
    return;
  altm_world_count (world, "wiped tablet", "news");
  altm_hq_wipe (world, tablet);
}

static void
hand_over (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (tablet->store == NULL || tablet->exchange != 0 || !world->has_farewells)
    return;
  altm_world_count (world, "tablet handed over", "release");
  tablet->is_handed_over = TRUE;
  altm_tablet_begin_push (tablet);
}

static void
enrol (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (tablet->store != NULL && world->hq != NULL && tablet->is_refused)
    altm_tablet_enrol (tablet);
}

static void
bring_lists (AltmWorld *world)
{
  if (world->hq != NULL)
    altm_hq_bring_lists (world);
}

static void
tell_news (AltmWorld *world)
{
  AltmTablet *tablet = any_tablet (world);

  if (world->hq != NULL && is_well (tablet))
    altm_hq_tell_news (world, tablet);
}

static const struct
{
  guint weight;
  Happening happen;
} happenings[] = {
  { 60, record },        { 20, tap },         { 40, push },         { 200, pass },       { 10, lose },
  { 14, mangle },        { 10, give_up_waiting }, { 10, take_tablet_down }, { 8, take_hq_down }, { 30, bring_up },
  { 8, break_disk },     { 14, mend_disk },   { 6, move_clock },    { 4, back_up },      { 2, restore_hq },
  { 3, copy_tablet },    { 2, restore_tablet }, { 2, clone_tablet }, { 1, revoke_tablet },       { 6, enrol },
  { 2, wipe_tablet },  { 2, hand_over },
  { 2, bring_lists },    { 4, tell_news },
};

/* Whatever it was at, a machine that died is off. */
static void
bury (AltmWorld *world)
{
  if (altm_torn_disk_is_dead (world->hq_disk))
    altm_hq_go_down (world, draw (world, 2));
  for (guint i = 0; i < world->tablets->len; i++)
    {
      AltmTablet *tablet = g_ptr_array_index (world->tablets, i);

      if (altm_torn_disk_is_dead (tablet->disk))
        altm_tablet_go_down (tablet, draw (world, 2));
    }
}

static guint
weigh (AltmWorld *world, gsize i)
{
  gboolean is_farewell = happenings[i].happen == wipe_tablet || happenings[i].happen == hand_over;

  return is_farewell && !world->has_farewells ? 0 : happenings[i].weight;
}

static void
let_something_happen (AltmWorld *world)
{
  guint all = 0, drawn;
  gsize i = 0;

  for (gsize j = 0; j < G_N_ELEMENTS (happenings); j++)
    all += weigh (world, j);
  for (drawn = altm_chance_below (world->chance, all); drawn >= weigh (world, i); i++)
    drawn -= weigh (world, i);
  world->now += 1 + altm_chance_below (world->chance, 60) * G_USEC_PER_SEC;
  happenings[i].happen (world);
  bury (world);
}

static void
mend_everything (AltmWorld *world)
{
  altm_torn_disk_settle (world->hq_disk);
  world->hq_clock = 0;
  g_ptr_array_set_size (world->road, 0);
  for (guint i = 0; i < world->tablets->len; i++)
    {
      AltmTablet *tablet = g_ptr_array_index (world->tablets, i);

      altm_torn_disk_settle (tablet->disk);
      altm_torn_disk_has_failed (tablet->disk);
      tablet->clock = 0;
      /* As an app that is closed and opened once more. */
      altm_tablet_close (tablet);
      altm_tablet_open (tablet);
    }
  altm_torn_disk_has_failed (world->hq_disk);
  altm_hq_close (world);
  altm_hq_open (world);
}

static gboolean
is_waiting (AltmTablet *tablet)
{
  return altm_outbox_oldest_after (tablet->store, 0) > 0;
}

/* A push from its beginning to its end, with nothing in its way. */
static void
push_to_end (AltmTablet *tablet)
{
  AltmWorld *world = tablet->world;

  if (tablet->is_refused || altm_hq_has_revoked (world, tablet))
    altm_tablet_enrol (tablet);
  altm_tablet_begin_push (tablet);
  while (world->road->len > 0 && world->failure == NULL)
    if (((AltmMessage *) g_ptr_array_index (world->road, 0))->answer != NULL)
      altm_road_pass_answer (world, 0);
    else
      altm_road_pass_request (world, 0, FALSE);
}

/* The day goes on: what was not saved is pressed again. Where HQ went back without a word, the next
 * record tells who does not wait for the next day. */
static void
go_on_with_the_day (AltmTablet *tablet)
{
  while (tablet->again->len > 0 && tablet->world->failure == NULL)
    altm_tablet_press (tablet, g_ptr_array_steal_index (tablet->again, 0));
  if (tablet->world->is_quietly_restored && !tablet->world->is_patient)
    altm_tablet_press (tablet, new_record (tablet));
}

static void
push_until_quiet (AltmWorld *world)
{
  gboolean is_done = FALSE;

  for (guint round = 0; round < ROUNDS_TO_DRAIN && !is_done && world->failure == NULL; round++)
    {
      is_done = round > 1;
      for (guint i = 0; i < world->tablets->len && world->failure == NULL; i++)
        {
          AltmTablet *tablet = g_ptr_array_index (world->tablets, i);

          push_to_end (tablet);
          is_done = is_done && !tablet->is_refused && !is_waiting (tablet);
        }
    }
}

static void
drain (AltmWorld *world)
{
  altm_world_say (world, "everything is mended");
  mend_everything (world);
  for (guint i = 0; i < world->tablets->len && world->failure == NULL; i++)
    go_on_with_the_day (g_ptr_array_index (world->tablets, i));
  push_until_quiet (world);
  if (!world->is_patient)
    return;
  world->now += DAYS_LATER * G_TIME_SPAN_DAY;
  push_until_quiet (world);
}

static void
run (AltmWorld *world)
{
  guint steps = 60 + altm_chance_below (world->chance, MOST_STEPS - 60);
  guint tablets = 1 + altm_chance_below (world->chance, 3);

  for (guint i = 0; i < tablets; i++)
    {
      AltmTablet *tablet = altm_tablet_new (world);

      altm_tablet_open (tablet);
      altm_tablet_enrol (tablet);
    }
  for (guint i = 0; i < steps && world->failure == NULL; i++)
    let_something_happen (world);
  if (world->failure == NULL)
    drain (world);
  if (world->failure == NULL)
    altm_ledger_check_all (world);
}

static void
add_cells (GHashTable *all, GHashTable *cells)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, cells);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (all, key)) + GPOINTER_TO_UINT (value);

      g_hash_table_replace (all, g_strdup (key), GUINT_TO_POINTER (n));
    }
}

typedef struct
{
  int first;
  int seeds;
  char *without;
  gboolean is_verbose;
  gboolean lists_protections;
  AltmChance *chance;
  AltmTornDisks *disks;
  char *folder;
  GHashTable *cells;
  int failures;
  gint64 saved;
} Simulation;

static void
run_seed (Simulation *self, int seed)
{
  AltmWorld *world;

  altm_world_remove_folder (self->folder);
  g_assert_cmpint (g_mkdir (self->folder, 0700), ==, 0);
  altm_chance_seed (self->chance, (guint32) seed);
  sqlite3_randomness (0, NULL); /* SQLite's own begins anew with it */
  world = altm_world_new (self->chance, self->disks, self->folder, self->is_verbose);
  world->is_patient = self->without == NULL;
  world->has_farewells = self->without == NULL || strcmp (self->without, "wipe-last") == 0;
  run (world);
  if (world->failure != NULL)
    {
      printf ("seed %d: %s\n", seed, world->failure);
      self->failures++;
    }
  self->saved += world->saved->len;
  add_cells (self->cells, world->cells);
  altm_world_free (world);
  fflush (stdout);
}

static void
print_cells (Simulation *self)
{
  g_autoptr(json_t) cells = json_object ();
  g_autofree char *text = NULL;
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &key, &value))
    json_object_set_new (cells, key, json_integer (GPOINTER_TO_UINT (value)));
  {
    g_autoptr(json_t) result = json_pack ("{s:i, s:i, s:I, s:O}", "seeds", self->seeds, "failed", self->failures,
                                          "saved", (json_int_t) self->saved, "cells", cells);

    text = altm_json_write (result);
    printf ("%s\n", text);
  }
}

/* Faults are the point here: what the programs log of them is not. */
static GLogWriterOutput
drop_log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  return level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL) ? g_log_writer_default (level, fields, n_fields, data)
                                                            : G_LOG_WRITER_HANDLED;
}

static void
drop_text_cb (const char *text)
{
}

static int
simulate (Simulation *self)
{
  const char *place = g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir ();

  self->folder = g_build_filename (place, "altm-simulate-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp_full (self->folder, 0700));
  self->chance = altm_chance_new ();
  self->disks = altm_torn_disks_new (self->chance);
  self->cells = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < self->seeds && (self->without == NULL || self->failures == 0); i++)
    run_seed (self, self->first + i);
  print_cells (self);
  altm_world_remove_folder (self->folder);
  altm_torn_disks_free (self->disks);
  altm_chance_free (self->chance);
  g_hash_table_unref (self->cells);
  g_free (self->folder);
  return self->failures > 0;
}

int
main (int argc, char **argv)
{
  Simulation self = { .first = 1, .seeds = 1 };
  const GOptionEntry entries[] = {
    { "first", 0, 0, G_OPTION_ARG_INT, &self.first, "the first seed", "SEED" },
    { "seeds", 0, 0, G_OPTION_ARG_INT, &self.seeds, "how many", "N" },
    { "without", 0, 0, G_OPTION_ARG_STRING, &self.without, "switches a protection off, and ends when that shows", "NAME" },
    { "protections", 0, 0, G_OPTION_ARG_NONE, &self.lists_protections, "lists their names", NULL },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &self.is_verbose, "tells what happens", NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("- tablets, HQ and the road between them, from a seed");
  g_autoptr(GError) error = NULL;

  setlocale (LC_ALL, "C.UTF-8");
  g_setenv ("TZ", "Europe/Paris", TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("altm-simulate: %s\n", error->message);
      return 2;
    }
  for (const char *const *name = altm_protection_names (); self.lists_protections && *name != NULL; name++)
    printf ("%s\n", *name);
  if (self.lists_protections)
    return 0;
  if (self.without != NULL && !altm_protection_switch_off (self.without))
    {
      g_printerr ("altm-simulate: there is no protection %s\n", self.without);
      return 2;
    }
  g_set_printerr_handler (drop_text_cb);
  g_log_set_writer_func (drop_log_cb, NULL, NULL);
  return simulate (&self);
}
