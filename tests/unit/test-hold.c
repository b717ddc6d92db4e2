/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-battery.h"
#include "altm-hold.h"
#include "altm-test.h"

/* Conditions, as letters: n a network, m it is metered, b the battery is low; M and B where the user
 * lets it send all the same, a where someone asks. */
static AltmHold
decide (const char *letters)
{
  const AltmConditions conditions = {
    .has_network = strchr (letters, 'n') != NULL,
    .is_metered = strchr (letters, 'm') != NULL,
    .is_battery_low = strchr (letters, 'b') != NULL,
    .on_metered = strchr (letters, 'M') != NULL,
    .on_low_battery = strchr (letters, 'B') != NULL,
    .is_asked = strchr (letters, 'a') != NULL,
  };

  return altm_hold_decide (&conditions);
}

static void
what_holds_it_back_is_decided (void)
{
  static const struct
  {
    const char *letters;
    AltmHold hold;
  } cases[] = {
    { "n", ALTM_HOLD_NONE },
    { "", ALTM_HOLD_NETWORK },
    { "nm", ALTM_HOLD_METERED },
    { "nmM", ALTM_HOLD_NONE },
    { "nmB", ALTM_HOLD_METERED },
    { "nb", ALTM_HOLD_BATTERY },
    { "nbB", ALTM_HOLD_NONE },
    { "nbM", ALTM_HOLD_BATTERY },
    { "nmb", ALTM_HOLD_METERED },
    { "nmbM", ALTM_HOLD_BATTERY },
    { "nmbB", ALTM_HOLD_METERED },
    { "nmbMB", ALTM_HOLD_NONE },
    { "mb", ALTM_HOLD_METERED },
    { "b", ALTM_HOLD_BATTERY },
    { "MB", ALTM_HOLD_NETWORK },
    { "a", ALTM_HOLD_NONE },
    { "nma", ALTM_HOLD_NONE },
    { "nba", ALTM_HOLD_NONE },
    { "mba", ALTM_HOLD_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].letters);
      g_assert_cmpint (decide (cases[i].letters), ==, cases[i].hold);
    }
}

/* The system's word on the network is a hint: where HQ answers all the same, what is queued is sent. */
static void
the_queue_waits_for_a_cheap_network_and_a_charge (void)
{
  g_assert_false (altm_hold_keeps_queue (ALTM_HOLD_NONE));
  g_assert_false (altm_hold_keeps_queue (ALTM_HOLD_NETWORK));
  g_assert_true (altm_hold_keeps_queue (ALTM_HOLD_METERED));
  g_assert_true (altm_hold_keeps_queue (ALTM_HOLD_BATTERY));
}

/* UPower's levels: 0 unknown, 1 none, 2 discharging, 3 low, 4 critical, 5 action; its states: 0 unknown, 1 charging,
 * 2 discharging, 3 empty, 4 full, 5 about to charge, 6 about to discharge. */
static void
a_battery_is_low_while_nothing_charges_it (void)
{
  static const struct
  {
    guint level;
    gboolean is_low[7]; /* by state */
  } cases[] = {
    { 0, { FALSE } },
    { 1, { FALSE } },
    { 2, { FALSE } },
    { 3, { FALSE, FALSE, TRUE, TRUE, FALSE, FALSE, TRUE } },
    { 4, { FALSE, FALSE, TRUE, TRUE, FALSE, FALSE, TRUE } },
    { 5, { FALSE, FALSE, TRUE, TRUE, FALSE, FALSE, TRUE } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint state = 0; state < G_N_ELEMENTS (cases[i].is_low); state++)
      g_assert_cmpint (altm_battery_judge (cases[i].level, state), ==, cases[i].is_low[state]);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/hold/decided", what_holds_it_back_is_decided);
  g_test_add_func ("/hold/queue", the_queue_waits_for_a_cheap_network_and_a_charge);
  g_test_add_func ("/hold/battery", a_battery_is_low_while_nothing_charges_it);
  return g_test_run ();
}
