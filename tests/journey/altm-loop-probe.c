/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is preloaded into the app to see how long its main loop does not listen. A turn of the loop is from poll()'s return to
 * the next poll(); drawing, from GdkFrameClock's before-paint to its after-paint, is told apart, for without a graphics card
 * it is this machine's. What others on a busy machine take of the processor is taken off; what the thread sleeps, for a lock or
 * a disk, is not. The app itself knows nothing of it. A line with words between tabs comes in on the socket $ALTM_LOOP,
 * and JSON goes out. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <gtk/gtk.h>
#include <sys/resource.h>
#include <time.h>

#include "altm-probe.h"

/* In milliseconds. */
#define LONG_TURN 16.0
#define LONG_FRAME 50.0

typedef struct
{
  double wall;
  double waited; /* for a processor */
  double processor;
  long n_sleeps;
} Moment;

/* How long something took at most. */
typedef struct
{
  double longest;
  double longest_processor;
  int n_seen;
  int n_long;
  int n_long_processor;
} Longest;

typedef struct
{
  Longest turns;
  Longest frames;
  Moment woken;
  Moment drawing; /* began */
  double drawn;   /* took in this turn */
  double drawn_processor;
  int schedule;   /* where the kernel says how long the main thread waited for a processor */
  gboolean is_own_turn; /* it answers, or scrolls: not the app's doing */
} Loop;

/* What scrolls a list, frame by frame. */
typedef struct
{
  GtkAdjustment *adjustment;
  double step; /* in pixels; 0: so many that the last frame is at the end */
  int n_frames;
  int frame;
} Scrolling;

static Loop *
get_loop (void)
{
  static Loop loop;

  return &loop;
}

/* The second number there, in nanoseconds (proc(5)); 0 on a kernel that does not count it. */
static double
get_waited (int schedule)
{
  char text[128];
  ssize_t length = pread (schedule, text, sizeof text - 1, 0);
  char *second;

  text[MAX (length, 0)] = '\0';
  second = strchr (text, ' ');
  return second == NULL ? 0 : g_ascii_strtod (second, NULL) / 1e6;
}

static double
read_clock (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return 1000.0 * (double) time.tv_sec + (double) time.tv_nsec / 1e6;
}

static Moment
get_moment (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);
  return (Moment) { read_clock (CLOCK_MONOTONIC), get_waited (get_loop ()->schedule), read_clock (CLOCK_THREAD_CPUTIME_ID),
                    usage.ru_nvcsw };
}

/* Milliseconds since then. Whoever never slept took what the processor took: a machine that is not a real one may stand still,
 * and counts that nowhere. */
static double
get_since (const Moment *then)
{
  Moment now = get_moment ();

  if (now.n_sleeps == then->n_sleeps)
    return now.processor - then->processor;
  return now.wall - then->wall - (now.waited - then->waited);
}

static void
note (Longest *self, double length, double processor, double limit)
{
  self->n_seen++;
  self->n_long += length > limit;
  self->n_long_processor += processor > limit;
  self->longest = MAX (self->longest, length);
  self->longest_processor = MAX (self->longest_processor, processor);
}

static int
poll_cb (GPollFD *files, guint n_files, int timeout)
{
  Loop *loop = get_loop ();
  int n_ready;

  if (loop->woken.wall > 0 && !loop->is_own_turn)
    note (&loop->turns, MAX (get_since (&loop->woken) - loop->drawn, 0),
          read_clock (CLOCK_THREAD_CPUTIME_ID) - loop->woken.processor - loop->drawn_processor, LONG_TURN);
  n_ready = g_poll (files, n_files, timeout);
  loop->woken = get_moment ();
  loop->drawn = loop->drawn_processor = 0;
  loop->is_own_turn = FALSE;
  return n_ready;
}

static gboolean
before_paint_cb (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  get_loop ()->drawing = get_moment ();
  return TRUE;
}

static gboolean
after_paint_cb (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  Loop *loop = get_loop ();
  double length = get_since (&loop->drawing);
  double processor = read_clock (CLOCK_THREAD_CPUTIME_ID) - loop->drawing.processor;

  loop->drawn += length;
  loop->drawn_processor += processor;
  note (&loop->frames, length, processor, LONG_FRAME);
  return TRUE;
}

