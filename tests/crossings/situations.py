#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# More situations, as rows of tables: each is a plugin and a host made from a template, a way of loading that crashes and
# one, or a mended twin, that does not. A row is first made true: what is said to crash is run and must end by a signal,
# what is said to be safe must end with 0. Only then `crossheap bind` is asked: it must exit with 1 and name a crossing
# for the first, with 0 for the second.
#
#   situations.py CROSSHEAP GROUP [NAME...]     a group of rows, in the current folder
#   situations.py --groups                      the names of the groups
import dataclasses
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARIES = "/usr/lib/x86_64-linux-gnu"
JEMALLOC, MIMALLOC, TCMALLOC = "libjemalloc.so.2", "libmimalloc.so.2", "libtcmalloc_minimal.so.4"
PRELOADS = [JEMALLOC, MIMALLOC, TCMALLOC]
JEMALLOC_INSIDE = ["-Wl,--whole-archive", f"{LIBRARIES}/libjemalloc_pic.a", "-Wl,--no-whole-archive", "-lstdc++", "-lm", "-lpthread"]
HIDDEN = ["-Wl,--exclude-libs,ALL"]


@dataclasses.dataclass
class Row:
    name: str
    plugin: str
    host: str
    crashes: list            # (mode, preload)
    safe: list = dataclasses.field(default_factory=list)
    mended: tuple = None     # (plugin, host) that are safe where the first crash
    cxx: bool = False
    plugin_options: list = dataclasses.field(default_factory=list)
    host_options: list = dataclasses.field(default_factory=list)
    libraries: list = dataclasses.field(default_factory=list)  # (name, source, options)
    strip: str = ""
    optimise: str = "1"
    compiler: str = ""
    plugin_map: str = ""     # a version script, as plugin.map
    # What bind is known to get wrong, and why: the day that it does not, the row fails until this is taken out.
    not_reported: str = ""
    twin_is_accused: str = ""


GROUPS = {}


def group(function):
    GROUPS[function.__name__] = function
    return function


INCLUDES = """
#define _GNU_SOURCE
#include <argz.h>
#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <glob.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#include <malloc.h>
#include <sys/types.h>
#include <sys/socket.h>
"""
HOST = '#include "host.h"\n' + INCLUDES.replace("#define _GNU_SOURCE\n", "")


def under(preload, mode="deepbind"):
    return [(mode, preload)]


# What libc's functions hand out, released by the plugin that asked for it. The plugin is deep-bound under a preloaded
# allocator: libc's own functions use the preloaded one, the plugin's free is libc's.
FROM_LIBC = {
    "strndup": 'char *p = strndup("a longer text", 8); puts(p); free(p);',
    "wcsdup": 'wchar_t *p = wcsdup(L"wide"); printf("%ls", p); free(p);',
    "vasprintf": "char *p = format(\"%d\", 7); puts(p); free(p);",
    "getdelim": 'char *p = 0; size_t n = 0; FILE *f = fopen("/proc/self/status", "r"); getdelim(&p, &n, 58, f); puts(p); free(p);',
    "getcwd": "char *p = getcwd(0, 0); puts(p); free(p);",
    "get_current_dir_name": "char *p = get_current_dir_name(); puts(p); free(p);",
    "canonicalize_file_name": 'char *p = canonicalize_file_name("/proc"); puts(p); free(p);',
    "open_memstream": 'char *p; size_t n; FILE *f = open_memstream(&p, &n); fputs("text", f); fclose(f); puts(p); free(p);',
    "open_wmemstream": 'wchar_t *p; size_t n; FILE *f = open_wmemstream(&p, &n); fputws(L"text", f); fclose(f); printf("%ls", p); free(p);',
    "tempnam": 'char *p = tempnam("/tmp", "x"); puts(p); free(p);',
    "backtrace_symbols": "void *at[4]; char **p = backtrace_symbols(at, backtrace(at, 4)); puts(p[0]); free(p);",
    "argz_create": 'char *p; size_t n; char *words[] = {"a", "b", 0}; argz_create(words, &p, &n); puts(p); free(p);',
    "argz_add": 'char *p = 0; size_t n = 0; argz_add(&p, &n, "word"); puts(p); free(p);',
    "the list of scandir": "struct dirent **p; scandir(\"/proc/self\", &p, 0, alphasort); puts(\"read\"); free(p);",
    "strdup, resized": 'char *p = strdup("text"); p = realloc(p, 100000); puts(p);',
    "strdup, asked for its size": 'char *p = strdup("text"); printf("%zu", malloc_usable_size(p)); free(p);',
    "strdup, through a pointer to free": 'void (*volatile release)(void *) = free; char *p = strdup("text"); puts(p); release(p);',
    "strdup, kept in an array": 'static char *kept[4]; kept[getpid() & 3] = strdup("text"); puts("kept"); free(kept[getpid() & 3]);',
    "strdup, in a list": "struct node { struct node *next; char *text; } *head = 0; for (int i = 0; i < 3; ++i) { struct node *node = malloc(sizeof *node); node->text = strdup(\"text\"); node->next = head; head = node; } while (head) { struct node *next = head->next; free(head->text); free(head); head = next; }",
    "getline, into a structure": 'struct { char *line; size_t cap; FILE *f; } r = {0}; r.f = fopen("/proc/self/status", "r"); while (getline(&r.line, &r.cap, r.f) > 0); fclose(r.f); free(r.line);',
    "getline, in a loop": 'char *p = 0; size_t n = 0; FILE *f = fopen("/proc/self/status", "r"); while (getline(&p, &n, f) > 0) if (p[0] == 86) puts(p); fclose(f); free(p);',
}
SAFE_IN_LIBC = {
    "glob and globfree": 'glob_t g; glob("/proc/*", 0, 0, &g); puts(g.gl_pathv[0]); globfree(&g); free(malloc(10));',
    "getaddrinfo and freeaddrinfo": 'struct addrinfo *a; if (getaddrinfo("127.0.0.1", "80", 0, &a) == 0) freeaddrinfo(a); free(malloc(10));',
    "realpath with a buffer": 'char b[4096]; puts(realpath("/proc", b)); free(malloc(10));',
    "sscanf without an m": 'void *p = 0; sscanf("", "%p", &p); free(p); free(malloc(10));',
    "fopen and fclose": 'FILE *f = fopen("/proc/self/status", "r"); fclose(f); free(malloc(10));',
    "getcwd with a buffer": "char *b = malloc(4096); puts(getcwd(b, 4096)); free(b);",
    "open_memstream that is kept": 'char *p; size_t n; FILE *f = open_memstream(&p, &n); fputs("text", f); fflush(f); puts(p); free(malloc(10));',
}
RUN_HOST = HOST + """
int main(int argc, char **argv) {
  void (*run)(void) = dlsym(open_plugin(argv), "run");
  run();
  return 0;
}
"""
FORMAT = """
#include <stdarg.h>
__attribute__((noinline)) static char *format(const char *how, ...) {
  char *text = 0;
  va_list list;
  va_start(list, how);
  if (vasprintf(&text, how, list) < 0) text = 0;
  va_end(list);
  return text;
}
"""


@group
def libc_hands_out():
    rows = []
    for number, (name, body) in enumerate(FROM_LIBC.items()):
        preload = PRELOADS[number % 3]
        rows.append(Row(name, INCLUDES + FORMAT + f"void run(void) {{ {body} }}", RUN_HOST, under(preload),
                        [("local", preload), ("deepbind", "")]))
    for number, (name, body) in enumerate(SAFE_IN_LIBC.items()):
        rows.append(Row(name, INCLUDES + f"void run(void) {{ {body} }}", RUN_HOST, [], under(PRELOADS[number % 3])))
    return rows


# How a block gets from the plugin to the host, and what takes it there.
WAYS = {
    "as a result": ("char *make(void) { return GET; }", 'char *(*make)(void) = dlsym(plugin, "make"); char *p = make(); puts(p); RELEASE;'),
    "by an out parameter": ("int make(char **out) { *out = GET; return 0; }", 'int (*make)(char **) = dlsym(plugin, "make"); char *p; make(&p); puts(p); RELEASE;'),
    "in a structure that the host has": ("struct s { int n; char *p; }; void fill(struct s *s) { s->n = 1; s->p = GET; }",
                                        'struct s { int n; char *p; } s; void (*fill)(struct s *) = dlsym(plugin, "fill"); fill(&s); char *p = s.p; puts(p); RELEASE;'),
    "in a structure by value": ("struct s { long n; char *p; }; struct s make(void) { struct s s = {1, GET}; return s; }",
                               'struct s { long n; char *p; }; struct s (*make)(void) = dlsym(plugin, "make"); struct s s = make(); char *p = s.p; puts(p); RELEASE;'),
    "in a large structure by value": ("struct s { long n[4]; char *p; }; struct s make(void) { struct s s = {{1}, GET}; return s; }",
                                     'struct s { long n[4]; char *p; }; struct s (*make)(void) = dlsym(plugin, "make"); struct s s = make(); char *p = s.p; puts(p); RELEASE;'),
    "in a variable that the plugin exports": ("char *text; void fill(void) { text = GET; }",
                                             'void (*fill)(void) = dlsym(plugin, "fill"); fill(); char **text = dlsym(plugin, "text"); char *p = *text; puts(p); RELEASE;'),
    "through a table of functions": ("static char *make(void) { return GET; } struct table { int version; char *(*make)(void); } table = {1, make};",
                                    'struct table { int version; char *(*make)(void); } *table = dlsym(plugin, "table"); char *p = table->make(); puts(p); RELEASE;'),
    "through a table that a function returns": ("static char *make(void) { return GET; } static const struct table { int version; char *(*make)(void); } table = {1, make}; const struct table *get(void) { return &table; }",
                                               'struct table { int version; char *(*make)(void); }; const struct table *(*get)(void) = dlsym(plugin, "get"); char *p = get()->make(); puts(p); RELEASE;'),
    "through a table that the plugin fills": ("static char *make(void) { return GET; } struct table { int version; char *(*make)(void); }; void init(struct table *t) { t->version = 1; t->make = make; }",
                                             'struct table { int version; char *(*make)(void); } t; void (*init)(struct table *) = dlsym(plugin, "init"); init(&t); char *p = t.make(); puts(p); RELEASE;'),
    "by a callback": ("void each(void (*with)(char *)) { with(GET); }",
                      'void (*each)(void (*)(char *)) = dlsym(plugin, "each"); each(on_block);'),
    "by a callback with a context": ("void each(int (*with)(void *, char *), void *context) { with(context, GET); }",
                                     'void (*each)(int (*)(void *, char *), void *) = dlsym(plugin, "each"); int n = 0; each(on_block_with, &n);'),
    "by a registered callback": ("static void (*kept)(char *); void set(void (*with)(char *)) { kept = with; } void go(void) { kept(GET); }",
                                 'void (*set)(void (*)(char *)) = dlsym(plugin, "set"); void (*go)(void) = dlsym(plugin, "go"); set(on_block); go();'),
    "in a list that the host walks": ("struct n { struct n *next; char *p; }; struct n *make(void) { struct n *n = calloc(1, sizeof *n); n->p = GET; return n; }",
                                     'struct n { struct n *next; char *p; }; struct n *(*make)(void) = dlsym(plugin, "make"); struct n *n = make(); for (; n; n = n->next) { char *p = n->p; puts(p); RELEASE; }'),
    "in an object with functions": ("struct o { void (*say)(struct o *); char *p; }; static void say(struct o *o) { puts(o->p); } struct o *create(void) { struct o *o = malloc(sizeof *o); o->say = say; o->p = GET; return o; }",
                                   'struct o { void (*say)(struct o *); char *p; }; struct o *(*create)(void) = dlsym(plugin, "create"); struct o *o = create(); o->say(o); free(o); puts("freed");'),
    "and is resized": ("char *make(void) { return GET; }", 'char *(*make)(void) = dlsym(plugin, "make"); char *p = make(); p = realloc(p, 100000); puts(p);'),
    "and its size is asked for": ("char *make(void) { return GET; }", 'char *(*make)(void) = dlsym(plugin, "make"); char *p = make(); printf("%zu", malloc_usable_size(p)); RELEASE;'),
    "by name from a table of names": ("char *make(void) { return GET; }",
                                     'static const char *names[] = {"nothing", "make"}; char *(*make)(void) = 0; for (int i = 0; i < 2; ++i) if (dlsym(plugin, names[i])) make = dlsym(plugin, names[i]); char *p = make(); puts(p); RELEASE;'),
    "from a thread": ("#include <pthread.h>\nstatic void *work(void *x) { return GET; } char *make(void) { pthread_t t; void *p; pthread_create(&t, 0, work, 0); pthread_join(t, &p); return p; }",
                      'char *(*make)(void) = dlsym(plugin, "make"); char *p = make(); puts(p); RELEASE;'),
}
GETS = {
    "malloc": "strcpy(malloc(60), \"x\")",
    "calloc": "calloc(1, 60)",
    "aligned_alloc": "strcpy(aligned_alloc(64, 64), \"x\")",
    "realloc": "strcpy(realloc(0, 60), \"x\")",
    "posix_memalign": "({ void *q; posix_memalign(&q, 64, 64); strcpy(q, \"x\"); })",
}


def handed_over(way, get, release="free(p)"):
    plugin, host = WAYS[way]
    plugin = INCLUDES + plugin.replace("GET", GETS[get])
    host = (HOST + "static void on_block(char *p) { puts(p); RELEASE; }\nstatic int on_block_with(void *c, char *p) { ++*(int *)c; puts(p); RELEASE; return 0; }\n"
            + f"int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {host} puts(\"end\"); free(malloc(10)); return 0; }}")
    return plugin, host.replace("RELEASE", release)


@group
def the_host_releases():
    rows = []
    for number, way in enumerate(WAYS):
        preload = PRELOADS[number % 3]
        get = list(GETS)[number % len(GETS)]
        plugin, host = handed_over(way, get)
        mended = None if "resized" in way or "functions" in way or "size" in way else (plugin, handed_over(way, get, "(void)p")[1])
        rows.append(Row(f"{get}, {way}", plugin, host, under(preload), [("local", preload), ("global", preload)], mended,
                        plugin_options=["-pthread"]))
    return rows


# The same the other way round: the host's block, and the plugin releases it.
TAKES = {
    "as a parameter": ("void take(char *p) { puts(p); free(p); }", 'void (*take)(char *) = dlsym(plugin, "take"); take(GET);'),
    "as the third parameter": ("int take(int a, void *b, char *p) { puts(p); free(p); return a; }", 'int (*take)(int, void *, char *) = dlsym(plugin, "take"); take(1, 0, GET);'),
    "by a pointer to the pointer": ("void clear(char **p) { puts(*p); free(*p); *p = 0; }", 'void (*clear)(char **) = dlsym(plugin, "clear"); char *p = GET; clear(&p);'),
    "in a structure": ("struct s { int n; char *p; }; void clear(struct s *s) { puts(s->p); free(s->p); s->p = 0; }",
                       'struct s { int n; char *p; } s = {1, GET}; void (*clear)(struct s *) = dlsym(plugin, "clear"); clear(&s);'),
    "in an object of the host": ("struct s { int n; char *p; }; void drop(struct s *s) { puts(s->p); free(s); }",
                                 'struct s { int n; char *p; } *s = malloc(sizeof *s); s->p = "text"; void (*drop)(struct s *) = dlsym(plugin, "drop"); drop(s);'),
    "through a table of the plugin": ("static void take(char *p) { puts(p); free(p); } struct table { int version; void (*take)(char *); } table = {1, take};",
                                     'struct table { int version; void (*take)(char *); } *table = dlsym(plugin, "table"); table->take(GET);'),
    "from a callback of the host": ("void ask(char *(*get)(void)) { char *p = get(); puts(p); free(p); }",
                                    'void (*ask)(char *(*)(void)) = dlsym(plugin, "ask"); ask(get_block);'),
    "from a callback that fills": ("void ask(void (*get)(char **)) { char *p = 0; get(&p); puts(p); free(p); }",
                                   'void (*ask)(void (*)(char **)) = dlsym(plugin, "ask"); ask(fill_block);'),
    "and resizes it": ("char *grow(char *p) { return realloc(p, 100000); }", 'char *(*grow)(char *) = dlsym(plugin, "grow"); puts(grow(GET));'),
    "and asks for its size": ("size_t ask(char *p) { return malloc_usable_size(p); } void take(char *p) { puts(p); free(p); }",
                              'size_t (*ask)(char *) = dlsym(plugin, "ask"); void (*take)(char *) = dlsym(plugin, "take"); char *p = GET; printf("%zu", ask(p)); take(p);'),
    "keeps it and releases it at the end": ("static char *kept; void keep(char *p) { kept = p; } void finish(void) { puts(kept); free(kept); }",
                                           'void (*keep)(char *) = dlsym(plugin, "keep"); void (*finish)(void) = dlsym(plugin, "finish"); keep(GET); finish();'),
    "and grows it as a line": ("void read_line(char **p, size_t *n) { FILE *f = fopen(\"/proc/self/maps\", \"r\"); *p = realloc(*p, 200000); getline(p, n, f); fclose(f); puts(*p); }",
                               'void (*read_line)(char **, size_t *) = dlsym(plugin, "read_line"); char *p = GET; size_t n = 60; read_line(&p, &n);'),
}


