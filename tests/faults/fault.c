/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Preloaded into a program (LD_PRELOAD), so that at the N-th call of a function of libc it dies or
 * the call fails. What is to happen stands in a file that is mapped and shared with the test
 * (ALTM_FAULT names it; tests/faults/preload.py lays it out), so that it can be changed, and the
 * calls can be counted, while the program runs. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_BYTES 64
#define REAL(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

typedef enum
{
  ACTION_NONE,
  ACTION_KILL_BEFORE,
  ACTION_KILL_AFTER,
  ACTION_FAIL_ONCE,
  ACTION_FAIL_ON, /* this call and all that follow */
  ACTION_SHORT,   /* half of what was to be written is, and no error */
  ACTION_SLOW,    /* this call and all that follow take so many milliseconds longer as `error` says */
} Action;

/* The file's beginning, in this machine's byte order. */
typedef struct
{
  int64_t at;       /* which of the calls that match, from 1 on; 0: none */
  int64_t seen;     /* calls that matched so far */
  int64_t happened; /* how often it came to pass */
  int32_t action;
  int32_t error;
  int32_t is_traced;
  int32_t takes_memory; /* whether malloc() and its kin are counted, and nothing else */
  char functions[256];  /* their names, each between spaces; empty: all of them */
  char targets[256];    /* parts of a path, each ended by a newline; empty: any */
} Control;

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *memory, size_t size);

static Control **
get_control (void)
{
  static Control *control;

  return &control;
}

static int *
get_trace (void)
{
  static int trace = -1;

  return &trace;
}

