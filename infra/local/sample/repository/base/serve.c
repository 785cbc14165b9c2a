// A web server in one file, without a C library, so that the sample needs no image from anywhere.
//
//   serve           answers on port 8000: /site/index.html (or else /site/index.json) for every path,
//                   read anew for each request, and "ok" for /healthz; ends on SIGTERM and SIGINT, also as PID 1
//   serve --check   asks 127.0.0.1:8000/healthz; exit 0 when it answers 200, else 1
//
// Linux on x86-64 only. The binary beside this file was made with:
//
//   gcc -Os -static -nostdlib -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables
//     -fcf-protection=none -Wl,--build-id=none,-z,noseparate-code,-z,noexecstack -s -o serve serve.c

typedef unsigned long ulong;

enum { READ = 0, WRITE = 1, OPEN = 2, CLOSE = 3, FSTAT = 5, SIGACTION = 13, SENDFILE = 40, SOCKET = 41 };
enum { CONNECT = 42, ACCEPT = 43, BIND = 49, LISTEN = 50, SETSOCKOPT = 54, FORK = 57, EXIT = 60 };
enum { SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_RCVTIMEO = 20, SO_SNDTIMEO = 21 };
enum { SIGINT = 2, SIGPIPE = 13, SIGTERM = 15, SIGCHLD = 17, SA_RESTORER = 0x04000000 };

struct address { unsigned short family, port; unsigned int host; char zero[8]; };
struct seconds { long seconds, micros; };
struct action { void (*handler)(int); ulong flags; void (*restorer)(void); ulong mask; };
struct status { char before[48]; long size; char after[88]; };

static long call(long number, long a, long b, long c, long d, long e) {
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
  return result;
}

__attribute__((noreturn)) static void leave(int code) {
  for (;;) call(EXIT, code, 0, 0, 0, 0);
}

static void stop(int signal) { (void)signal; leave(0); }
#define IGNORE ((void (*)(int))1)

static void never(void) { leave(0); }

// The kernel refuses a handler without a restorer, although ours never return.
static void handle(int signal, void (*handler)(int)) {
  struct action action = {handler, SA_RESTORER, never, 0};
  call(SIGACTION, signal, (long)&action, 0, 8, 0);
}

static long length(const char *text) {
  long n = 0;
  while (text[n]) n++;
  return n;
}

static int starts(const char *text, const char *with) {
  while (*with) if (*text++ != *with++) return 0;
  return 1;
}

static void say(int to, const char *text) { call(WRITE, to, (long)text, length(text), 0, 0); }

static char *put(char *at, const char *text) {
  while (*text) *at++ = *text++;
  return at;
}

static char *put_number(char *at, long number) {
  char digits[21];
  int first = 20;
  digits[first] = 0;
  do digits[--first] = (char)('0' + number % 10); while (number /= 10);
  return put(at, digits + first);
}

// The whole head in one write, with the body behind it where that is short.
static void head(int to, const char *status, const char *type, long size, const char *body) {
  char text[512], *end = put(text, "HTTP/1.1 ");
  end = put(put(end, status), "\r\nconnection: close\r\ncache-control: no-store\r\ncontent-type: ");
  end = put_number(put(put(end, type), "\r\ncontent-length: "), size);
  end = put(put(end, "\r\n\r\n"), body);
  call(WRITE, to, (long)text, end - text, 0, 0);
}

static void plain(int to, const char *status, const char *body) { head(to, status, "text/plain", length(body), body); }

static void answer(int to, const char *request) {
  int head_only = starts(request, "HEAD /");
  if (!head_only && !starts(request, "GET /")) return plain(to, "405 Method Not Allowed", "GET or HEAD only\n");
  if (starts(request, "GET /healthz")) return plain(to, "200 OK", "ok\n");
  const char *type = "text/html; charset=utf-8";
  long file = call(OPEN, (long)"/site/index.html", 0, 0, 0, 0);
  if (file < 0) {
    type = "application/json";
    file = call(OPEN, (long)"/site/index.json", 0, 0, 0, 0);
  }
  if (file < 0) return plain(to, "404 Not Found", "nothing under /site\n");
  struct status status;
  call(FSTAT, file, (long)&status, 0, 0, 0);
  head(to, "200 OK", type, status.size, "");
  for (long left = head_only ? 0 : status.size; left > 0;) {
    long sent = call(SENDFILE, to, file, 0, left, 0);
    if (sent <= 0) break;
    left -= sent;
  }
  call(CLOSE, file, 0, 0, 0, 0);
}

// Reads until the empty line that ends the header, so that closing the connection resets nothing.
static int read_request(int from, char *request, long size) {
  for (long at = 0; at < size - 1;) {
    long got = call(READ, from, (long)(request + at), size - 1 - at, 0, 0);
    if (got <= 0) return 0;
    at += got;
    request[at] = 0;
    if (at >= 4 && starts(request + at - 4, "\r\n\r\n")) return 1;
  }
  return 1;
}

static void patience(long socket) {
  struct seconds two = {2, 0};
  call(SETSOCKOPT, socket, SOL_SOCKET, SO_RCVTIMEO, (long)&two, sizeof two);
  call(SETSOCKOPT, socket, SOL_SOCKET, SO_SNDTIMEO, (long)&two, sizeof two);
}

static char request[8192];

static int check(void) {
  struct address here = {2, 0x401f, 0x0100007f, {0}}; // AF_INET, port 8000, 127.0.0.1
  long socket = call(SOCKET, 2, 1, 0, 0, 0);
  patience(socket);
  if (call(CONNECT, socket, (long)&here, sizeof here, 0, 0) < 0) return 1;
  say((int)socket, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
  for (long at = 0, got; at < 12; at += got) {
    got = call(READ, socket, (long)(request + at), sizeof request - 1 - at, 0, 0);
    if (got <= 0) return 1;
  }
  return starts(request, "HTTP/1.1 200") ? 0 : 1;
}

static int serve(void) {
  struct address any = {2, 0x401f, 0, {0}}; // AF_INET, port 8000, every address
  int yes = 1;
  handle(SIGTERM, stop);
  handle(SIGINT, stop);
  handle(SIGPIPE, IGNORE);
  handle(SIGCHLD, IGNORE); // so that children leave nothing behind
  long listener = call(SOCKET, 2, 1, 0, 0, 0);
  call(SETSOCKOPT, listener, SOL_SOCKET, SO_REUSEADDR, (long)&yes, sizeof yes);
  if (call(BIND, listener, (long)&any, sizeof any, 0, 0) < 0 || call(LISTEN, listener, 128, 0, 0, 0) < 0) {
    say(2, "serve: cannot listen on port 8000\n");
    return 1;
  }
  say(1, "serve: listening on port 8000\n");
  for (;;) {
    long connection = call(ACCEPT, listener, 0, 0, 0, 0);
    if (connection < 0) continue;
    // A process for each, since browsers open connections that they do not use.
    if (call(FORK, 0, 0, 0, 0, 0) == 0) {
      patience(connection);
      if (read_request((int)connection, request, sizeof request)) answer((int)connection, request);
      leave(0);
    }
    call(CLOSE, connection, 0, 0, 0, 0);
  }
}

__attribute__((used, noreturn)) static void start(long *stack) {
  char **arguments = (char **)(stack + 1);
  leave(stack[0] > 1 && starts(arguments[1], "--check") ? check() : serve());
}

__attribute__((naked, noreturn)) void _start(void) {
  asm("xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call start");
}