@group
def the_plugin_releases():
    rows = []
    for number, (way, (plugin, host)) in enumerate(TAKES.items()):
        preload = PRELOADS[number % 3]
        get = list(GETS)[number % len(GETS)]
        host = host.replace("GET", GETS[get])
        whole = (HOST + f"static char *get_block(void) {{ return {GETS[get]}; }}\nstatic void fill_block(char **p) {{ *p = {GETS[get]}; }}\n"
                 + f"int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {host} puts(\"end\"); free(malloc(10)); return 0; }}")
        rows.append(Row(f"{get}, {way}", INCLUDES + plugin, whole, under(preload), [("local", preload), ("global", preload)]))
    return rows


# C++. A plugin with its own runtime has its own operators, which ask its own malloc.
CXX = """
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>
struct Shape { virtual ~Shape() = default; virtual int area() const = 0; };
struct Plain { int numbers[20]; };
struct alignas(64) Wide { int numbers[32]; };
struct Owner { std::string name; std::vector<int> numbers; };
"""
CXX_HOST = '#include "host.h"\n' + CXX
OWN_RUNTIME = ["-static-libstdc++", "-static-libgcc"]
IN_CXX = {
    "a unique_ptr": ('extern "C" void make(std::unique_ptr<Plain> &out) { out = std::make_unique<Plain>(); }',
                     'auto make = (void (*)(std::unique_ptr<Plain> &))dlsym(plugin, "make"); std::unique_ptr<Plain> p; make(p); puts("made"); p.reset();'),
    "an object with new and delete": ('extern "C" Plain *make() { return new Plain{}; }', 'auto make = (Plain *(*)())dlsym(plugin, "make"); Plain *p = make(); printf("%d", p->numbers[1]); delete p;'),
    "an array with new and delete": ('extern "C" int *make() { return new int[40]{}; }', 'auto make = (int *(*)())dlsym(plugin, "make"); int *p = make(); printf("%d", p[1]); delete[] p;'),
    "an over-aligned object": ('extern "C" Wide *make() { return new Wide{}; }', 'auto make = (Wide *(*)())dlsym(plugin, "make"); Wide *p = make(); printf("%d", p->numbers[1]); delete p;'),
    "a vector by value": ('extern "C" std::vector<int> make() { return std::vector<int>(100, 7); }', 'auto make = (std::vector<int> (*)())dlsym(plugin, "make"); auto v = make(); printf("%d", v[3]);'),
    "a string that is appended to": ('extern "C" void add(std::string &s) { s.append(200, char(120)); }', 'auto add = (void (*)(std::string &))dlsym(plugin, "add"); std::string s(50, char(121)); add(s); puts(s.c_str());'),
    "a string that is moved": ('static std::string kept; extern "C" void take(std::string &s) { kept = std::move(s); std::string().swap(kept); }', 'auto take = (void (*)(std::string &))dlsym(plugin, "take"); std::string s(50, char(121)); take(s); puts("taken");'),
    "a list": ('extern "C" void fill(std::list<int> &l) { l.push_back(1); l.push_back(2); }', 'auto fill = (void (*)(std::list<int> &))dlsym(plugin, "fill"); std::list<int> l; fill(l); printf("%zu", l.size()); l.clear();'),
    "a structure of strings and vectors": ('extern "C" Owner *make() { return new Owner{std::string(60, char(120)), {1, 2, 3}}; }', 'auto make = (Owner *(*)())dlsym(plugin, "make"); Owner *p = make(); puts(p->name.c_str()); delete p;'),
}


@group
def cxx_with_its_own_runtime():
    rows = []
    for name, (plugin, host) in IN_CXX.items():
        preload = MIMALLOC  # the others survive some of them by luck
        whole = CXX_HOST + f"int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {host} puts(\"end\"); }}"
        rows.append(Row(name, CXX + plugin, whole, under(preload), [("local", preload)], cxx=True, plugin_options=OWN_RUNTIME))
    return rows


# Allocators inside.
@group
def allocators_inside():
    give, give_host = handed_over("as a result", "malloc")
    take, take_host = TAKES["as a parameter"]
    take_host = (HOST + 'int main(int argc, char **argv) { void *plugin = open_plugin(argv); ' + take_host.replace("GET", GETS["malloc"]) + ' puts("end"); return 0; }')
    mended_give = (give, handed_over("as a result", "malloc", "(void)p")[1])
    hidden = JEMALLOC_INSIDE + HIDDEN
    framework = INCLUDES + "char *frame_make(void) { return strcpy(malloc(60), \"x\"); } void frame_take(char *p) { puts(p); free(p); }"
    return [
        Row("a stripped plugin with a hidden jemalloc gives in the local mode", give, give_host, [("local", ""), ("global", "")],
            plugin_options=hidden, strip="plugin.so"),
        Row("a hidden jemalloc in the host takes from a local plugin", give, give_host, [("local", ""), ("deepbind", "")], mended=mended_give,
            host_options=hidden),
        Row("a hidden jemalloc in the host gives to a local plugin", INCLUDES + take, take_host, [("local", "")], host_options=hidden),
        Row("a stripped hidden jemalloc in the host gives to a local plugin", INCLUDES + take, take_host, [("local", "")], host_options=hidden, strip="host"),
        Row("a library of the host with a hidden jemalloc gives to the plugin",
            INCLUDES + "char *frame_make(void); void run(void) { char *p = frame_make(); puts(p); free(p); }", RUN_HOST, [("local", "")],
            mended=(INCLUDES + "char *frame_make(void); void frame_take(char *); void run(void) { char *p = frame_make(); frame_take(p); free(malloc(10)); }", RUN_HOST),
            libraries=[("frame", framework, hidden)], plugin_options=["-lframe"], host_options=["-Wl,--no-as-needed", "-lframe"]),
        Row("a library of the host with a stripped hidden jemalloc gives to the plugin",
            INCLUDES + "char *frame_make(void); void run(void) { char *p = frame_make(); puts(p); free(p); }", RUN_HOST, [("local", "")],
            libraries=[("frame", framework, hidden)], plugin_options=["-lframe"], host_options=["-Wl,--no-as-needed", "-lframe"], strip="libframe.so"),
        Row("a dependency of the plugin with a hidden jemalloc gives to it",
            INCLUDES + "char *frame_make(void); void run(void) { char *p = frame_make(); puts(p); free(p); }", RUN_HOST, [("local", ""), ("global", "")],
            mended=(INCLUDES + "char *frame_make(void); void frame_take(char *); void run(void) { char *p = frame_make(); frame_take(p); free(malloc(10)); }", RUN_HOST),
            libraries=[("frame", framework, hidden)], plugin_options=["-lframe"]),
        Row("a dependency of the plugin with a hidden jemalloc takes from it",
            INCLUDES + "void frame_take(char *); void run(void) { frame_take(strcpy(malloc(60), \"x\")); }", RUN_HOST, [("local", "")],
            libraries=[("frame", framework, hidden)], plugin_options=["-lframe"]),
        Row("a plugin that is needed gives to the host that links it", INCLUDES + "char *make(void) { return strcpy(malloc(60), \"x\"); }",
            HOST + "char *make(void); int main(int argc, char **argv) { char *p = make(); puts(p); free(p); return 0; }", [("local", "")],
            plugin_options=hidden + ["-Wl,-soname,plugin.so"], host_options=["plugin.so", "-Wl,-rpath,$ORIGIN"]),
        Row("strdup in a plugin with a hidden jemalloc", INCLUDES + 'void run(void) { char *p = strdup("text"); puts(p); free(p); }', RUN_HOST,
            [("local", ""), ("deepbind", "")], plugin_options=hidden),
        Row("a host with an exported jemalloc, and a namespace", give, give_host, [("namespace", ""), ("deepbind", "")], [("local", "")],
            host_options=JEMALLOC_INSIDE + ["-rdynamic"]),
    ]


# A wrapper, as heaptrack preloads one: whose blocks these are, the malloc behind it decides.
COUNTS = """
static unsigned long calls;
void *malloc(size_t n) { static void *(*next)(size_t); if (!next) next = dlsym(RTLD_NEXT, "malloc"); ++calls; return next(n); }
void free(void *p) { static void (*next)(void *); if (!next) next = dlsym(RTLD_NEXT, "free"); next(p); }
void *realloc(void *p, size_t n) { static void *(*next)(void *, size_t); if (!next) next = dlsym(RTLD_NEXT, "realloc"); return next(p, n); }
"""


# What else may stand between.
@group
def through_others():
    frame = INCLUDES + """
void *frame_open(const char *path, int flags) { return dlopen(path, flags); }
char *frame_call(void *plugin) { char *(*make)(void) = dlsym(plugin, "make"); return make(); }
char *frame_alloc(size_t n) { return malloc(n); }
void frame_free(void *p) { free(p); }
"""
    runs = INCLUDES + 'void frame_run(void *plugin) { char *(*make)(void) = dlsym(plugin, "make"); char *p = make(); puts(p); free(p); }'
    make = INCLUDES + "char *make(void) { return strcpy(malloc(60), \"x\"); }"
    thin = '#include "host.h"\nvoid frame_run(void *); int main(int argc, char **argv) { frame_run(open_plugin(argv)); return 0; }'
    returns = '#include "host.h"\nchar *frame_call(void *); int main(int argc, char **argv) { char *p = frame_call(open_plugin(argv)); puts(p); free(p); return 0; }'
    keeps = '#include "host.h"\nchar *frame_call(void *); int main(int argc, char **argv) { char *p = frame_call(open_plugin(argv)); puts(p); free(malloc(10)); return 0; }'
    linked = ["-Wl,--no-as-needed", "-lframe"]
    return [
        Row("a framework library calls the plugin and releases", make, thin, under(JEMALLOC), [("local", JEMALLOC)], libraries=[("frame", runs, [])], host_options=linked),
        Row("a framework library calls the plugin and the host releases", make, returns, under(MIMALLOC), [("local", MIMALLOC)], mended=(make, keeps),
            libraries=[("frame", frame, [])], host_options=linked),
        Row("the plugin allocates by the framework and releases itself",
            INCLUDES + "char *frame_alloc(size_t); void run(void) { char *p = strcpy(frame_alloc(60), \"x\"); puts(p); free(p); }", RUN_HOST, under(TCMALLOC), [("local", TCMALLOC)],
            mended=(INCLUDES + "char *frame_alloc(size_t); void frame_free(void *); void run(void) { char *p = strcpy(frame_alloc(60), \"x\"); puts(p); frame_free(p); free(malloc(10)); }", RUN_HOST),
            libraries=[("frame", frame, [])], plugin_options=["-lframe"], host_options=linked),
        Row("the plugin allocates and the framework releases",
            INCLUDES + "void frame_free(void *); void run(void) { char *p = strcpy(malloc(60), \"x\"); puts(p); frame_free(p); }", RUN_HOST, under(JEMALLOC), [("local", JEMALLOC)],
            libraries=[("frame", frame, [])], plugin_options=["-lframe"], host_options=linked),
        Row("the plugin takes from a function of the host", INCLUDES + "char *host_make(void); void run(void) { char *p = host_make(); puts(p); free(p); }",
            HOST + "char *host_make(void) { return strcpy(malloc(60), \"x\"); } int main(int argc, char **argv) { void (*run)(void) = dlsym(open_plugin(argv), \"run\"); run(); return 0; }",
            under(MIMALLOC), [("local", MIMALLOC)], host_options=["-rdynamic"]),
        Row("the plugin gives to a function of the host", INCLUDES + "void host_take(char *); void run(void) { host_take(strcpy(malloc(60), \"x\")); }",
            HOST + "void host_take(char *p) { puts(p); free(p); } int main(int argc, char **argv) { void (*run)(void) = dlsym(open_plugin(argv), \"run\"); run(); return 0; }",
            under(JEMALLOC), [("local", JEMALLOC)], host_options=["-rdynamic"]),
        Row("the plugin is given the host's allocator and frees with its own",
            INCLUDES + "static void *(*get)(size_t); void init(void *(*a)(size_t)) { get = a; } void run(void) { char *p = strcpy(get(60), \"x\"); puts(p); free(p); }",
            HOST + "int main(int argc, char **argv) { void *plugin = open_plugin(argv); void (*init)(void *(*)(size_t)) = dlsym(plugin, \"init\"); void (*run)(void) = dlsym(plugin, \"run\"); init(malloc); run(); return 0; }",
            under(JEMALLOC), [("local", JEMALLOC)]),
        Row("the plugin is given the host's free and allocates with its own",
            INCLUDES + "static void (*give)(void *); void init(void (*a)(void *)) { give = a; } void run(void) { char *p = strcpy(malloc(60), \"x\"); puts(p); give(p); }",
            HOST + "int main(int argc, char **argv) { void *plugin = open_plugin(argv); void (*init)(void (*)(void *)) = dlsym(plugin, \"init\"); void (*run)(void) = dlsym(plugin, \"run\"); init(free); run(); return 0; }",
            under(MIMALLOC), [("local", MIMALLOC)]),
        Row("a wrapper of the plugin around malloc", INCLUDES + "__attribute__((noinline)) void *xmalloc(size_t n) { void *p = malloc(n); if (!p) abort(); return p; } char *make(void) { return strcpy(xmalloc(60), \"x\"); }",
            handed_over("as a result", "malloc")[1], under(TCMALLOC), [("local", TCMALLOC)]),
        Row("a wrapper of the host around free", make,
            HOST + "__attribute__((noinline)) static void xfree(void *p) { if (p) free(p); } int main(int argc, char **argv) { char *(*make)(void) = dlsym(open_plugin(argv), \"make\"); char *p = make(); puts(p); xfree(p); return 0; }",
            under(JEMALLOC), [("local", JEMALLOC)]),
        Row("a preloaded library that counts calls of malloc is no heap of its own", make, handed_over("as a result", "malloc")[1],
            under(f"./libcount.so:{JEMALLOC}"), [("deepbind", "./libcount.so"), ("local", "./libcount.so"), ("local", f"./libcount.so:{JEMALLOC}")],
            libraries=[("count", INCLUDES + COUNTS, [])]),
        Row("optimised for size, without a frame pointer", *handed_over("in a structure that the host has", "malloc"), under(MIMALLOC), [("local", MIMALLOC)], optimise="s"),
        Row("optimised, with sections that the linker sorts", *handed_over("through a table of functions", "calloc"), under(JEMALLOC), [("local", JEMALLOC)], optimise="3",
            plugin_options=["-ffunction-sections", "-Wl,--gc-sections", "-fno-plt"], host_options=["-fno-plt"]),
        Row("bound at the first call", *handed_over("as a result", "calloc"), under(TCMALLOC), [("local", TCMALLOC)], plugin_options=["-Wl,-z,lazy"], host_options=["-Wl,-z,lazy", "-no-pie"]),
    ]


# How a host keeps the functions of its plugins.
MAKE = INCLUDES + 'char *make(void) { return strcpy(malloc(60), "x"); } void drop(char *p) { free(p); } int version(void) { return 3; }'
PLUGIN_RECORD = "struct record { void *handle; int (*version)(void); char *(*make)(void); void (*drop)(char *); };"
LOAD = ('__attribute__((noinline)) static int load(struct record *r, char **argv) { r->handle = open_plugin(argv); r->version = dlsym(r->handle, "version");'
        ' r->make = dlsym(r->handle, "make"); r->drop = dlsym(r->handle, "drop"); return r->version(); }')