__attribute__ ((constructor)) static void
map_control (void)
{
  const char *path = getenv ("ALTM_FAULT");
  char trace[4096];
  int file = path != NULL ? open (path, O_RDWR | O_CLOEXEC) : -1;
  void *memory = file >= 0 ? mmap (NULL, sizeof (Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;

  if (file >= 0)
    close (file);
  if (memory == MAP_FAILED)
    return;
  snprintf (trace, sizeof trace, "%s.trace", path);
  *get_trace () = open (trace, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  *get_control () = memory;
}

static bool
is_listed (const char *functions, const char *name)
{
  size_t length = strlen (name);

  if (*functions == '\0')
    return true;
  for (const char *found = functions; (found = strstr (found, name)) != NULL; found += length)
    if (found > functions && found[-1] == ' ' && found[length] == ' ')
      return true;
  return false;
}

/* What a descriptor stands for: a path, or `socket:[…]`. */
static const char *
describe (int file, char *text, size_t size)
{
  char link[64];
  ssize_t length;

  snprintf (link, sizeof link, "/proc/self/fd/%d", file);
  length = readlink (link, text, size - 1);
  text[length > 0 ? length : 0] = '\0';
  return text;
}

static bool
is_target (const char *targets, const char *path)
{
  if (*targets == '\0')
    return true;
  for (const char *end; (end = strchr (targets, '\n')) != NULL; targets = end + 1)
    if (memmem (path, strlen (path), targets, (size_t) (end - targets)) != NULL)
      return true;
  return false;
}

static void
die (void)
{
  kill (getpid (), SIGKILL);
  for (;;)
    pause ();
}

/* Counts a call that matches; what is to become of it. */
static Action
count_call (Control *control)
{
  int64_t number = __atomic_add_fetch (&control->seen, 1, __ATOMIC_SEQ_CST);
  bool is_lasting = control->action == ACTION_FAIL_ON || control->action == ACTION_SLOW;
  bool is_its_turn = control->at > 0 && (number == control->at || (is_lasting && number > control->at));

  if (!is_its_turn)
    return ACTION_NONE;
  __atomic_add_fetch (&control->happened, 1, __ATOMIC_SEQ_CST);
  if (control->action == ACTION_KILL_BEFORE)
    die ();
  if (control->action == ACTION_SLOW)
    usleep ((useconds_t) control->error * 1000);
  errno = control->error;
  return control->action;
}

static Action
judge (const char *name, int file, const char *path)
{
  Control *control = *get_control ();
  int before = errno;
  char text[4096];

  if (control == NULL || control->takes_memory || !is_listed (control->functions, name))
    return ACTION_NONE;
  if (path == NULL)
    path = describe (file, text, sizeof text);
  errno = before;
  if (!is_target (control->targets, path))
    return ACTION_NONE;
  return count_call (control);
}

/* One line for each call that matched: its number, name, target, and the beginning of its bytes. */
static void
trace (const char *name, int file, const char *path, const void *bytes, ssize_t length)
{
  Control *control = *get_control ();
  int before = errno;
  char text[4096], head[HEAD_BYTES + 1] = "";

  if (control == NULL || !control->is_traced || control->takes_memory)
    return;
  if (path == NULL)
    path = describe (file, text, sizeof text);
  if (is_listed (control->functions, name) && is_target (control->targets, path))
    {
      for (ssize_t i = 0; bytes != NULL && i < length && i < HEAD_BYTES; i++)
        head[i] = ((const char *) bytes)[i] > ' ' && ((const char *) bytes)[i] < 127 ? ((const char *) bytes)[i] : ' ';
      dprintf (*get_trace (), "%lld\t%s\t%s\t%s\n", (long long) control->seen, name, path, head);
    }
  errno = before;
}

static void
end_call (Action action)
{
  if (action == ACTION_KILL_AFTER)
    die ();
}

#define FAILS(action) ((action) == ACTION_FAIL_ONCE || (action) == ACTION_FAIL_ON)

/* A function that fails with -1; FILE or PATH is what it works on, BYTES what it moves. */
#define INTERPOSE(type, name, parameters, arguments, file, path, bytes)                                                        \
  type name parameters                                                                                                        \
  {                                                                                                                           \
    Action action = judge (#name, file, path);                                                                                \
    type result = FAILS (action) ? -1 : REAL (name) arguments;                                                                \
                                                                                                                              \
    trace (#name, file, path, bytes, (ssize_t) result);                                                                       \
    end_call (action);                                                                                                        \
    return result;                                                                                                            \
  }

/* The same for one that writes @size bytes of @buffer: it may write half of them. */
#define INTERPOSE_WRITE(name, parameters, arguments)                                                                          \
  ssize_t name parameters                                                                                                     \
  {                                                                                                                           \
    Action action = judge (#name, file, NULL);                                                                                \
    ssize_t result;                                                                                                           \
                                                                                                                              \
    if (action == ACTION_SHORT && size > 1)                                                                                   \
      size /= 2;                                                                                                              \
    result = FAILS (action) ? -1 : REAL (name) arguments;                                                                     \
    trace (#name, file, NULL, buffer, result);                                                                                \
    end_call (action);                                                                                                        \
    return result;                                                                                                            \
  }

INTERPOSE_WRITE (write, (int file, const void *buffer, size_t size), (file, buffer, size))
INTERPOSE_WRITE (pwrite64, (int file, const void *buffer, size_t size, off64_t offset), (file, buffer, size, offset))
INTERPOSE_WRITE (send, (int file, const void *buffer, size_t size, int flags), (file, buffer, size, flags))
INTERPOSE (ssize_t, sendmsg, (int file, const struct msghdr *message, int flags), (file, message, flags), file, NULL,
           message->msg_iovlen > 0 ? message->msg_iov[0].iov_base : NULL)
INTERPOSE (ssize_t, read, (int file, void *buffer, size_t size), (file, buffer, size), file, NULL, NULL)
INTERPOSE (ssize_t, pread64, (int file, void *buffer, size_t size, off64_t offset), (file, buffer, size, offset), file, NULL,
           NULL)
INTERPOSE (ssize_t, recv, (int file, void *buffer, size_t size, int flags), (file, buffer, size, flags), file, NULL, buffer)
INTERPOSE (ssize_t, recvmsg, (int file, struct msghdr *message, int flags), (file, message, flags), file, NULL,
           message->msg_iovlen > 0 ? message->msg_iov[0].iov_base : NULL)
INTERPOSE (int, connect, (int file, const struct sockaddr *address, socklen_t length), (file, address, length), file, NULL,
           NULL)
INTERPOSE (int, accept, (int file, struct sockaddr *address, socklen_t *length), (file, address, length), file, NULL, NULL)
INTERPOSE (int, fdatasync, (int file), (file), file, NULL, NULL)
INTERPOSE (int, fsync, (int file), (file), file, NULL, NULL)
INTERPOSE (int, ftruncate64, (int file, off64_t size), (file, size), file, NULL, NULL)
INTERPOSE (int, unlink, (const char *path), (path), -1, path, NULL)
INTERPOSE (int, rename, (const char *path, const char *to), (path, to), -1, path, NULL)

static int
open_as (const char *name, const char *path, int flags, mode_t mode)
{
  Action action = judge (name, -1, path);
  int file = FAILS (action) ? -1 : REAL (open64) (path, flags, mode);

  trace (name, -1, path, NULL, 0);
  end_call (action);
  return file;
}

/* The mode counts only where a file is made, and is read past the end of the arguments elsewhere. */
int
open64 (const char *path, int flags, ...)
{
  va_list arguments;
  mode_t mode = 0;

  va_start (arguments, flags);
  if (flags & (O_CREAT | O_TMPFILE))
    mode = va_arg (arguments, mode_t);
  va_end (arguments);
  return open_as ("open64", path, flags, mode);
}

static bool
lacks_memory (void)
{
  Control *control = *get_control ();

  if (control == NULL || !control->takes_memory)
    return false;
  return FAILS (count_call (control));
}

void *
malloc (size_t size)
{
  return lacks_memory () ? NULL : __libc_malloc (size);
}

void *
calloc (size_t count, size_t size)
{
  return lacks_memory () ? NULL : __libc_calloc (count, size);
}

void *
realloc (void *memory, size_t size)
{
  return lacks_memory () ? NULL : __libc_realloc (memory, size);
}