static json_t *
describe (const Longest *self)
{
  return json_pack ("{s:i, s:i, s:f, s:i, s:f}", "seen", self->n_seen, "long", self->n_long, "longest_ms", self->longest,
                    "long_processor", self->n_long_processor, "longest_processor_ms", self->longest_processor);
}

/* What it was since the last time; all begins anew. */
static json_t *
take (char **words)
{
  Loop *loop = get_loop ();
  json_t *taken = json_pack ("{s:o, s:o}", "turns", describe (&loop->turns), "frames", describe (&loop->frames));

  loop->turns = (Longest) { .n_seen = 0 };
  loop->frames = (Longest) { .n_seen = 0 };
  loop->is_own_turn = TRUE;
  return taken;
}

static GtkWidget *
find_list (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_LIST_VIEW (widget) ? widget : NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); found == NULL && child != NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_list (child);
  return found;
}

static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Scrolling *scrolling = data;
  GtkAdjustment *adjustment = scrolling->adjustment;
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  double at = scrolling->step > 0 ? gtk_adjustment_get_value (adjustment) + scrolling->step
                                  : end * scrolling->frame / scrolling->n_frames;

  gtk_adjustment_set_value (adjustment, at);
  return scrolling->frame++ < scrolling->n_frames;
}

static void
free_scrolling (gpointer data)
{
  g_object_set_data (G_OBJECT (((Scrolling *) data)->adjustment), "altm-loop", NULL);
  g_object_unref (((Scrolling *) data)->adjustment);
  g_free (data);
}

/* scroll FRAMES STEP: the first list that is on the screen, from its top on; see Scrolling */
static json_t *
scroll (char **words)
{
  GListModel *windows = gtk_window_get_toplevels ();
  g_autoptr (GtkWidget) window = g_list_model_get_item (windows, 0);
  GtkWidget *list = find_list (window);
  Scrolling *scrolling;

  get_loop ()->is_own_turn = TRUE;
  if (list == NULL)
    return json_null ();
  scrolling = g_new0 (Scrolling, 1);
  scrolling->adjustment = g_object_ref (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list)));
  scrolling->n_frames = atoi (words[1]);
  scrolling->step = g_ascii_strtod (words[2], NULL);
  gtk_adjustment_set_value (scrolling->adjustment, 0);
  g_object_set_data (G_OBJECT (scrolling->adjustment), "altm-loop", scrolling);
  gtk_widget_add_tick_callback (list, scroll_cb, scrolling, free_scrolling);
  return json_real (gtk_adjustment_get_upper (scrolling->adjustment));
}

static json_t *
is_scrolling (char **words)
{
  g_autoptr (GtkWidget) window = g_list_model_get_item (gtk_window_get_toplevels (), 0);
  GtkWidget *list = find_list (window);

  get_loop ()->is_own_turn = TRUE;
  return json_boolean (list != NULL && g_object_get_data (G_OBJECT (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list))),
                                                          "altm-loop") != NULL);
}

static const AltmProbeVerb verbs[] = {
  { "take", 1, take },
  { "scroll", 3, scroll },
  { "scrolling", 1, is_scrolling },
  { NULL },
};

static void
hook (const char *signal, GSignalEmissionHook callback)
{
  g_signal_add_emission_hook (g_signal_lookup (signal, GDK_TYPE_FRAME_CLOCK), 0, callback, NULL, NULL);
}

/* Once the app's own loop turns, GTK is there. */
static gboolean
started_cb (gpointer data)
{
  g_type_class_unref (g_type_class_ref (GDK_TYPE_FRAME_CLOCK));
  hook ("before-paint", before_paint_cb);
  hook ("after-paint", after_paint_cb);
  return G_SOURCE_REMOVE;
}

/* Before main(). */
__attribute__ ((constructor)) static void
start (void)
{
  if (!altm_probe_listen ("ALTM_LOOP", verbs))
    return;
  get_loop ()->schedule = g_open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  g_main_context_set_poll_func (NULL, poll_cb);
  g_idle_add (started_cb, NULL);
}