MANAGERS = {
    "in a structure of its own that a function fills": (LOAD, "struct record r; load(&r, argv); char *p = r.make(); puts(p); RELEASE(r.drop);"),
    "in an allocated structure that a function returns": (
        LOAD + "__attribute__((noinline)) static struct record *opened(char **argv) { struct record *r = malloc(sizeof *r); load(r, argv); return r; }",
        "struct record *r = opened(argv); char *p = r->make(); puts(p); RELEASE(r->drop);"),
    "in a structure that another function uses": (
        LOAD + "__attribute__((noinline)) static void use(struct record *r) { char *p = r->make(); puts(p); RELEASE(r->drop); }",
        "struct record r; load(&r, argv); use(&r);"),
    "in a global array of structures": (
        LOAD + "static struct record all[4]; static int count;",
        "load(&all[count++], argv); for (int i = 0; i < count; ++i) { char *p = all[i].make(); puts(p); RELEASE(all[i].drop); }"),
    "behind a global pointer": (
        "static struct record *current; __attribute__((noinline)) static void opened(char **argv) { current = calloc(1, sizeof *current); current->make = dlsym(open_plugin(argv), \"make\"); current->drop = dlsym(open_plugin(argv), \"drop\"); }",
        "opened(argv); char *p = current->make(); puts(p); RELEASE(current->drop);"),
    "in a list": (
        LOAD + "struct node { struct node *next; struct record r; }; static struct node *head;",
        "struct node *n = calloc(1, sizeof *n); load(&n->r, argv); n->next = head; head = n; for (n = head; n; n = n->next) { char *p = n->r.make(); puts(p); RELEASE(n->r.drop); }"),
    "in an array of functions by a table of names": (
        'static const char *names[] = {"version", "make", "drop"}; static void *functions[3];',
        'void *h = open_plugin(argv); for (int i = 0; i < 3; ++i) functions[i] = dlsym(h, names[i]); char *p = ((char *(*)(void))functions[1])(); puts(p); RELEASE(((void (*)(char *))functions[2]));'),
    "in a structure by a table of names and places": (
        '\n#include <stddef.h>\nstatic const struct { const char *name; size_t at; } table[] = {{"version", offsetof(struct record, version)}, {"make", offsetof(struct record, make)}, {"drop", offsetof(struct record, drop)}};',
        'struct record r; void *h = open_plugin(argv); for (int i = 0; i < 3; ++i) *(void **)((char *)&r + table[i].at) = dlsym(h, table[i].name); char *p = r.make(); puts(p); RELEASE(r.drop);'),
    "by a name that it puts together": (
        "",
        'char name[64]; void *h = open_plugin(argv); snprintf(name, sizeof name, "%s%s", "ma", getenv("NOTHING") ? getenv("NOTHING") : "ke"); char *(*make)(void) = dlsym(h, name); snprintf(name, sizeof name, "%s%s", "dr", "op"); void (*drop)(char *) = dlsym(h, name); char *p = make(); puts(p); RELEASE(drop);'),
    "by a function of its own around dlsym": (
        '__attribute__((noinline)) static void *need(void *h, const char *name) { void *f = dlsym(h, name); if (!f) { fprintf(stderr, "no %s", name); exit(3); } return f; }',
        'void *h = open_plugin(argv); char *(*make)(void) = need(h, "make"); void (*drop)(char *) = need(h, "drop"); char *p = make(); puts(p); RELEASE(drop);'),
}


@group
def hosts_that_keep_functions():
    rows = []
    for number, (name, (helpers, body)) in enumerate(MANAGERS.items()):
        def whole(release, helpers=helpers, body=body):
            return (HOST + f"#define RELEASE(drop) {release}\n" + PLUGIN_RECORD + helpers
                    + f"\nint main(int argc, char **argv) {{ {body} puts(\"end\"); free(malloc(10)); return 0; }}")
        preload = PRELOADS[number % 3]
        rows.append(Row(name, MAKE, whole("free(p)"), under(preload), [("local", preload)], mended=(MAKE, whole("drop(p)")), optimise="12"[number % 2]))
    return rows


# What is kept between giving and releasing.
KEEPS = {
    "in a list of the host": (
        "void host_add(char *); void run(void) { host_add(strcpy(malloc(60), \"x\")); }",
        "struct n { struct n *next; char *p; }; static struct n *head; void host_add(char *p) { struct n *n = malloc(sizeof *n); n->p = p; n->next = head; head = n; }",
        "run(); for (struct n *n = head; n; n = n->next) { puts(n->p); RELEASE(n->p); }"),
    "in a variable of the host": (
        "void host_name(char *); void run(void) { host_name(strcpy(malloc(60), \"x\")); }",
        "static char *name; void host_name(char *p) { name = p; }",
        "run(); puts(name); RELEASE(name);"),
    "in an array of the host": (
        "void host_add(char *); void run(void) { host_add(strcpy(malloc(60), \"x\")); }",
        "static char *all[8]; static int count; void host_add(char *p) { all[count++] = p; }",
        "run(); for (int i = 0; i < count; ++i) { puts(all[i]); RELEASE(all[i]); }"),
    "in a variable that the host exports": (
        "extern char *host_text; void run(void) { host_text = strcpy(malloc(60), \"x\"); }",
        "char *host_text;",
        "run(); puts(host_text); RELEASE(host_text);"),
    "in an element of a structure that the host exports": (
        "extern struct s { int n; char *p; } host_state; void run(void) { host_state.p = strcpy(malloc(60), \"x\"); }",
        "struct s { int n; char *p; } host_state;",
        "run(); puts(host_state.p); RELEASE(host_state.p);"),
    "and a registered table of functions makes it": (
        "static char *make(void) { return strcpy(malloc(60), \"x\"); } struct ops { int v; char *(*make)(void); }; void host_register(const struct ops *); static const struct ops ops = {1, make}; void run(void) { host_register(&ops); }",
        "struct ops { int v; char *(*make)(void); }; static const struct ops *known; void host_register(const struct ops *o) { known = o; }",
        "run(); char *p = known->make(); puts(p); RELEASE(p);"),
    "in an event that a callback gets": (
        "struct e { int kind; char *p; }; void run_with(void (*)(struct e *)); void host_each(void (**)(struct e *)); void run(void) { void (*with)(struct e *); host_each(&with); struct e e = {1, strcpy(malloc(60), \"x\")}; with(&e); }",
        "struct e { int kind; char *p; }; static void on(struct e *e) { puts(e->p); RELEASE(e->p); } void host_each(void (**with)(struct e *)) { *with = on; }",
        "run();"),
    "among variable arguments": (
        "void host_take(int n, ...); void run(void) { host_take(1, strcpy(malloc(60), \"x\")); }",
        "#include <stdarg.h>\nvoid host_take(int n, ...) { va_list l; va_start(l, n); char *p = va_arg(l, char *); va_end(l); puts(p); RELEASE(p); }",
        "run();"),
    "as a number": (
        "void host_take(unsigned long); void run(void) { host_take((unsigned long)strcpy(malloc(60), \"x\")); }",
        "void host_take(unsigned long n) { char *p = (char *)n; puts(p); RELEASE(p); }",
        "run();"),
}


@group
def what_the_host_keeps():
    rows = []
    for number, (name, (plugin, helpers, body)) in enumerate(KEEPS.items()):
        def whole(release, helpers=helpers, body=body):
            return (HOST + f"#define RELEASE(p) {release}\n" + helpers
                    + f"\nint main(int argc, char **argv) {{ void (*run)(void) = dlsym(open_plugin(argv), \"run\"); {body} puts(\"end\"); free(malloc(10)); return 0; }}")
        preload = PRELOADS[number % 3]
        rows.append(Row(name, INCLUDES + plugin, whole("free(p)"), under(preload), [("local", preload)], mended=(INCLUDES + plugin, whole("(void)(p)")),
                        host_options=["-rdynamic"]))
    return rows


# libc releases for the one who asked for it, with the function that it was given.
@group
def libc_releases_for_others():
    bodies = {
        "a key of a thread": "pthread_key_t k; pthread_key_create(&k, free); pthread_setspecific(k, strdup(\"text\")); pthread_exit(0);",
        "a tree": "void *root = 0; tsearch(strdup(\"text\"), &root, (int (*)(const void *, const void *))strcmp); tdestroy(root, free);",
        "a clean-up of a thread": "pthread_cleanup_push(free, strdup(\"text\")); pthread_exit(0); pthread_cleanup_pop(1);",
        "the end of the process": "on_exit((void (*)(int, void *))(void *)release, strdup(\"text\"));",
    }
    rows = []
    for number, (name, body) in enumerate(bodies.items()):
        preload = PRELOADS[number % 3]
        plugin = INCLUDES + ("#include <pthread.h>\n#include <search.h>\nstatic void release(int status, void *p) { free(p); }\n"
                             f"static void *work(void *x) {{ {body} return 0; }} void run(void) {{ pthread_t t; pthread_create(&t, 0, work, 0); pthread_join(t, 0); }}")
        rows.append(Row(name, plugin, RUN_HOST, under(preload), [("local", preload)], plugin_options=["-pthread"]))
    return rows


# Forms that libc has and the preloaded allocator has not.
@group
def forms():
    rows = []
    for name, body, crashes, safe in [
        ("reallocarray in a deep-bound plugin", "char *p = reallocarray(0, 10, 10); strcpy(p, \"x\"); puts(p); free(p);", under(JEMALLOC), [("local", JEMALLOC)]),
        ("pvalloc beside jemalloc", "char *p = pvalloc(100); strcpy(p, \"x\"); puts(p); free(p);", under(JEMALLOC, "local"), [("deepbind", JEMALLOC)]),
        ("__libc_malloc beside jemalloc", "extern void *__libc_malloc(size_t); char *p = __libc_malloc(100); strcpy(p, \"x\"); puts(p); free(p);", under(JEMALLOC, "local"), [("deepbind", JEMALLOC)]),
        ("__libc_free beside tcmalloc", "extern void __libc_free(void *); char *p = malloc(100); strcpy(p, \"x\"); puts(p); __libc_free(p);", under(JEMALLOC, "local"), [("deepbind", JEMALLOC)]),
        ("malloc by dlsym of the default scope", "void *(*get)(size_t) = dlsym(RTLD_DEFAULT, \"malloc\"); char *p = get(100); strcpy(p, \"x\"); puts(p); free(p);", [], [("local", MIMALLOC), ("deepbind", MIMALLOC)]),
        ("free by dlsym of the default scope", "void (*give)(void *) = dlsym(RTLD_DEFAULT, \"free\"); char *p = malloc(100); strcpy(p, \"x\"); puts(p); give(p);", [], [("local", JEMALLOC), ("deepbind", JEMALLOC)]),
        ("malloc by dlsym of libc", "void *(*get)(size_t) = dlsym(dlopen(\"libc.so.6\", RTLD_NOW), \"malloc\"); char *p = get(100); strcpy(p, \"x\"); puts(p); free(p);", under(TCMALLOC, "local"), [("deepbind", TCMALLOC)]),
        ("free by dlsym of libc", "void (*give)(void *) = dlsym(dlopen(\"libc.so.6\", RTLD_NOW), \"free\"); char *p = strdup(\"text\"); puts(p); give(p);", [("local", JEMALLOC), ("deepbind", JEMALLOC)], []),
        ("strdup by dlsym", "char *(*copy)(const char *) = dlsym(RTLD_DEFAULT, \"strdup\"); char *p = copy(\"text\"); puts(p); free(p);", under(MIMALLOC), [("local", MIMALLOC)]),
    ]:
        rows.append(Row(name, INCLUDES + f"void run(void) {{ {body} }}", RUN_HOST, crashes, safe))
    return rows


# The same by other compilers, linkers, options; and functions that are found in other ways.
@group
def other_builds():
    give, give_host = handed_over("as a result", "malloc")
    strdup_row = (INCLUDES + 'void run(void) { char *p = strdup("text"); puts(p); free(p); }', RUN_HOST)
    take = INCLUDES + TAKES["as a parameter"][0]
    take_host = HOST + 'int main(int argc, char **argv) { void *plugin = open_plugin(argv); ' + TAKES["as a parameter"][1].replace("GET", GETS["malloc"]) + ' puts("end"); return 0; }'
    rows = []
    for number, (name, options) in enumerate({
        "mold": ["-fuse-ld=mold"], "gold": ["-fuse-ld=gold"], "link-time optimisation": ["-flto", "-O2"], "without a procedure linkage table": ["-fno-plt", "-Wl,-z,now"],
        "with branch protection": ["-fcf-protection=full", "-Wl,-z,ibtplt"], "for size": ["-Os"], "as much as can be": ["-O3", "-funroll-loops"], "not at all": ["-O0"],
        "with a frame pointer": ["-O2", "-fno-omit-frame-pointer"], "retpolines": ["-O2", "-mindirect-branch=thunk"],
        "without unwind tables": ["-O2", "-fno-asynchronous-unwind-tables", "-fno-exceptions", "-fcf-protection=none"],
        "a checked stack": ["-O2", "-fstack-protector-all", "-D_FORTIFY_SOURCE=2"],
    }.items()):
        preload = PRELOADS[number % 3]
        what, plugin, host, strip = [("strdup", *strdup_row, ""), ("the plugin gives", give, give_host, "host"), ("the plugin takes", take, take_host, "plugin.so")][number % 3]
        rows.append(Row(f"{name}: {what}", plugin, host, under(preload), [("local", preload)], plugin_options=options, host_options=options, strip=strip))
    rows += [
        Row("a function by an IFUNC", INCLUDES + 'static char *one(void) { return strcpy(malloc(60), "x"); } static char *(*pick(void))(void) { return one; } char *make(void) __attribute__((ifunc("pick")));',
            give_host, under(JEMALLOC), [("local", JEMALLOC)]),
        Row("an alias", INCLUDES + 'static char *one(void) { return strcpy(malloc(60), "x"); } char *make(void) __attribute__((alias("one")));', give_host, under(JEMALLOC), [("local", JEMALLOC)]),
        Row("a protected function", INCLUDES + '__attribute__((visibility("protected"))) char *make(void) { return strcpy(malloc(60), "x"); }', give_host, under(JEMALLOC), [("local", JEMALLOC)]),
        Row("an old version of a function",
            INCLUDES + '__asm__(".symver make_1,make@V1"); __asm__(".symver make_2,make@@V2"); char *make_1(void) { return strcpy(malloc(60), "x"); } char *make_2(void) { static char text[60]; return text; }',
            HOST + 'int main(int argc, char **argv) { char *(*make)(void) = dlvsym(open_plugin(argv), "make", "V1"); char *p = make(); puts(p); free(p); return 0; }',
            under(JEMALLOC), [("local", JEMALLOC)], plugin_options=["-Wl,--version-script=versions.map"]),
        Row("a tail call", INCLUDES + "void take(char *p) { free(p); }", HOST + 'int main(int argc, char **argv) { void (*take)(char *) = dlsym(open_plugin(argv), "take"); take(strcpy(malloc(60), "x")); return 0; }',
            under(MIMALLOC), [("local", MIMALLOC)], optimise="2"),
        Row("a clean-up attribute", INCLUDES + 'static void drop(char **p) { free(*p); } void run(void) { __attribute__((cleanup(drop))) char *p = strdup("text"); puts(p); }', RUN_HOST, under(TCMALLOC), [("local", TCMALLOC)]),
        Row("a preload by its path", *strdup_row, under(f"{LIBRARIES}/{JEMALLOC}"), [("local", f"{LIBRARIES}/{JEMALLOC}")]),
        Row("two preloads", *strdup_row, under(f"{MIMALLOC}:{JEMALLOC}"), [("local", f"{MIMALLOC} {JEMALLOC}")]),
        Row("a constructor", INCLUDES + '__attribute__((constructor)) static void begin(void) { char *p = strdup("text"); puts(p); free(p); }', HOST + "int main(int argc, char **argv) { open_plugin(argv); return 0; }",
            under(JEMALLOC), [("local", JEMALLOC)]),
        Row("a destructor", INCLUDES + 'static char *kept; __attribute__((constructor)) static void begin(void) { kept = strdup("text"); } __attribute__((destructor)) static void end(void) { free(kept); }',
            HOST + "int main(int argc, char **argv) { dlclose(open_plugin(argv)); return 0; }", under(JEMALLOC), [("local", JEMALLOC)]),
    ]
    return rows


# Allocators that somebody wrote for himself.
OWN_ALLOCATOR = """
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stdlib.h>
static char pool[1 << 22]; static size_t used;
WHERE void *malloc(size_t n) { size_t *at = (size_t *)(pool + used); n = (n + 31) & ~(size_t)15; used += n + 16; if (used > sizeof pool) __builtin_trap(); at[0] = n; return at + 2; }
WHERE void free(void *p) { if (p && ((char *)p < pool || (char *)p >= pool + sizeof pool)) __builtin_trap(); }
WHERE void *calloc(size_t n, size_t m) { return memset(malloc(n * m), 0, n * m); }
WHERE void *realloc(void *p, size_t n) { void *q = malloc(n); if (p) { size_t had = ((size_t *)p)[-2]; memcpy(q, p, had < n ? had : n); free(p); } return q; }
"""


@group
def own_allocators():
    give, give_host = handed_over("as a result", "malloc")
    strdup_row = (INCLUDES + 'void run(void) { char *p = strdup("text"); puts(p); free(p); }', RUN_HOST)
    plain = OWN_ALLOCATOR.replace("WHERE", "")
    hidden = OWN_ALLOCATOR.replace("WHERE", '__attribute__((visibility("hidden")))')
    return [
        Row("a host that defines malloc itself", give, plain + give_host, [("deepbind", ""), ("namespace", "")], [("local", "")], host_options=["-fno-builtin"]),
        Row("a host that defines weak functions", give, OWN_ALLOCATOR.replace("WHERE", "__attribute__((weak))") + give_host, [("deepbind", "")], [("local", "")], host_options=["-fno-builtin"]),
        Row("a host that hides its own malloc", give, hidden + give_host, [("local", ""), ("global", "")], host_options=["-fno-builtin"]),
        Row("a plugin with a malloc of its own, bound inside", plain + strdup_row[0], RUN_HOST, [("local", ""), ("deepbind", "")], plugin_options=["-Wl,-Bsymbolic", "-fno-builtin"]),
        Row("a plugin with a hidden malloc of its own", hidden + strdup_row[0], RUN_HOST, [("local", ""), ("deepbind", "")], plugin_options=["-fno-builtin"]),
        Row("a plugin with a hidden malloc of its own gives", hidden + give, give_host, [("local", ""), ("deepbind", "")], plugin_options=["-fno-builtin"]),
        Row("a plugin with a malloc of its own", plain + strdup_row[0], RUN_HOST, [("deepbind", "")], [("local", "")], plugin_options=["-fno-builtin"]),
        Row("a library of the plugin defines malloc", *strdup_row, [("deepbind", "")], [("local", "")], libraries=[("own", plain, ["-fno-builtin"])], plugin_options=["-Wl,--no-as-needed", "-lown"]),
        Row("a library of the host defines malloc", *strdup_row, [("deepbind", "")], [("local", "")], libraries=[("own", plain, ["-fno-builtin"])], host_options=["-Wl,--no-as-needed", "-lown"]),
    ]


OWN_OPERATORS = """
#include <new>
static char pool[1 << 20]; static std::size_t used;
WHERE void *operator new(std::size_t n) { void *at = pool + used; used += (n + 31) & ~std::size_t(15); if (used > sizeof pool) __builtin_trap(); return at; }
WHERE void operator delete(void *p) noexcept { if (p && ((char *)p < pool || (char *)p >= pool + sizeof pool)) __builtin_trap(); }
WHERE void operator delete(void *p, std::size_t) noexcept { operator delete(p); }
"""


@group
def own_operators():
    rows = []
    hide = ["-Wl,--version-script=only_make.map"]
    object_way = IN_CXX["an object with new and delete"]
    string_way = ('extern "C" std::string make() { return std::string(60, char(120)); }', 'auto make = (std::string (*)())dlsym(plugin, "make"); std::string s = make(); puts(s.c_str());')
    virtual_way = ('struct Square : Shape { std::string name = std::string(60, char(120)); int area() const override { return 4; } }; extern "C" Shape *make() { return new Square; }',
                   'auto make = (Shape *(*)())dlsym(plugin, "make"); Shape *s = make(); printf("%d", s->area()); delete s;')
    shared_way = ('struct Square : Shape { int area() const override { return 4; } }; extern "C" void make(std::shared_ptr<Shape> &out) { out = std::make_shared<Square>(); }',
                  'auto make = (void (*)(std::shared_ptr<Shape> &))dlsym(plugin, "make"); std::shared_ptr<Shape> s; make(s); printf("%d", s->area()); s.reset();')

    def host_of(body, own=""):
        return CXX_HOST + own + f"int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {body} puts(\"end\"); }}"

    own = OWN_OPERATORS.replace("WHERE", "")
    rows.append(Row("a plugin with hidden operators gives an object", CXX + own + object_way[0], host_of(object_way[1]), [("local", ""), ("deepbind", "")], cxx=True, plugin_options=hide))
    rows.append(Row("a plugin with hidden operators gives a string", CXX + own + string_way[0], host_of(string_way[1]), [("local", "")], cxx=True, plugin_options=hide))
    rows.append(Row("a plugin with hidden operators gives an object with a virtual destructor", CXX + own + virtual_way[0], host_of(virtual_way[1]), [], [("local", "")], cxx=True, plugin_options=hide))
    rows.append(Row("a plugin with hidden operators gives a shared pointer", CXX + own + shared_way[0], host_of(shared_way[1]), [], [("local", "")], cxx=True, plugin_options=hide))
    rows.append(Row("a host with operators of its own opens a deep-bound plugin", CXX + object_way[0], host_of(object_way[1], own), [("deepbind", "")], [("local", "")], cxx=True, host_options=["-rdynamic"]))
    rows.append(Row("a shared runtime is on one heap", CXX + object_way[0] + virtual_way[0].replace("make", "make_shape"), host_of(object_way[1]), [], under(MIMALLOC) + under(JEMALLOC), cxx=True))
    rows.append(Row("a string from a shared runtime", CXX + string_way[0], host_of(string_way[1]), [], under(MIMALLOC) + under(TCMALLOC), cxx=True))
    rows.append(Row("an object of a namespace is deleted by the host", CXX + object_way[0], host_of(object_way[1]), [("namespace", MIMALLOC)], cxx=True))
    rows.append(Row("a string of a namespace", CXX + string_way[0], host_of(string_way[1]), [("namespace", MIMALLOC)], cxx=True))
    rows.append(Row("a class of the host keeps the functions", CXX + object_way[0],
                    host_of("Manager m(argv); m.run();",
                            "class Manager { public: explicit Manager(char **argv) : handle_(open_plugin(argv)) { make_ = (Plain *(*)())dlsym(handle_, \"make\"); } __attribute__((noinline)) void run() { Plain *p = make_(); printf(\"%d\", p->numbers[1]); delete p; } private: void *handle_; Plain *(*make_)(); };"),
                    under(MIMALLOC), [("local", MIMALLOC)], cxx=True, plugin_options=OWN_RUNTIME))
    rows.append(Row("a class that is allocated keeps the functions", CXX + object_way[0],
                    host_of("auto m = std::make_unique<Manager>(argv); m->run();",
                            "class Manager { public: __attribute__((noinline)) explicit Manager(char **argv) : handle_(open_plugin(argv)) { make_ = (Plain *(*)())dlsym(handle_, \"make\"); } __attribute__((noinline)) void run() { Plain *p = make_(); printf(\"%d\", p->numbers[1]); delete p; } private: void *handle_; Plain *(*make_)(); };"),
                    under(MIMALLOC), [("local", MIMALLOC)], cxx=True, plugin_options=OWN_RUNTIME))
    rows.append(Row("a std::function keeps the function", CXX + object_way[0],
                    host_of('std::function<Plain *()> make = (Plain *(*)())dlsym(plugin, "make"); Plain *p = make(); printf("%d", p->numbers[1]); delete p;'),
                    under(MIMALLOC), [("local", MIMALLOC)], cxx=True, plugin_options=OWN_RUNTIME))
    rows.append(Row("a vector of pointers is cleared", CXX + 'extern "C" void fill(std::vector<Plain *> &v) { v.push_back(new Plain{}); }',
                    host_of('auto fill = (void (*)(std::vector<Plain *> &))dlsym(plugin, "fill"); std::vector<Plain *> v; v.reserve(4); fill(v); for (Plain *p : v) { printf("%d", p->numbers[1]); delete p; }'),
                    under(MIMALLOC), [("local", MIMALLOC)], cxx=True, plugin_options=OWN_RUNTIME))
    rows.append(Row("an object with functions of a class returns a block", CXX + 'struct Maker { virtual char *make() = 0; }; struct One : Maker { char *make() override { return strcpy((char *)malloc(60), "x"); } }; extern "C" Maker *create() { static One one; return &one; }',
                    host_of('struct Maker { virtual char *make() = 0; }; auto create = (Maker *(*)())dlsym(plugin, "create"); char *p = create()->make(); puts(p); free(p);'),
                    under(MIMALLOC), [("local", MIMALLOC)], cxx=True))
    rows.append(Row("an object with functions of a class takes a block", CXX + 'struct Taker { virtual void take(char *p) = 0; }; struct One : Taker { void take(char *p) override { puts(p); free(p); } }; extern "C" Taker *create() { static One one; return &one; }',
                    host_of('struct Taker { virtual void take(char *) = 0; }; auto create = (Taker *(*)())dlsym(plugin, "create"); create()->take(strcpy((char *)malloc(60), "x"));'),
                    under(MIMALLOC), [("local", MIMALLOC)], cxx=True))
    return rows


# More that an outsider would try. Each of these crashes; its mended twin has the same shape and the right release.
SELF = {
    "sscanf with an m": ('char *p = 0; sscanf("some text", "%ms", &p); puts(p); free(p);', None),
    "a list that grows and is dropped": (
        "struct list l = {0}; list_add(&l, \"a\"); list_add(&l, \"b\"); list_drop(&l);", None),
    "an array that is made in one function and dropped in another": ("char **all = words_of(\"a b c\"); words_drop(all);", None),
    "a chain of a table": ("static struct entry *table[8]; table_add(table, \"key\", \"value\"); table_drop(table);", None),
    "a context with a line": ("struct context *c = context_open(\"/proc/self/status\"); context_next(c); context_close(c);", None),
    "getifaddrs": ("struct ifaddrs *a; getifaddrs(&a); free(a);", "struct ifaddrs *a; getifaddrs(&a); freeifaddrs(a);"),
    "if_nameindex": ("struct if_nameindex *n = if_nameindex(); free(n);", "struct if_nameindex *n = if_nameindex(); if_freenameindex(n);"),
    "getaddrinfo and free": ("struct addrinfo *a; if (getaddrinfo(\"127.0.0.1\", \"80\", 0, &a) == 0) free(a);", "struct addrinfo *a; if (getaddrinfo(\"127.0.0.1\", \"80\", 0, &a) == 0) freeaddrinfo(a);"),
    "a chosen one": ('char *p = getpid() > 1 ? strdup("text") : 0; if (p) puts(p); free(p);', None),
    "a copy through a macro": ("#define DROP(p) do { if (p) { free(p); (p) = 0; } } while (0)\nchar *p = strdup(\"text\"); puts(p); DROP(p);", None),
    "a union": ('union { char *p; long n; } u; u.p = strdup("text"); puts(u.p); free((void *)u.n);', None),
    "envz_add": ('char *p = 0; size_t n = 0; envz_add(&p, &n, "name", "value"); puts(p); free(p);', None),
    "argz_append": ('char *p = 0; size_t n = 0; argz_append(&p, &n, "word", 5); puts(p); free(p);', None),
    "a structure that is copied": ('struct pair a = {1, strdup("text"), 2, 3, 4}, b; b = a; puts(b.text); free(b.text);', None),
    "behind a function of its own": ('char *p = my_strdup("text"); puts(p); my_free(&p);', None),
    "in a thread-local variable": ('static __thread char *kept; kept = strdup("text"); puts(kept); free(kept);', None),
    "by free as an argument": ('char *p = strdup("text"); puts(p); with(free, p);', None),
    "in a tagged pointer": ('unsigned long p = (unsigned long)strdup("text") | 1; printf("%lx", p); free((void *)(p & ~1ul));', None),
}
SELF_HELPERS = """
#include <envz.h>
#include <ifaddrs.h>
#include <net/if.h>
#define NOINLINE __attribute__((noinline))
struct list { char **items; int count; };
NOINLINE static void list_add(struct list *l, const char *text) { l->items = realloc(l->items, (l->count + 1) * sizeof *l->items); l->items[l->count++] = strdup(text); }
NOINLINE static void list_drop(struct list *l) { for (int i = 0; i < l->count; ++i) free(l->items[i]); free(l->items); }
NOINLINE static char **words_of(const char *text) { char **all = calloc(8, sizeof *all); for (int i = 0; i < 3; ++i) all[i] = strndup(text + 2 * i, 1); return all; }
NOINLINE static void words_drop(char **all) { for (char **at = all; *at; ++at) free(*at); free(all); }
struct entry { struct entry *next; char *key; char *value; };
NOINLINE static void table_add(struct entry **table, const char *key, const char *value) { struct entry *e = malloc(sizeof *e); e->key = strdup(key); e->value = strdup(value); e->next = table[key[0] & 7]; table[key[0] & 7] = e; }
NOINLINE static void table_drop(struct entry **table) { for (int i = 0; i < 8; ++i) while (table[i]) { struct entry *e = table[i]; table[i] = e->next; free(e->key); free(e->value); free(e); } }
struct context { FILE *file; char *line; size_t size; };
NOINLINE static struct context *context_open(const char *path) { struct context *c = calloc(1, sizeof *c); c->file = fopen(path, "r"); return c; }
NOINLINE static int context_next(struct context *c) { return getline(&c->line, &c->size, c->file) > 0; }
NOINLINE static void context_close(struct context *c) { fclose(c->file); free(c->line); free(c); }
struct pair { long n; char *text; long more[3]; };
NOINLINE static char *my_strdup(const char *text) { char *p = strdup(text); if (!p) abort(); return p; }
NOINLINE static void my_free(char **p) { free(*p); *p = 0; }
NOINLINE static void with(void (*f)(void *), void *p) { f(p); }
"""


@group
def more_of_libc():
    rows = []
    for number, (name, (body, mended)) in enumerate(SELF.items()):
        preload = PRELOADS[number % 3]

        def whole(text):
            return INCLUDES + SELF_HELPERS + "void run(void) {\n" + text + "\n}"
        rows.append(Row(name, whole(body), RUN_HOST, under(preload), [("local", preload)], (whole(mended + " free(malloc(10));"), RUN_HOST) if mended else None, optimise="2"))
    return rows


# What the plugin makes and the host releases. A twin lets go of it, or gives it back to the plugin.
FURTHER = {
    "as the seventh argument, out": (
        "int make(int a, int b, int c, int d, int e, int f, char **out) { *out = GET; return a; } void drop(char *p) { free(p); }",
        'int (*make)(int, int, int, int, int, int, char **) = dlsym(plugin, "make"); char *p; make(1, 2, 3, 4, 5, 6, &p); puts(p); RELEASE(p);'),
    "in an object that the host hands out": (
        "struct state { int n; char *text; }; struct state *host_state(void); void make(void) { host_state()->text = GET; } void drop(char *p) { free(p); }",
        'void (*make)(void) = dlsym(plugin, "make"); make(); puts(host_state()->text); RELEASE(host_state()->text);'),
    "in an object that the host hands over": (
        "struct state { int n; char *text; void *user; }; void make(struct state *s) { s->user = GET; } void drop(char *p) { free(p); }",
        'struct lent { int n; char *text; void *user; } *s = calloc(1, sizeof *s); void (*make)(struct lent *) = dlsym(plugin, "make"); make(s); puts(s->user); RELEASE(s->user);'),
    "by a getter of a member": (
        "struct o { char *name; }; struct o *create(void) { struct o *o = malloc(sizeof *o); o->name = GET; return o; } char *name_of(struct o *o) { return o->name; } void drop(char *p) { free(p); }",
        'void *(*create)(void) = dlsym(plugin, "create"); char *(*name_of)(void *) = dlsym(plugin, "name_of"); void *o = create(); char *p = name_of(o); puts(p); RELEASE(p);'),
    "by a getter of a variable": (
        "static char *kept; void set(void) { kept = GET; } char *get(void) { return kept; } void drop(char *p) { free(p); }",
        'void (*set)(void) = dlsym(plugin, "set"); char *(*get)(void) = dlsym(plugin, "get"); set(); char *p = get(); puts(p); RELEASE(p);'),
    "as an array of strings": (
        "char **list(void) { char **all = calloc(4, sizeof *all); for (int i = 0; i < 3; ++i) all[i] = GET; return all; } void drop(char *p) { free(p); }",
        'char **(*list)(void) = dlsym(plugin, "list"); char **all = list(); for (int i = 0; all[i]; ++i) { puts(all[i]); RELEASE(all[i]); }'),
    "as an array that is freed itself": (
        "char **list(void) { char **all = calloc(4, sizeof *all); all[0] = \"text\"; return all; } void drop(char *p) { free(p); }",
        'char **(*list)(void) = dlsym(plugin, "list"); char **all = list(); puts(all[0]); RELEASE((char *)all);'),
    "in the fields of a result": (
        "struct r { int status; char **items; long count; char *error; }; int query(const char *what, struct r *r) { r->status = 0; r->count = 2; r->items = calloc(2, sizeof(char *)); r->error = GET; return 0; } void drop(char *p) { free(p); }",
        'struct r { int status; char **items; long count; char *error; } r; int (*query)(const char *, struct r *) = dlsym(plugin, "query"); query("all", &r); puts(r.error); RELEASE(r.error);'),
    "in a structure that is copied out": (
        "struct r { long n[3]; char *text; long more; }; void query(struct r *out) { struct r r = {{1, 2, 3}, GET, 4}; *out = r; } void drop(char *p) { free(p); }",
        'struct r { long n[3]; char *text; long more; } r; void (*query)(struct r *) = dlsym(plugin, "query"); query(&r); puts(r.text); RELEASE(r.text);'),
    "in a structure that is copied by memcpy": (
        "struct r { long n[3]; char *text; long more[30]; }; void query(struct r *out) { struct r r = {{1, 2, 3}, GET, {4}}; memcpy(out, &r, sizeof r); } void drop(char *p) { free(p); }",
        'struct r { long n[3]; char *text; long more[30]; } r; void (*query)(struct r *) = dlsym(plugin, "query"); query(&r); puts(r.text); RELEASE(r.text);'),
    "in a static structure": (
        "struct r { long n; char *text; }; struct r *query(void) { static struct r r; r.n = 1; r.text = GET; return &r; } void drop(char *p) { free(p); }",
        'struct r { long n; char *text; } *r, *(*query)(void) = dlsym(plugin, "query"); r = query(); puts(r->text); RELEASE(r->text);'),
    "by a property with variable arguments": (
        "#include <stdarg.h>\nvoid get(void *o, ...) { va_list l; va_start(l, o); const char *name; while ((name = va_arg(l, const char *))) { char **out = va_arg(l, char **); *out = GET; } va_end(l); } void drop(char *p) { free(p); }",
        'void (*get)(void *, ...) = dlsym(plugin, "get"); char *p = 0; get(0, "name", &p, (void *)0); puts(p); RELEASE(p);'),
    "in a tagged pointer": (
        "unsigned long make(void) { return (unsigned long)GET | 1; } void drop(char *p) { free(p); }",
        'unsigned long (*make)(void) = dlsym(plugin, "make"); unsigned long x = make(); char *p = (char *)(x & ~1ul); puts(p); RELEASE(p);'),
    "in a queue that the host empties": (
        "struct item { struct item *next; char *data; }; static struct item *head; void push(void) { struct item *i = malloc(sizeof *i); i->data = GET; i->next = head; head = i; } struct item *pop(void) { struct item *i = head; if (i) head = i->next; return i; } void drop(char *p) { free(p); }",
        'struct item { struct item *next; char *data; } *i, *(*pop)(void) = dlsym(plugin, "pop"); void (*push)(void) = dlsym(plugin, "push"); push(); push(); while ((i = pop())) { puts(i->data); RELEASE(i->data); }'),
    "with the nodes of a list": (
        "struct node { struct node *next; int n; }; struct node *make(void) { struct node *head = 0; for (int i = 0; i < 3; ++i) { struct node *n = malloc(sizeof *n); n->next = head; head = n; } return head; } void drop(char *p) { free(p); }",
        'struct node { struct node *next; int n; } *(*make)(void) = dlsym(plugin, "make"); for (struct node *n = make(), *next; n; n = next) { next = n->next; printf("%p", (void *)n); RELEASE((char *)n); }'),
    "by a function of the constructor's table": (
        "struct ops { int version; char *(*make)(void); void (*drop)(char *); }; void host_register(const struct ops *); static char *make(void) { return GET; } void drop(char *p) { free(p); } static const struct ops ops = {1, make, drop}; __attribute__((constructor)) static void begin(void) { host_register(&ops); }",
        'char *p = known->make(); puts(p); RELEASE(p);'),
    "by a copied table": (
        "struct ops { int version; char *(*make)(void); void (*drop)(char *); }; void host_copy(const struct ops *); static char *make(void) { return GET; } void drop(char *p) { free(p); } static const struct ops ops = {1, make, drop}; void start(void) { host_copy(&ops); }",
        'void (*start)(void) = dlsym(plugin, "start"); start(); char *p = copy.make(); puts(p); RELEASE(p);'),
    "by a table for each of several plugins": (
        "struct ops { int version; char *(*make)(void); void (*drop)(char *); }; static char *make(void) { return GET; } void drop(char *p) { free(p); } static const struct ops ops = {1, make, drop}; const struct ops *entry(void) { return &ops; }",
        'const struct ops *(*entry)(void) = dlsym(plugin, "entry"); all[count++] = entry(); for (int i = 0; i < count; ++i) { char *p = all[i]->make(); puts(p); RELEASE(p); }'),
    "to a thread's start": (
        "#include <pthread.h>\nvoid spawn(void *(*work)(void *)) { pthread_t t; pthread_create(&t, 0, work, GET); pthread_join(t, 0); } void drop(char *p) { free(p); }",
        'void (*spawn)(void *(*)(void *)) = dlsym(plugin, "spawn"); spawn(work);'),
    "in a field that is printed to": (
        "struct s { int n; char *text; }; void fill(struct s *s) { s->text = GET; sprintf(s->text, \"%d\", s->n); } void drop(char *p) { free(p); }",
        'struct s { int n; char *text; } s = {1}; void (*fill)(struct s *) = dlsym(plugin, "fill"); fill(&s); puts(s.text); RELEASE(s.text);'),
    "and is released by a function of the host's": (
        "char *make(void) { return GET; } void drop(char *p) { free(p); }",
        'char *(*make)(void) = dlsym(plugin, "make"); char *p = make(); puts(p); discard(&p);'),
    "for the host's clean-up at the end": (
        "void host_at_end(char *); void make(void) { host_at_end(GET); } void drop(char *p) { free(p); }",
        'void (*make)(void) = dlsym(plugin, "make"); make(); drop_at_end = dlsym(plugin, "drop"); atexit(at_end);'),
}
FURTHER_HELPERS = """
#include <pthread.h>
struct state { int n; char *text; };
static struct state state;
struct state *host_state(void) { return &state; }
struct ops { int version; char *(*make)(void); void (*drop)(char *); };
static const struct ops *known, *all[4];
static struct ops copy;
static int count;
static void *plugin;
static char *ended;
static void (*drop_at_end)(char *);
void host_register(const struct ops *o) { known = o; }
void host_copy(const struct ops *o) { copy = *o; }
void host_at_end(char *p) { ended = p; }
static void at_end(void) { puts(ended); RELEASE_AT_END(ended); }
static void *work(void *p) { puts(p); RELEASE((char *)p); return 0; }
__attribute__((noinline)) static void discard(char **p) { RELEASE(*p); *p = 0; }
"""
BY_HOST = "#define RELEASE(p) free(p)\n#define RELEASE_AT_END(p) free(p)\n"
BY_PLUGIN = "#define RELEASE(p) ((void (*)(char *))dlsym(plugin, \"drop\"))(p)\n#define RELEASE_AT_END(p) drop_at_end(p)\n"


@group
def more_that_the_host_releases():
    rows = []
    for number, (name, (plugin, host)) in enumerate(FURTHER.items()):
        preload = PRELOADS[number % 3]
        source = INCLUDES + plugin.replace("GET", GETS[list(GETS)[number % 3]])

        def whole(release, host=host):
            return HOST + release + FURTHER_HELPERS + f'int main(int argc, char **argv) {{ plugin = open_plugin(argv); {host} puts("end"); return 0; }}'
        rows.append(Row(name, source, whole(BY_HOST), under(preload), [("local", preload)], (source, whole(BY_PLUGIN)),
                        plugin_options=["-pthread"], host_options=["-rdynamic", "-pthread"], optimise="12"[number % 2]))
    return rows


# What the host makes and the plugin releases; the twin gives it back to the host.
FURTHER_TAKES = {
    "as the seventh argument": ("int take(int a, int b, int c, int d, int e, int f, char *p) { puts(p); DROP(p); return a; }",
                                'int (*take)(int, int, int, int, int, int, char *) = dlsym(plugin, "take"); take(1, 2, 3, 4, 5, 6, GET);'),
    "in a structure by value": ("struct s { long n; char *p; }; void take(struct s s) { puts(s.p); DROP(s.p); }",
                                'struct s { long n; char *p; } s = {1, GET}; void (*take)(struct s) = dlsym(plugin, "take"); take(s);'),
    "in a large structure by value": ("struct s { long n[4]; char *p; }; void take(struct s s) { puts(s.p); DROP(s.p); }",
                                      'struct s { long n[4]; char *p; } s = {{1}, GET}; void (*take)(struct s) = dlsym(plugin, "take"); take(s);'),
    "as the user data of a thread": ("void *work(void *p) { puts(p); DROP(p); return 0; }",
                                     'pthread_t t; pthread_create(&t, 0, dlsym(plugin, "work"), GET); pthread_join(t, 0);'),
    "in a variable that the host exports": ("extern char *host_text; void take(void) { puts(host_text); DROP(host_text); }",
                                            'host_text = GET; void (*take)(void) = dlsym(plugin, "take"); take();'),
    "by a function of the host": ("char *host_make(void); void take(void) { char *p = host_make(); puts(p); DROP(p); }",
                                  'void (*take)(void) = dlsym(plugin, "take"); take();'),
    "in an object of the host's": ("struct state { int n; char *text; }; struct state *host_state(void); void take(void) { puts(host_state()->text); DROP(host_state()->text); }",
                                   'host_state()->text = GET; void (*take)(void) = dlsym(plugin, "take"); take();'),
    "as an array that grows": ("struct a { long n; char *items; }; void grow(struct a *a) { a->items = GROW(a->items, 100000); a->items[0] = 'y'; }",
                               'struct a { long n; char *items; } a = {1, GET}; void (*grow)(struct a *) = dlsym(plugin, "grow"); grow(&a); puts(a.items);'),
    "in a list that the plugin drops": ("struct n { struct n *next; char *p; }; void drop_all(struct n *n) { while (n) { struct n *next = n->next; puts(n->p); DROP(n->p); n = next; } }",
                                        'struct n { struct n *next; char *p; } a = {0, GET}, b = {&a, GET}; void (*drop_all)(struct n *) = dlsym(plugin, "drop_all"); drop_all(&b);'),
    "as the value of a key of the plugin's": ("#include <pthread.h>\nstatic pthread_key_t key; static void end(void *p) { puts(p); DROP(p); } void set(void *p) { pthread_key_create(&key, end); pthread_setspecific(key, p); }",
                                              'pthread_t t; pthread_create(&t, 0, sets, dlsym(plugin, "set")); pthread_join(t, 0);'),
    "and the plugin releases it at the end": ("static char *kept; static void end(void) { puts(kept); DROP(kept); } void take(char *p) { kept = p; atexit(end); }",
                                              'void (*take)(char *) = dlsym(plugin, "take"); take(GET);'),
    "through two functions of the plugin": ("__attribute__((noinline)) static void inner(char **p) { puts(*p); DROP(*p); } __attribute__((noinline)) static void outer(int n, char *p) { if (n) inner(&p); } void take(char *p) { outer(getpid(), p); }",
                                            'void (*take)(char *) = dlsym(plugin, "take"); take(GET);'),
    "with its event": ("struct event { int kind; void *data; }; int on_event(void *self, struct event *e) { switch (e->kind) { case 1: puts(e->data); DROP(e->data); return 1; case 2: return 2; case 3: return 5; case 4: puts(\"4\"); return 9; default: return 0; } }",
                       'struct event { int kind; void *data; } e = {1, GET}; int (*on_event)(void *, struct event *) = dlsym(plugin, "on_event"); on_event(0, &e);'),
    "by a table of the host's and by free": ("struct api { char *(*make)(int); void (*drop)(char *); }; static const struct api *api; void begin(const struct api *a) { api = a; } void take(void) { char *p = api->make(1); puts(p); DROP_API(p); }",
                                             'static const struct api { char *(*make)(int); void (*drop)(char *); } api = {table_make, host_drop}; void (*begin)(const struct api *) = dlsym(plugin, "begin"); void (*take)(void) = dlsym(plugin, "take"); begin(&api); take();'),
}
FURTHER_TAKES_HELPERS = """
#include <pthread.h>
char *host_text;
struct state { int n; char *text; };
static struct state state;
struct state *host_state(void) { return &state; }
char *host_make(void) { return GET; }
void host_drop(char *p) { free(p); }
void *host_grow(void *p, size_t n) { return realloc(p, n); }
static char *table_make(int n) { return GET; }
static void *sets(void *set) { ((void (*)(void *))set)(GET); return 0; }
"""


@group
def more_that_the_plugin_releases():
    rows = []
    by_plugin = "#define DROP(p) free(p)\n#define DROP_API(p) free(p)\n#define GROW realloc\n"
    by_host = "void host_drop(char *); void *host_grow(void *, size_t);\n#define DROP(p) host_drop((char *)(p))\n#define DROP_API(p) api->drop(p)\n#define GROW host_grow\n"
    for number, (name, (plugin, host)) in enumerate(FURTHER_TAKES.items()):
        preload = PRELOADS[number % 3]
        whole = (HOST + FURTHER_TAKES_HELPERS + f'int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {host} puts("end"); return 0; }}').replace("GET", GETS[list(GETS)[number % 3]])
        rows.append(Row(name, INCLUDES + by_plugin + plugin, whole, under(preload), [("local", preload)], (INCLUDES + by_host + plugin + "\nvoid more(void) { free(malloc(10)); }", whole),
                        plugin_options=["-pthread"], host_options=["-rdynamic", "-pthread"], optimise="12"[number % 2]))
    return rows


# A library that both use.
@group
def libraries_between():
    xml = INCLUDES + "void (*lib_free)(void *) = free; void *(*lib_malloc)(size_t) = malloc; char *lib_get(void) { return strcpy(lib_malloc(60), \"x\"); } void lib_release(char *p) { lib_free(p); }"
    linked = ["-Wl,--no-as-needed", "-lframe"]
    mine = INCLUDES + "char *mine_get(void) { return strcpy(malloc(60), \"x\"); }"
    declares = "char *mine_get(void); char *lib_get(void); void lib_release(char *); extern void (*lib_free)(void *);\n"

    def row(name, library, crashing, mended, preload, host=RUN_HOST):
        plugin = INCLUDES + declares + "void run(void) {{ {} }}"
        return Row(name, plugin.replace("{{ {} }}", "{ " + crashing + " }"), host, under(preload), [("local", preload)],
                   (plugin.replace("{{ {} }}", "{ " + mended + " free(malloc(10)); }"), host),
                   libraries=[("frame", library, []), ("mine", mine, [])], plugin_options=linked + ["-lmine"], host_options=linked)

    return [
        row("a library with a pointer to its free", xml, "char *p = lib_get(); puts(p); free(p);", "char *p = lib_get(); puts(p); lib_free(p);", JEMALLOC),
        row("a library with a release of its own", xml, "char *p = lib_get(); puts(p); free(p);", "char *p = lib_get(); puts(p); lib_release(p);", MIMALLOC),
        row("the plugin gives a block from one library to another one", xml, "char *p = mine_get(), *volatile q = malloc(9); puts(p); lib_release(p); free(q);", "char *p = mine_get(); puts(p); free(p);", MIMALLOC),
        row("the plugin's block is given to the library's free", xml, "char *p = strcpy(malloc(60), \"x\"); puts(p); lib_release(p);", "char *p = strcpy(malloc(60), \"x\"); puts(p); free(p);", TCMALLOC),
        row("the plugin's block is given to the library's pointer to free", xml, "char *p = strcpy(malloc(60), \"x\"); puts(p); lib_free(p);", "char *p = strcpy(malloc(60), \"x\"); puts(p); free(p);", JEMALLOC),
    ]


# Objects of libc's in a namespace: each libc knows its own.
@group
def across_namespaces():
    rows = []
    for name, plugin, crash, mended in [
        ("a FILE", 'FILE *make(void) { return fopen("/proc/self/status", "r"); } void drop(FILE *f) { fclose(f); }', "fclose(p);", "drop(p);"),
        ("a DIR", 'DIR *make(void) { return opendir("/proc"); } void drop(DIR *d) { closedir(d); }', "closedir(p);", "drop(p);"),
        ("addresses", 'struct addrinfo *make(void) { struct addrinfo *a = 0; getaddrinfo("127.0.0.1", "80", 0, &a); return a; } void drop(struct addrinfo *a) { freeaddrinfo(a); }', "freeaddrinfo(p);", "drop(p);"),
        ("a name", 'char *make(void) { return strdup("text"); } void drop(char *p) { free(p); }', "free(p);", "drop(p);"),
        ("a line", 'char *make(void) { char *p = 0; size_t n = 0; FILE *f = fopen("/proc/self/status", "r"); getline(&p, &n, f); return p; } void drop(char *p) { free(p); }', "p = realloc(p, 100000); free(p);", "drop(p);"),
        ("words", '#include <wordexp.h>\nstatic wordexp_t w; void *make(void) { return &w; } void fill(wordexp_t *w) { wordexp("a b", w, 0); } void drop(void *w) { wordfree(w); }', "wordexp_t w; memset(&w, 0, sizeof w); ((void (*)(void *))dlsym(plugin, \"fill\"))(&w); wordfree(&w);", "wordexp_t w; memset(&w, 0, sizeof w); ((void (*)(void *))dlsym(plugin, \"fill\"))(&w); drop(&w);"),
        ("an expression", '#include <regex.h>\nstatic int x; void *make(void) { return &x; } void fill(regex_t *r) { regcomp(r, "a(b|c)*", 1); } void drop(void *r) { regfree(r); }', "regex_t r; ((void (*)(void *))dlsym(plugin, \"fill\"))(&r); regfree(&r);", "regex_t r; ((void (*)(void *))dlsym(plugin, \"fill\"))(&r); drop(&r);"),
        ("interfaces", '#include <ifaddrs.h>\nvoid *make(void) { struct ifaddrs *a = 0; getifaddrs(&a); return a; } void drop(void *a) { freeifaddrs(a); }', "freeifaddrs(p);", "drop(p);"),
    ]:
        def whole(release):
            return HOST + f'#include <ifaddrs.h>\n#include <regex.h>\n#include <wordexp.h>\nint main(int argc, char **argv) {{ void *plugin = open_plugin(argv); void *(*make)(void) = dlsym(plugin, "make"); void (*drop)(void *) = dlsym(plugin, "drop"); void *p = make(); printf("%p", p); {release} puts("end"); return 0; }}'
        rows.append(Row(name, INCLUDES + plugin, whole(crash), [("namespace", MIMALLOC)], [], (INCLUDES + plugin, whole(mended))))
    return rows


# C++ in its usual dress.
FURTHER_CXX = """
#include <array>
#include <memory_resource>
#include <cxxabi.h>
struct Buffer { char *p = nullptr; Buffer() = default; Buffer(Buffer &&o) noexcept : p(o.p) { o.p = nullptr; } ~Buffer() { free(p); } void set(const char *t) { p = (char *)malloc(60); strcpy(p, t); } };
struct Classy { int n[20]; static void *operator new(std::size_t n) { return malloc(n); } static void operator delete(void *p) { free(p); } };
"""
IN_FURTHER_CXX = [  # name, plugin, host, mended host, own runtime
    ("an inline class with free inside", 'extern "C" void fill(Buffer &b) { b.set("x"); }', 'auto fill = (void (*)(Buffer &))dlsym(plugin, "fill"); { Buffer b; fill(b); puts(b.p); }', None, False),
    ("a class with its own operators", 'extern "C" Classy *make() { return new Classy{}; } extern "C" void drop(Classy *c) { delete c; }', 'auto make = (Classy *(*)())dlsym(plugin, "make"); Classy *c = make(); printf("%d", c->n[1]); delete c;',
     'auto make = (Classy *(*)())dlsym(plugin, "make"); Classy *c = make(); printf("%d", c->n[1]); ((void (*)(Classy *))dlsym(plugin, "drop"))(c);', False),
    ("a demangled name", 'extern "C" void run() { int s; char *p = abi::__cxa_demangle("_Z3fooi", 0, 0, &s); puts(p); free(p); }', '((void (*)())dlsym(plugin, "run"))();', None, False),
    ("a unique_ptr with a pointer to free", 'extern "C" void run() { std::unique_ptr<char, decltype(&free)> p(strdup("text"), free); puts(p.get()); }', '((void (*)())dlsym(plugin, "run"))();', None, False),
    ("a shared_ptr that frees", 'extern "C" void run() { std::shared_ptr<char> p(strdup("text"), free); puts(p.get()); }', '((void (*)())dlsym(plugin, "run"))();', None, False),
    ("a map", 'extern "C" void fill(std::map<int, std::string> &m) { m[1] = "one"; m[2] = "two"; }', 'auto fill = (void (*)(std::map<int, std::string> &))dlsym(plugin, "fill"); std::map<int, std::string> m; fill(m); printf("%zu", m.size()); m.clear();', None, True),
    ("a vector that is pushed to", 'extern "C" void fill(std::vector<int> &v) { v.push_back(1); }', 'auto fill = (void (*)(std::vector<int> &))dlsym(plugin, "fill"); { std::vector<int> v; fill(v); printf("%d", v[0]); }', None, True),
    ("a unique_ptr that is returned", 'extern "C" std::unique_ptr<Plain> make() { return std::make_unique<Plain>(); }', 'auto make = (std::unique_ptr<Plain> (*)())dlsym(plugin, "make"); { auto p = make(); printf("%d", p->numbers[1]); }', None, True),
]


@group
def cxx_in_its_usual_dress():
    rows = []
    for name, plugin, host, mended, own in IN_FURTHER_CXX:
        def whole(body):
            return CXX_HOST + FURTHER_CXX + f'int main(int argc, char **argv) {{ std::string first(50, char(121)); puts(first.c_str()); void *plugin = open_plugin(argv); {body} puts("end"); }}'
        source = CXX + FURTHER_CXX + plugin
        rows.append(Row(name, source, whole(host), under(MIMALLOC), [("local", MIMALLOC)], (source, whole(mended)) if mended else None,
                        cxx=True, plugin_options=OWN_RUNTIME if own else [], optimise="2"))
    for name, plugin, host in [
        ("streams and files of its own runtime", '#include <fstream>\n#include <filesystem>\n#include <sstream>\nextern "C" int run() { std::ifstream f("/proc/self/status"); std::string l; int n = 0; while (std::getline(f, l)) ++n; std::ostringstream o; o << n << l; for (auto &e : std::filesystem::directory_iterator("/proc/self/fdinfo")) n += e.path().string().size(); puts(o.str().c_str()); free(malloc(10)); return n; }', 'printf("%d", ((int (*)())dlsym(plugin, "run"))());'),
        ("a function object keeps its block", 'extern "C" void make(std::function<int()> &f) { std::array<int, 40> a{}; f = [a] { return a[3]; }; }', 'auto make = (void (*)(std::function<int()> &))dlsym(plugin, "make"); { std::function<int()> f; make(f); printf("%d", f()); }'),
        ("a memory resource of the host's", 'extern "C" void fill(std::pmr::vector<int> &v) { v.resize(100); }', 'auto fill = (void (*)(std::pmr::vector<int> &))dlsym(plugin, "fill"); { std::pmr::monotonic_buffer_resource r; std::pmr::vector<int> v(&r); fill(v); printf("%d", v[3]); }'),
    ]:
        rows.append(Row(name, CXX + FURTHER_CXX + plugin, CXX_HOST + FURTHER_CXX + f'int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {host} puts("end"); }}',
                        [], [("local", MIMALLOC)] + under(MIMALLOC), cxx=True, plugin_options=OWN_RUNTIME, optimise="2"))
    return rows


# A block that begins before what is handed around: own allocators and counted strings have a header there.
@group
def behind_a_header():
    rows = []
    for number, (name, plugin, take) in enumerate([
        ("what the size stands before", "void *make(size_t n) { size_t *p = malloc(n + 16); p[0] = n; strcpy((char *)(p + 2), \"x\"); return p + 2; } void drop(char *p) { free(p - 16); }",
         'void *(*make)(size_t) = dlsym(plugin, "make"); char *p = make(60); puts(p); RELEASE(p);'),
        ("a text in a structure", "struct s { int n; char *text; }; void fill(struct s *s) { char *b = malloc(80); *(int *)b = 3; s->text = b + 16; strcpy(s->text, \"abc\"); } void drop(char *p) { free(p - 16); }",
         'struct s { int n; char *text; } s; void (*fill)(struct s *) = dlsym(plugin, "fill"); fill(&s); puts(s.text); RELEASE(s.text);'),
        ("a counted text", "struct rc { int refs; int len; long more; char data[]; }; char *make(void) { struct rc *r = malloc(sizeof *r + 50); r->refs = 1; strcpy(r->data, \"y\"); return r->data; } void drop(char *p) { free(p - 16); }",
         'char *(*make)(void) = dlsym(plugin, "make"); char *p = make(); puts(p); RELEASE(p);'),
        ("a member that stands for its object", "struct link { struct link *next; }; struct item { int n; long m; struct link link; }; struct link *make(void) { struct item *i = malloc(sizeof *i); i->n = 3; i->link.next = 0; return &i->link; } void drop(char *p) { free(p - 16); }",
         'void *(*make)(void) = dlsym(plugin, "make"); char *p = make(); printf("%p", p); RELEASE(p);'),
    ]):
        def whole(release, take=take):
            return HOST + "__attribute__((noinline)) static void discard(char *p) { if (--*(int *)(p - 16) >= 0) free(p - 16); }\n" + f'int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {take.replace("RELEASE", release)} puts("end"); free(malloc(10)); return 0; }}'
        crash = whole("discard") if number == 2 else whole("free").replace("free(p);", "free(p - 16);").replace("free(s.text);", "free(s.text - 16);")
        rows.append(Row(name, INCLUDES + plugin, crash, under(PRELOADS[number % 3]), [], (INCLUDES + plugin, whole('((void (*)(char *))dlsym(plugin, "drop"))')), optimise="12"[number % 2]))
    return rows


# A library's container is given the function that releases what is put into it; a library is told where to allocate.
CONTAINER = """typedef void (*fn)(void *);
struct list { fn drop; void *items[8]; int n; };
struct list *list_new(fn drop) { struct list *l = calloc(1, sizeof *l); l->drop = drop; return l; }
void list_add(struct list *l, void *p) { l->items[l->n++] = p; }
void list_add_text(struct list *l, const char *t) { l->items[l->n++] = strdup(t); }
void list_free(struct list *l) { for (int i = 0; i < l->n; ++i) if (l->drop) l->drop(l->items[i]); free(l); }
void list_free_full(struct list *l, fn drop) { for (int i = 0; i < l->n; ++i) drop(l->items[i]); free(l); }
void list_item_free(void *p) { free(p); }
char *list_strdup(const char *t) { return strdup(t); }
void bind_text(int i, char *p, fn drop) { puts(p); drop(p); }
static void *(*its_malloc)(size_t) = malloc;
static void (*its_free)(void *) = free;
void set_memory(void *(*m)(size_t), void (*f)(void *)) { its_malloc = m; its_free = f; }
char *its_text(void) { return strcpy(its_malloc(40), "t"); }
void its_drop(void *p) { its_free(p); }
"""
CONTAINER_DECLARES = """typedef void (*fn)(void *); struct list; struct list *list_new(fn); void list_add(struct list *, void *); void list_add_text(struct list *, const char *);
void list_free(struct list *); void list_free_full(struct list *, fn); void list_item_free(void *); char *list_strdup(const char *); void bind_text(int, char *, fn);
void set_memory(void *(*)(size_t), void (*)(void *)); char *its_text(void); void its_drop(void *);
static void own_drop(void *p) { puts("dropped"); free(p); }
"""


@group
def functions_that_others_are_given():
    rows = []
    host = HOST + CONTAINER_DECLARES + 'int main(int argc, char **argv) { void *plugin = open_plugin(argv); char *t = its_text(); puts(t); void (*run)(void) = dlsym(plugin, "run"); run(); its_drop(t); return 0; }'
    for number, (name, crash, mended) in enumerate([
        ("a list is told to free its texts", 'struct list *l = list_new(free); list_add_text(l, "a"); list_free(l);', 'struct list *l = list_new(list_item_free); list_add_text(l, "a"); list_free(l);'),
        ("a list is freed with its items", 'struct list *l = list_new(0); list_add(l, list_strdup("a")); list_free_full(l, free);', 'struct list *l = list_new(0); list_add(l, list_strdup("a")); list_free_full(l, list_item_free);'),
        ("a list releases what the plugin made", "struct list *l = list_new(list_item_free); list_add(l, malloc(50)); list_free(l);", "struct list *l = list_new(free); list_add(l, malloc(50)); list_free(l);"),
        ("a text is bound with a function of the plugin's", 'bind_text(1, strdup("text"), own_drop);', 'bind_text(1, strcpy(malloc(50), "text"), own_drop);'),
        ("a library is told to allocate from the plugin's heap", "set_memory(malloc, free);", ""),
    ]):
        def whole(body):
            return INCLUDES + CONTAINER_DECLARES + "void run(void) { " + body + " free(malloc(10)); }"
        rows.append(Row(name, whole(crash), host, under(PRELOADS[number % 3]), [], (whole(mended), host), libraries=[("list", INCLUDES + CONTAINER, [])],
                        plugin_options=["-llist"], host_options=["-Wl,--no-as-needed", "-llist"], optimise="12"[number % 2]))
    return rows


# Plugins that own no heap, threads' values, members of a base class, and what stands inside of libc's structures.
LIBRARY_A = INCLUDES + """
char *a_make(void) { return strcpy(malloc(30), "text"); }
int a_fill(char **out) { *out = strcpy(malloc(30), "text"); return 0; }
void a_drop(char *p) { free(p); }
"""
LIBRARY_B = INCLUDES + """
void b_take(char *p) { puts(p); free(p); }
char *b_make(void) { return strcpy(malloc(30), "text"); }
void b_nothing(void) { free(malloc(2)); }
"""
# A library that allocates through a table of functions, as SQLite does.
CONFIGURED = INCLUDES + """
#include <stdarg.h>
static void *own_malloc(int n) { return malloc(n); }
static void own_free(void *p) { free(p); }
struct methods { void *(*allocate)(int); void (*release)(void *); void *more[2]; };
static const struct methods usual = {own_malloc, own_free};
static struct { int kind; struct methods methods; } state;
int set_up(int kind, ...) { va_list list; va_start(list, kind); if (kind == 4) state.methods = *va_arg(list, struct methods *); va_end(list); return 0; }
__attribute__((noinline)) static int begin(void) { if (!state.methods.allocate) set_up(4, &usual); return 0; }
__attribute__((noinline)) static void *allocate(int n) { return state.methods.allocate(n); }
struct text { char *start; char *result; int used; };
__attribute__((noinline)) static char *finish(struct text *t) { char *p = allocate(t->used + 1); memcpy(p, t->start, t->used + 1); t->result = p; return p; }
char *text_of(const char *t) { char buffer[70]; struct text text = {buffer, 0, 0}; if (begin()) return 0; strcpy(buffer, t); text.used = strlen(t); return finish(&text); }
void text_free(void *p) { state.methods.release(p); }
"""
BASE = """
struct Base { char *name = nullptr; Base(); virtual ~Base(); virtual void say(); };
extern "C" char *host_copy(const char *);
"""
DERIVED = """
struct Derived : Base { Derived() { name = GET; } void say() override { puts(name); } };
extern "C" Base *make() { free(malloc(3)); return new Derived; }
extern "C" void unmake(Base *p) { delete p; }
"""
BASE_HOST = """
Base::Base() {}
Base::~Base() { free(name); }
void Base::say() {}
extern "C" char *host_copy(const char *t) { return strcpy((char *)malloc(40), t); }
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  Base *b = ((Base *(*)())dlsym(plugin, "make"))();
  b->say();
  ((void (*)(Base *))dlsym(plugin, "unmake"))(b);
}
"""
KEY_HOST = HOST + """
#include <pthread.h>
pthread_key_t host_key;
char *host_copy(const char *t) { return strcpy(malloc(40), t); }
int main(int argc, char **argv) {
  void *plugin = open_plugin(argv);
  pthread_key_create(&host_key, free);
  pthread_t t;
  pthread_create(&t, 0, (void *(*)(void *))dlsym(plugin, "run"), 0);
  pthread_join(t, 0);
  return 0;
}
"""


@group
def blocks_of_others():
    rows = []
    both = [("a", LIBRARY_A, []), ("b", LIBRARY_B, [])]
    declares = "char *a_make(void); int a_fill(char **); void a_drop(char *); void b_take(char *); char *b_make(void); void b_nothing(void);\n"
    links = {"libraries": both, "plugin_options": ["-Wl,--no-as-needed", "-la", "-lb"], "host_options": ["-Wl,--no-as-needed", "-la"]}
    alone = {"libraries": [both[1]], "plugin_options": ["-lb"]}
    takes = HOST + 'int main(int argc, char **argv) { void *plugin = open_plugin(argv); ((void (*)(char *))dlsym(plugin, "take"))(strcpy(malloc(30), "text")); return 0; }'
    for name, crash, mended, host, more in [
        ("a plugin without a heap moves a block between two libraries", "void run(void) { b_take(a_make()); }", "void run(void) { a_drop(a_make()); b_nothing(); }", RUN_HOST, links),
        ("a plugin without a heap moves what a library filled", "void run(void) { char *p; a_fill(&p); b_take(p); }", "void run(void) { char *p; a_fill(&p); a_drop(p); b_nothing(); }", RUN_HOST, links),
        ("a plugin without a heap passes the host's block on", "void take(char *p) { b_take(p); }", "void take(char *p) { puts(p); b_nothing(); }", takes, alone),
    ]:
        rows.append(Row(name, declares + crash, host, under(PRELOADS[len(rows) % 3]), [], (declares + mended, host), **more))
    makes = HOST + 'int main(int argc, char **argv) { void *plugin = open_plugin(argv); char *p = ((char *(*)(void))dlsym(plugin, "make"))(); puts(p); RELEASE; return 0; }'
    plugin = declares + "char *make(void) { return b_make(); } void drop(char *p) { b_take(p); }"
    rows.append(Row("a plugin without a heap returns a library's block", plugin, makes.replace("RELEASE", "free(p)"), under(TCMALLOC), [],
                    (plugin, makes.replace("RELEASE", '((void (*)(char *))dlsym(plugin, "drop"))(p)')), **alone))
    plugin = INCLUDES + 'char *text_of(const char *); void text_free(void *); void run(void) { char *p = text_of("text"); puts(p); RELEASE; free(malloc(3)); }'
    rows.append(Row("a library allocates through a table of functions", plugin.replace("RELEASE", "free(p)"), RUN_HOST, under(MIMALLOC), [],
                    (plugin.replace("RELEASE", "text_free(p)"), RUN_HOST), libraries=[("text", CONFIGURED, [])],
                    plugin_options=["-ltext"], host_options=["-Wl,--no-as-needed", "-ltext"], optimise="2"))
    plugin = INCLUDES + "#include <pthread.h>\nextern pthread_key_t host_key; char *host_copy(const char *);\nvoid *run(void *x) { pthread_setspecific(host_key, GET); free(malloc(3)); return 0; }"
    rows.append(Row("a thread's value, and the host's key", plugin.replace("GET", 'strcpy(malloc(40), "text")'), KEY_HOST, under(JEMALLOC), [],
                    (plugin.replace("GET", 'host_copy("text")'), KEY_HOST), plugin_options=["-pthread"], host_options=["-rdynamic", "-pthread"]))
    rows.append(Row("a member that the base's destructor releases", CXX + BASE + DERIVED.replace("GET", 'strcpy((char *)malloc(40), "text")'), CXX_HOST + BASE + BASE_HOST,
                    under(MIMALLOC), [], (CXX + BASE + DERIVED.replace("GET", 'host_copy("text")'), CXX_HOST + BASE + BASE_HOST), cxx=True, host_options=["-rdynamic"]))
    for name, crash, mended in [
        ("a text inside of glob's structure", 'glob_t g = {0}; glob("/proc/self/s*", 0, 0, &g); puts(g.gl_pathv[0]); free(g.gl_pathv[0]);',
         'glob_t g = {0}; glob("/proc/self/s*", 0, 0, &g); puts(g.gl_pathv[0]); globfree(&g); free(malloc(3));'),
    ]:
        rows.append(Row(name, INCLUDES + f"void run(void) {{ {crash} }}", RUN_HOST, under(PRELOADS[len(rows) % 3]), [],
                        (INCLUDES + f"void run(void) {{ {mended} }}", RUN_HOST)))
    host = HOST + 'int main(int argc, char **argv) { void *plugin = open_plugin(argv); char *error = 0; ((int (*)(char **))dlsym(plugin, "get"))(&error); free(error); return 0; }'
    rows.append(Row("an out parameter that only ever gets null", INCLUDES + "int get(char **error) { *error = strcpy(malloc(30), \"text\"); return 1; }", host, under(MIMALLOC), [],
                    (INCLUDES + "int get(char **error) { *error = NULL; return 0; } char *other(void) { return malloc(30); }", host)))
    return rows


# A library that lets others set its malloc and free, and begins with its own: jansson's and cJSON's way.
SETTERS = INCLUDES + """
typedef void *(*malloc_fn)(size_t);
typedef void (*free_fn)(void *);
"""
DIRECT_SETTER = SETTERS + """
static malloc_fn do_malloc = malloc;
static free_fn do_free = free;
void set_alloc(malloc_fn m, free_fn f) { do_malloc = m; do_free = f; }
__attribute__((noinline)) static void *x_malloc(size_t n) { return n ? do_malloc(n) : 0; }
__attribute__((noinline)) void x_free(void *p) { if (p) do_free(p); }
char *dumps(int n) { char *p = x_malloc(40); if (!p) return 0; sprintf(p, "value %d", n); return p; }
"""
WRAPPED_SETTER = DIRECT_SETTER.replace("static malloc_fn do_malloc = malloc;", "static void *usual_malloc(size_t n) { return malloc(n + 8); }\nstatic void usual_free(void *p) { free(p); }\nstatic malloc_fn do_malloc = usual_malloc;").replace("do_free = free;", "do_free = usual_free;")
HOOKS = SETTERS + """
struct hooks { malloc_fn m; free_fn f; };
static struct hooks hooks = {malloc, free};
void set_alloc(malloc_fn m, free_fn f);
void init_hooks(const struct hooks *h) {
  if (!h) { hooks.m = malloc; hooks.f = free; return; }
  hooks.m = malloc;
  if (h->m) hooks.m = h->m;
  hooks.f = free;
  if (h->f) hooks.f = h->f;
}
__attribute__((noinline)) static char *print(int n, const struct hooks *h) { char *p = h->m(40); if (!p) return 0; sprintf(p, "value %d", n); return p; }
char *dumps(int n) { return print(n, &hooks); }
void x_free(void *p) { hooks.f(p); }
"""


@group
def setters_of_malloc_and_free():
    rows = []
    given = {"": 'void (*set)(void *(*)(size_t), void (*)(void *)) = dlsym(plugin, "set_alloc"); set(malloc, free);',
             "hooks": 'struct { void *(*m)(size_t); void (*f)(void *); } h = {malloc, free}; void (*set)(void *) = dlsym(plugin, "init_hooks"); set(&h);'}
    takes = 'char *(*dumps)(int) = dlsym(plugin, "dumps"); char *p = dumps(3); puts(p); free(p);'
    gives = 'void (*x_free)(void *) = dlsym(plugin, "x_free"); char *p = strcpy(malloc(40), "text"); puts(p); x_free(p);'

    def whole(body):
        return HOST + f'int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {body} puts("end"); return 0; }}'

    for number, (name, plugin, kind, use) in enumerate([
        ("the library's malloc is its own at first", DIRECT_SETTER, "", takes),
        ("its own malloc is behind a function", WRAPPED_SETTER, "", takes),
        ("the two stand in a structure", HOOKS, "hooks", takes),
        ("the library's free is its own at first", DIRECT_SETTER, "", gives),
        ("its own free is behind a function", WRAPPED_SETTER, "", gives),
        ("its free stands in a structure", HOOKS, "hooks", gives),
    ]):
        rows.append(Row(name, plugin, whole(use), under(PRELOADS[number % 3]), [], (plugin, whole(given[kind] + use)), optimise="2"))
    mixes = "void run(void) { char *p = x_malloc(40); strcpy(p, \"text\"); puts(p); RELEASE(p); }"
    for name, plugin in [("it forgets that its malloc was set", DIRECT_SETTER), ("it forgets that its malloc was set, behind a function", WRAPPED_SETTER)]:
        host = whole(given[""] + '((void (*)(void))dlsym(plugin, "run"))();')
        rows.append(Row(name, plugin + mixes.replace("RELEASE", "free"), host, under(MIMALLOC), [], (plugin + mixes.replace("RELEASE", "x_free"), host), optimise="2"))
    return rows


# Structures that are copied, and what they own; arrays of them that grow; members that the other side sets.
EVENT = """
struct event { long kind; char *text; long more; };
"""
QUEUES = {
    "a ring of structures": """
static struct event ring[8];
static unsigned head, tail;
__attribute__((noinline)) static void push(const struct event *e) { ring[tail++ & 7] = *e; }
__attribute__((noinline)) static int pop(struct event *e) { if (head == tail) return 0; *e = ring[head++ & 7]; return 1; }
static void drain(void) { struct event e; while (pop(&e)) { puts(e.text); RELEASE(e.text); } }
""",
    "an array of structures that grows": """
static struct { struct event *items; int n, room; } *queue;
__attribute__((noinline)) static void push(const struct event *e) {
  if (!queue) queue = calloc(1, sizeof *queue);
  if (queue->n == queue->room) { queue->room = queue->room * 2 + 2; queue->items = realloc(queue->items, queue->room * sizeof *queue->items); }
  queue->items[queue->n++] = *e;
}
static void drain(void) { for (int i = 0; i < queue->n; ++i) { puts(queue->items[i].text); RELEASE(queue->items[i].text); } free(queue->items); }
""",
    "a list of copies": """
struct node { struct node *next; struct event event; };
static struct node *first, **last = &first;
__attribute__((noinline)) static void push(const struct event *e) { struct node *n = malloc(sizeof *n); n->event = *e; n->next = 0; *last = n; last = &n->next; }
static void drain(void) { for (struct node *n = first, *next; n; n = next) { next = n->next; puts(n->event.text); RELEASE(n->event.text); free(n); } first = 0; }
""",
    "a queue that is handed around": """
struct queue { int n, room; struct event *items; };
__attribute__((noinline)) static struct queue *queue_new(void) { return calloc(1, sizeof(struct queue)); }
__attribute__((noinline)) static void queue_add(struct queue *q, struct event e) {
  if (q->n == q->room) q->items = realloc(q->items, (q->room += 4) * sizeof e);
  q->items[q->n++] = e;
}
__attribute__((noinline)) static void queue_end(struct queue *q) { for (int i = 0; i < q->n; ++i) { puts(q->items[i].text); RELEASE(q->items[i].text); } free(q->items); free(q); }
static struct queue *queue;
static void push(const struct event *e) { if (!queue) queue = queue_new(); queue_add(queue, *e); }
static void drain(void) { queue_end(queue); }
""",
}
LISTS = {
    "an array of texts that grows": """
struct list { char **items; size_t n, room; };
__attribute__((noinline)) static void list_add(struct list *l, char *p) {
  if (l->n == l->room) { l->room = l->room ? l->room * 2 : 4; l->items = realloc(l->items, l->room * sizeof *l->items); }
  l->items[l->n++] = p;
}
__attribute__((noinline)) static void list_end(struct list *l) { for (size_t i = 0; i < l->n; ++i) RELEASE(l->items[i]); free(l->items); free(l); }
static struct list *list_new(void) { return calloc(1, sizeof(struct list)); }
""",
    "an array of texts behind its length": """
struct list { size_t n; char **items; };
__attribute__((noipa)) static struct list *list_new(void) { struct list *l = malloc(sizeof *l); l->n = 0; l->items = calloc(16, sizeof(char *)); return l; }
__attribute__((noipa)) static void list_add(struct list *l, char *p) { if (l->n < 16) l->items[l->n++] = p; }
__attribute__((noipa)) static void list_end(struct list *l) { while (l->n) RELEASE(l->items[--l->n]); free(l->items); free(l); }
""",
    "texts in nodes of a list": """
struct node { char *text; struct node *next; };
struct list { struct node *first; };
__attribute__((noinline)) static struct list *list_new(void) { return calloc(1, sizeof(struct list)); }
__attribute__((noinline)) static void list_add(struct list *l, char *p) { struct node *n = malloc(sizeof *n); n->text = p; n->next = l->first; l->first = n; }
__attribute__((noinline)) static void list_end(struct list *l) { struct node *n = l->first; while (n) { struct node *next = n->next; RELEASE(n->text); free(n); n = next; } free(l); }
""",
}
MEMBERS = {
    "a member of a structure": """
struct item { int n; char *label; struct item *next; };
__attribute__((noinline)) static struct item *item_new(int n) { struct item *i = malloc(sizeof *i); i->n = n; i->label = 0; i->next = 0; return i; }
__attribute__((noinline)) static void item_end(struct item *i) { if (i->label) RELEASE(i->label); free(i); }
""",
    "a member of a structure in a structure": """
struct item { long n; struct { long m; char *label; } in; };
__attribute__((noinline)) static struct item *item_new(int n) { struct item *i = calloc(1, sizeof *i); i->n = n; return i; }
__attribute__((noinline)) static void in_end(char **label) { RELEASE(*label); *label = 0; }
__attribute__((noinline)) static void item_end(struct item *i) { in_end(&i->in.label); free(i); }
""",
}


@group
def structures_with_members():
    rows = []
    makes = EVENT + 'int poll_event(struct event *e) { static int n; if (n == 3) return 0; e->kind = n++; e->text = strcpy(malloc(60), "text"); e->more = 7; return 1; } void drop(char *p) { free(p); }'
    releases = ("free", '((void (*)(char *))dlsym(opened, "drop"))')

    def host_of(store, body, release):
        return HOST + "static void *opened;\n" + EVENT + store.replace("RELEASE", release) + f'int main(int argc, char **argv) {{ void *plugin = opened = open_plugin(argv); {body} puts("end"); return 0; }}'

    def both(name, plugin, store, body, is_told_apart=True, **more):
        plugin = INCLUDES + plugin
        rows.append(Row(name, plugin, host_of(store, body, releases[0]), under(PRELOADS[len(rows) % 3]), [],
                        (plugin, host_of(store, body, releases[1])) if is_told_apart else None, **{"optimise": "2", **more}))

    for name, store in QUEUES.items():
        both(name, makes, store, 'int (*poll_event)(struct event *) = dlsym(plugin, "poll_event"); struct event e; while (poll_event(&e)) push(&e); drain();')
        exported = store.replace("static void push(", "void push(").replace("__attribute__((noinline)) void push", "void push")
        posts = EVENT + 'void push(const struct event *); void run(void) { struct event e = {1, strcpy(malloc(60), "text"), 2}; push(&e); } void drop(char *p) { free(p); }'
        both(name + ", which the plugin fills", posts, exported, '((void (*)(void))dlsym(plugin, "run"))(); drain();', host_options=["-rdynamic"])
    for name, store in LISTS.items():
        both(name, 'char *make(void) { return strcpy(malloc(60), "text"); } void drop(char *p) { free(p); }', store,
             'char *(*make)(void) = dlsym(plugin, "make"); struct list *l = list_new(); for (int i = 0; i < 3; ++i) list_add(l, make()); list_end(l);')
        exported = store.replace("static void list_add(", "void list_add(").replace("__attribute__((noinline)) void list_add", "void list_add").replace("__attribute__((noipa)) void list_add", "void list_add")
        both(name + ", which the plugin fills", 'struct list; void list_add(struct list *, char *); void fill(struct list *l) { list_add(l, strcpy(malloc(60), "text")); list_add(l, strcpy(malloc(60), "more")); } void drop(char *p) { free(p); }', exported,
             'void (*fill)(struct list *) = dlsym(plugin, "fill"); struct list *l = list_new(); fill(l); list_end(l);',
             # The nodes of such a list, which are the host's, are not told from the texts in them.
             is_told_apart="nodes" not in name, host_options=["-rdynamic"])
    for name, store in MEMBERS.items():
        declares = store.split("__attribute__")[0]
        label = "in.label" if "in_end" in store else "label"
        both(name, declares + f'void describe(struct item *i) {{ i->{label} = strcpy(malloc(60), "text"); }} void drop(char *p) {{ free(p); }}', store,
             'void (*describe)(struct item *) = dlsym(plugin, "describe"); static struct item *items[3]; for (int i = 0; i < 3; ++i) { items[i] = item_new(i); describe(items[i]); } for (int i = 0; i < 3; ++i) item_end(items[i]);')
        exported = store.replace("static struct item *item_new", "struct item *item_new").replace("static void item_end(", "void item_end(")
        both(name + " of the host's, in the plugin", declares + f'struct item *item_new(int); void item_end(struct item *); void run(void) {{ struct item *i = item_new(3); i->{label} = strcpy(malloc(60), "text"); item_end(i); }} void drop(char *p) {{ free(p); }}', exported,
             '((void (*)(void))dlsym(plugin, "run"))();', host_options=["-rdynamic"])
    # What the plugin fills in part, and the host in part: each releases its own.
    plugin = INCLUDES + 'struct both { char *ours; char *yours; }; void fill(struct both *b) { b->ours = strcpy(malloc(60), "text"); } void clear(struct both *b) { free(b->ours); b->ours = 0; }'
    host = HOST + 'struct both { char *theirs; char *own; }; int main(int argc, char **argv) { void *plugin = open_plugin(argv); struct both *b = calloc(1, sizeof *b); b->own = strcpy(malloc(60), "own"); ((void (*)(struct both *))dlsym(plugin, "fill"))(b); puts(b->theirs); ((void (*)(struct both *))dlsym(plugin, "clear"))(b); free(b->FIRST); free(b); return 0; }'
    rows.append(Row("a structure whose members have two owners", plugin, host.replace("FIRST", "own").replace('dlsym(plugin, "clear"))(b)', 'dlsym(plugin, "clear"))((struct both *)&b->own)'), under(MIMALLOC), [],
                    (plugin, host.replace("FIRST", "own")), optimise="2"))
    # One function fills the structures of both.
    plugin = INCLUDES + 'char *make(void) { return strcpy(malloc(60), "text"); } void drop(char *p) { free(p); }'
    host = HOST + 'struct box { char *p; long n; }; __attribute__((noipa)) static void set(struct box *b, char *p) { b->p = p; b->n = 1; } int main(int argc, char **argv) { void *plugin = open_plugin(argv); char *(*make)(void) = dlsym(plugin, "make"); void (*drop)(char *) = dlsym(plugin, "drop"); struct box *a = malloc(sizeof *a), *b = malloc(sizeof *b); set(a, make()); set(b, strcpy(malloc(60), "own")); puts(a->p); puts(b->p); free(FIRST->p); drop(SECOND->p); free(a); free(b); return 0; }'
    rows.append(Row("two structures that one function fills", plugin, host.replace("FIRST", "a").replace("SECOND", "b"), under(MIMALLOC), [],
                    (plugin, host.replace("FIRST", "b").replace("SECOND", "a")), optimise="2"))
    # What is null where it is released, and a copy otherwise.
    plugin = INCLUDES + 'static char *kept; char *get(int n) { return n > 9 ? 0 : (kept = strcpy(malloc(60), "text")); } void end(void) { free(kept); }'
    host = HOST + '__attribute__((noipa)) static char *copy(const char *p) { return strcpy(malloc(60), p); } __attribute__((noipa)) static int test(char *p) { return p && *p; } int main(int argc, char **argv) { void *plugin = open_plugin(argv); char *(*get)(int) = dlsym(plugin, "get"); char *p = get(argc); if (p) COPY; test(p); free(p); puts("end"); return 0; }'
    rows.append(Row("a copy, where there is something to copy", plugin, host.replace("COPY", "puts(p)"), under(MIMALLOC), [],
                    (plugin, host.replace("COPY", "p = copy(p)")), optimise="2"))
    return rows


# Functions that are kept by name, and those that come with a block to release it.
REGISTRIES = {
    "a list of factories": """
struct entry { const char *name; char *(*make)(void); struct entry *next; };
static struct entry *entries;
void host_register(const char *name, char *(*make)(void)) { struct entry *e = malloc(sizeof *e); e->name = name; e->make = make; e->next = entries; entries = e; }
__attribute__((noinline)) static struct entry *find(const char *name) { for (struct entry *e = entries; e; e = e->next) if (!strcmp(e->name, name)) return e; return 0; }
""",
    "a table of factories": """
struct entry { const char *name; char *(*make)(void); };
static struct entry entries[16];
static int count;
void host_register(const char *name, char *(*make)(void)) { if (count < 16) { entries[count].name = name; entries[count].make = make; ++count; } }
__attribute__((noinline)) static struct entry *find(const char *name) { for (int i = 0; i < count; ++i) if (!strcmp(entries[i].name, name)) return &entries[i]; return 0; }
""",
    "a table of factories that grows": """
struct entry { char *(*make)(void); char name[24]; };
static struct { int count; struct entry *all; } *registry;
void host_register(const char *name, char *(*make)(void)) {
  if (!registry) registry = calloc(1, sizeof *registry);
  registry->all = realloc(registry->all, (registry->count + 1) * sizeof *registry->all);
  struct entry *e = &registry->all[registry->count++];
  strcpy(e->name, name);
  e->make = make;
}
__attribute__((noinline)) static struct entry *find(const char *name) { for (int i = 0; i < registry->count; ++i) if (!strcmp(registry->all[i].name, name)) return &registry->all[i]; return 0; }
""",
}


@group
def functions_that_are_kept():
    rows = []
    plugin = INCLUDES + 'static char *make(void) { return strcpy(malloc(60), "text"); } void drop(char *p) { free(p); } void host_register(const char *, char *(*)(void)); void init(void) { host_register("text", make); }'
    named = INCLUDES + 'char *make(void) { return strcpy(malloc(60), "text"); } void drop(char *p) { free(p); }'
    for name, store in REGISTRIES.items():
        def whole(release, init, store=store):
            return HOST + store + f'int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); host_register("none", 0); {init} char *p = find("text")->make(); puts(p); {release}(p); return 0; }}'
        drop = '((void (*)(char *))dlsym(plugin, "drop"))'
        init = '((void (*)(void))dlsym(plugin, "init"))();'
        rows.append(Row(name, plugin, whole("free", init), under(PRELOADS[len(rows) % 3]), [], (plugin, whole(drop, init)), optimise="2", host_options=["-rdynamic"]))
        init = 'host_register("text", dlsym(plugin, "make"));'
        rows.append(Row(name + " that are looked up", named, whole("free", init), under(PRELOADS[len(rows) % 3]), [], (named, whole(drop, init)), optimise="2"))
    # An object with a block and the function that is to release it.
    box = 'struct box { void *data; void (*drop)(void *); }; LINK struct box *box_new(void *data, void (*drop)(void *)) { struct box *b = malloc(sizeof *b); b->data = data; b->drop = drop; return b; } LINK void box_end(struct box *b) { if (b->drop) b->drop(b->data); free(b); }\n'
    functions = 'char *make(void) { return strcpy(malloc(60), "text"); } void drop(void *p) { free(p); }'
    for name, data, drop, mended_data, mended_drop in [
        ("the host's block and the plugin's function", 'strcpy(malloc(60), "own")', "drop", "make()", "drop"),
        ("the plugin's block and the host's free", "make()", "free", 'strcpy(malloc(60), "own")', "free"),
    ]:
        looks = 'char *(*make)(void) = dlsym(plugin, "make"); void (*drop)(void *) = dlsym(plugin, "drop");'
        def own(data, drop, looks=looks):
            return HOST + box.replace("LINK", "__attribute__((noinline)) static") + f'int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {looks} struct box *b = box_new({data}, {drop}); box_end(b); puts("end"); return 0; }}'
        def plugins(data, drop, looks=looks):
            return HOST + f'int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {looks} void *(*box_new)(void *, void (*)(void *)) = dlsym(plugin, "box_new"); void (*box_end)(void *) = dlsym(plugin, "box_end"); void *b = box_new({data}, {drop}); box_end(b); puts("end"); return 0; }}'
        source = INCLUDES + functions
        rows.append(Row(name + " in a box of the host's", source, own(data, drop), under(PRELOADS[len(rows) % 3]), [], (source, own(mended_data, mended_drop)), optimise="2"))
        source = INCLUDES + box.replace("LINK", "") + functions
        rows.append(Row(name + " in a box of the plugin's", source, plugins(data, drop), under(PRELOADS[len(rows) % 3]), [], (source, plugins(mended_data, mended_drop)), optimise="2"))
    # What libc keeps for both.
    for name, plugin, host, mended in [
        ("a tree of libc's", 'int compare(const void *, const void *); void put(void **root) { tsearch(GET, root, compare); }',
         'static void *root; int compare(const void *a, const void *b) { return strcmp(a, b); } char *host_copy(const char *t) { return strcpy(malloc(60), t); } int main(int argc, char **argv) { void *plugin = open_plugin(argv); tsearch(host_copy("a"), &root, compare); ((void (*)(void **))dlsym(plugin, "put"))(&root); tdestroy(root, free); puts("end"); return 0; }', 'host_copy("text")'),
        ("libc's hash table", 'void put(void) { ENTRY e = {"key", GET}; hsearch(e, ENTER); }',
         'char *host_copy(const char *t) { return strcpy(malloc(60), t); } int main(int argc, char **argv) { void *plugin = open_plugin(argv); hcreate(20); ((void (*)(void))dlsym(plugin, "put"))(); ENTRY e = {"key", 0}; ENTRY *found = hsearch(e, FIND); puts(found->data); free(found->data); return 0; }', 'host_copy("text")'),
    ]:
        plugin = INCLUDES + "#include <search.h>\nchar *host_copy(const char *);\n" + plugin + " void unused(void) { free(malloc(3)); }"
        host = HOST + "#include <search.h>\n" + host
        rows.append(Row(name, plugin.replace("GET", 'strcpy(malloc(60), "text")'), host, under(PRELOADS[len(rows) % 3]), [],
                        (plugin.replace("GET", mended), host), optimise="2", host_options=["-rdynamic"]))
    return rows


# C++ values that are moved over the border, where the plugin has a runtime of its own.
MOVED_CXX = [  # name, plugin, host
    ("texts in a vector", 'extern "C" std::vector<std::string> make() { return {std::string(50, char(97)), std::string(50, char(98))}; }', 'auto make = (std::vector<std::string> (*)())dlsym(plugin, "make"); { auto v = make(); puts(v[1].c_str()); }'),
    ("a text that is put into a vector of the host's", 'extern "C" void add(std::vector<std::string> &v) { v.push_back(std::string(50, char(97))); }', 'auto add = (void (*)(std::vector<std::string> &))dlsym(plugin, "add"); { std::vector<std::string> v; v.reserve(8); add(v); puts(v[0].c_str()); }'),
    ("a text that is assigned", 'extern "C" void name(std::string &s) { s = std::string(60, char(97)); }', 'auto name = (void (*)(std::string &))dlsym(plugin, "name"); { std::string s; name(s); puts(s.c_str()); }'),
    ("a map that is returned", 'extern "C" std::map<std::string, int> make() { std::map<std::string, int> m; m["a"] = 1; m[std::string(40, char(98))] = 2; return m; }', 'auto make = (std::map<std::string, int> (*)())dlsym(plugin, "make"); { auto m = make(); printf("%zu", m.size()); }'),
    ("a text that the plugin keeps", 'static std::string kept; extern "C" void take(std::string &&s) { kept = std::move(s); } extern "C" void clear() { kept = std::string(100, char(99)); }', 'auto take = (void (*)(std::string &&))dlsym(plugin, "take"); std::string s(200, char(97)); take(std::move(s)); ((void (*)())dlsym(plugin, "clear"))();'),
    ("a member of a host's class", 'struct Item { std::string name; std::unique_ptr<int[]> numbers; }; extern "C" void fill(Item &i) { i.name.assign(50, char(97)); i.numbers.reset(new int[20]()); }', 'struct Item { std::string name; std::unique_ptr<int[]> numbers; }; auto fill = (void (*)(Item &))dlsym(plugin, "fill"); auto item = std::make_unique<Item>(); fill(*item); puts(item->name.c_str()); item.reset();'),
    ("an object of a factory in a map", 'extern "C" Plain *make() { return new Plain(); }', 'std::map<std::string, Plain *(*)()> factories; factories["plain"] = (Plain *(*)())dlsym(plugin, "make"); factories["none"] = nullptr; auto at = factories.find("plain"); Plain *p = at->second(); printf("%d", p->numbers[1]); delete p;'),
]


@group
def cxx_values_that_are_moved():
    rows = []
    for name, plugin, host in MOVED_CXX:
        whole = CXX_HOST + FURTHER_CXX + f'int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {host} puts("end"); }}'
        rows.append(Row(name, CXX + FURTHER_CXX + plugin, whole, under(MIMALLOC), [("local", MIMALLOC)], cxx=True, plugin_options=OWN_RUNTIME, optimise="2"))
    for name, plugin, host in [
        ("a shared_ptr that the plugin made", 'extern "C" std::shared_ptr<Plain> make() { return std::shared_ptr<Plain>(new Plain()); }', 'auto make = (std::shared_ptr<Plain> (*)())dlsym(plugin, "make"); { auto p = make(); printf("%d", p->numbers[1]); }'),
        ("a short text", 'extern "C" void name(char *to) { std::string s(60, char(97)); strcpy(to, s.c_str()); }', 'auto name = (void (*)(char *))dlsym(plugin, "name"); char b[100]; name(b); std::string s(b); puts(s.c_str());'),
    ]:
        rows.append(Row(name, CXX + FURTHER_CXX + plugin, CXX_HOST + FURTHER_CXX + f'int main(int argc, char **argv) {{ void *plugin = open_plugin(argv); {host} puts("end"); }}',
                        [], [("local", MIMALLOC)] + under(MIMALLOC), cxx=True, plugin_options=OWN_RUNTIME, optimise="2"))
    return rows


# Idioms of real plugins, each a file of idioms/: a host, a plugin and its twin that is safe.
SETS_OF_OPTIONS = {"JEMALLOC_INSIDE": JEMALLOC_INSIDE, "HIDDEN": HIDDEN}


def idiom(path):
    said = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("// "):
                break
            key, value = line[3:].rstrip("\n").split(":", 1)
            said[key] = value.strip()

    def options(key):
        return ["-U_GNU_SOURCE", "-D_GNU_SOURCE"] + [option for word in said.get(key, "").split() for option in SETS_OF_OPTIONS.get(word, [word])]

    def part(what, more=""):
        return f'#define {what}\n{more}#include "{path}"\n'

    mended = "#define MENDED\n"
    ways = [(words[0], (words + [""])[1]) for words in (way.split() for way in said["crashes"].split(","))]
    libraries = [(key.split()[1], part("LIBRARY"), options(key) + options("options")) for key in said if key.startswith("library ")]
    return Row(os.path.basename(path).split(".")[0].replace("_", " "), part("PLUGIN"), part("HOST"), ways, [], (part("PLUGIN", mended), part("HOST", mended)),
               cxx=path.endswith(".cpp"), plugin_options=options("plugin") + options("options"), host_options=options("host") + options("options"),
               libraries=libraries, compiler=said.get("compiler", ""), plugin_map=said.get("map", ""),
               not_reported=said.get("not reported", ""), twin_is_accused=said.get("the twin is accused", ""))


def idioms(is_cxx):
    folder = os.path.join(HERE, "idioms")
    return [idiom(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if not name.endswith(".h") and name.endswith(".cpp") == is_cxx]


@group
def idioms_of_plugins_in_c():
    return idioms(False)


@group
def idioms_of_plugins_in_cxx():
    return idioms(True)


# ---- building, running, asking

MAPS = {"versions.map": "V1 { global: make; }; V2 { global: make; local: *; } V1;", "only_make.map": "{ global: make; local: *; };"}


class Failure(Exception):
    pass


def build(row, plugin, host):
    suffix = "cpp" if row.cxx else "c"
    compiler = ["c++", "-std=c++20", "-fpermissive"] if row.cxx else [row.compiler or "cc"]
    base = compiler + ["-w", f"-O{row.optimise}", f"-I{HERE}", "-L."]

    def make(command):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure("cannot be built: " + done.stderr[-600:])

    for name, text in {**MAPS, "plugin.map": row.plugin_map}.items():
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    for name, source, options in row.libraries:
        with open(f"{name}.c", "w", encoding="utf-8") as file:
            file.write(source)
        make(["cc", "-w", f"-O{row.optimise}", "-shared", "-fPIC", "-o", f"lib{name}.so", f"{name}.c", f"-Wl,-soname,lib{name}.so", *options])
    for name, source, options in (("plugin", plugin, ["-shared", "-fPIC", "-o", "plugin.so"]), ("host", host, ["-o", "host"])):
        with open(f"{name}.{suffix}", "w", encoding="utf-8") as file:
            file.write(source)
        make(base + [f"{name}.{suffix}"] + options + (row.plugin_options if name == "plugin" else row.host_options))
    if row.strip:
        make(["strip", row.strip])


def environment(preload):
    return {**os.environ, "LD_LIBRARY_PATH": os.getcwd(), "GLIBC_TUNABLES": "glibc.rtld.optional_static_tls=16384", **({"LD_PRELOAD": preload} if preload else {})}


def ran(mode, preload):
    preload = "./plugin.so" if mode == "preload" else preload
    done = subprocess.run(["./host", "./plugin.so", mode], capture_output=True, timeout=30, env=environment(preload), stdin=subprocess.DEVNULL)
    if done.returncode == 70:
        raise Failure("the plugin is not opened: " + done.stderr.decode(errors="replace"))
    return done.returncode


def asked(crossheap, mode, preload):
    command = [crossheap, "bind", "--format", "json", "--mode", mode, "--host", "./host", "./plugin.so"] + (["--preload", preload] if preload else [])
    done = subprocess.run(command, capture_output=True, text=True, env=environment(""))
    if done.returncode > 1:
        raise Failure(f"bind ends with {done.returncode}: {done.stderr}")
    findings = [f for m in json.loads(done.stdout)["modes"].values() for f in m["findings"] if f["level"] != "note"]
    return done.returncode, findings


def check(crossheap, row):
    for folder in (row.name.replace(" ", "_").replace("/", "_"),):
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        os.chdir(folder)
    try:
        build(row, row.plugin, row.host)
        for mode, preload in row.crashes:
            status = ran(mode, preload)
            if status >= 0:
                raise Failure(f"{mode} {preload}: it does not crash, it ends with {status}")
            answer, findings = asked(crossheap, mode, preload)
            if row.not_reported and answer == 0:
                continue
            if row.not_reported:
                raise Failure(f"{mode} {preload}: it is reported now, and marked as one that is not")
            if answer != 1 or not any("instead of" in f["summary"] or "carries" in f["summary"] for f in findings):
                raise Failure(f"{mode} {preload}: it crashes with {status}, and bind exits {answer} with {[f['summary'] for f in findings]}")
        for mode, preload in row.safe:
            expect_safe(crossheap, mode, preload)
        if row.mended:
            build(row, *row.mended)
            for mode, preload in row.crashes:
                if not row.twin_is_accused:
                    expect_safe(crossheap, mode, preload)
                elif ran(mode, preload) != 0 or asked(crossheap, mode, preload)[0] != 1:
                    raise Failure(f"{mode} {preload}: its twin is not safe, or no longer accused as it is marked")
    finally:
        os.chdir("..")


def expect_safe(crossheap, mode, preload):
    status = ran(mode, preload)
    if status != 0:
        raise Failure(f"{mode} {preload}: it should be safe, and ends with {status}")
    answer, findings = asked(crossheap, mode, preload)
    if answer != 0:
        raise Failure(f"{mode} {preload}: it is safe, and bind exits {answer} with {[f['summary'] for f in findings]}")


def main():
    if sys.argv[1:] == ["--groups"]:
        print("\n".join(GROUPS))
        return 0
    crossheap, name, chosen = sys.argv[1], sys.argv[2], sys.argv[3:]
    failed = 0
    rows = GROUPS[name]()
    for row in rows:
        if chosen and row.name not in chosen:
            continue
        try:
            check(crossheap, row)
        except Failure as failure:
            failed += 1
            print(f"{row.name}: {failure}")
    print(f"{len(rows)} situations of {name}, {failed} of them failed")
    return 1 if failed else 0


sys.exit(main())
