/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A plugin of every kind of host that asks for no more than a function or two: one for each -DKIND_... The interfaces
 * are written out here, since no test is to need the headers of twenty hosts. With -DBAD it carries an allocator of its
 * own, hidden, to which it releases a block of libc's while it is loaded: a crossing on every heap.
 */
#include <stddef.h>

#ifdef BAD
extern char *strdup(const char *text);
static char heap[1 << 16];
static size_t used;
__attribute__((visibility("hidden"))) void *malloc(size_t bytes) {
  void *block = heap + used;
  used += (bytes + 15) & ~(size_t)15;
  return block;
}
__attribute__((visibility("hidden"))) void free(void *block) { (void)block; }
__attribute__((constructor)) static void start(void) {
  char *volatile own = malloc(8);
  free(own);
  char *volatile copy = strdup("crosses");
  free(copy);
}
#endif

#define EXPORTED __attribute__((visibility("default")))

#if defined(KIND_ruby)
EXPORTED void Init_check(void) {}
#elif defined(KIND_perl)
EXPORTED void boot_Check(void *interpreter, void *code) { (void)interpreter, (void)code; }
#elif defined(KIND_lua)
EXPORTED int luaopen_check(void *state) { return (void)state, 0; }
#elif defined(KIND_sqlite)
EXPORTED int sqlite3_check_init(void *database, char **error, const void *api) {
  return (void)database, (void)error, (void)api, 0;
}
#elif defined(KIND_tcl)
EXPORTED int Check_Init(void *interpreter) { return (void)interpreter, 0; }
#elif defined(KIND_bash)
static int run(void *words) { return (void)words, 0; }
static char *const long_doc[] = {"does nothing", NULL};
EXPORTED struct {
  const char *name;
  int (*function)(void *words);
  int flags;
  char *const *long_doc;
  const char *short_doc;
  char *handle;
} check_struct = {"check", run, 1, long_doc, "check", NULL};
#elif defined(KIND_make)
EXPORTED int plugin_is_GPL_compatible;
EXPORTED int check_gmk_setup(const void *location) { return (void)location, 1; }
#elif defined(KIND_gcc)
EXPORTED int plugin_is_GPL_compatible;
EXPORTED int plugin_init(void *own, void *version) { return (void)own, (void)version, 0; }
#elif defined(KIND_ld)
EXPORTED int onload(void *interface) { return (void)interface, 0; }
#elif defined(KIND_redis)
EXPORTED int RedisModule_OnLoad(void **context, void **words, int count) {
  (void)words, (void)count;
  int (*get)(const char *name, void *function) = (int (*)(const char *, void *))context[0];
  void (*set)(void *context, const char *name, int version, int api) = NULL;
  if (get("RedisModule_SetModuleAttribs", (void *)&set) != 0) return 1;
  set(context, "check", 1, 1);
  return 0;
}
#elif defined(KIND_zsh)
EXPORTED int setup_(void *module) { return (void)module, 0; }
EXPORTED int features_(void *module, char ***features) { return (void)module, (void)features, 1; }
EXPORTED int enables_(void *module, int **enables) { return (void)module, (void)enables, 0; }
EXPORTED int boot_(void *module) { return (void)module, 0; }
EXPORTED int cleanup_(void *module) { return (void)module, 0; }
EXPORTED int finish_(void *module) { return (void)module, 0; }
#elif defined(KIND_nss)
EXPORTED int _nss_check_getpwnam_r(const char *name, void *result, char *buffer, size_t bytes, int *error) {
  return (void)name, (void)result, (void)buffer, (void)bytes, (void)error, 0;
}
#elif defined(KIND_node)
EXPORTED void *napi_register_module_v1(void *environment, void *exports) { return (void)environment, exports; }
#elif defined(KIND_jvm)
EXPORTED int JNI_OnLoad(void *machine, void *reserved) { return (void)machine, (void)reserved, 0x00010006; }
#elif defined(KIND_openssl)
static const struct {
  int id;
  void (*function)(void);
} nothing[] = {{0, NULL}};
EXPORTED int OSSL_provider_init(const void *handle, const void *in, const void **out, void **context) {
  (void)handle, (void)in;
  *out = nothing;
  *context = NULL;
  return 1;
}
#elif defined(KIND_gio)
EXPORTED void g_io_module_load(void *module) { (void)module; }
EXPORTED void g_io_module_unload(void *module) { (void)module; }
EXPORTED char **g_io_module_query(void) { return NULL; }
#elif defined(KIND_r)
EXPORTED void R_init_check(void *library) { (void)library; }
#elif defined(KIND_pam)
EXPORTED int pam_sm_authenticate(void *handle, int flags, int count, const char **words) {
  return (void)handle, (void)flags, (void)count, (void)words, 0;
}
#elif defined(KIND_none)
EXPORTED int a_function_of_no_known_kind(void) { return 0; }
#elif defined(KIND_php)
EXPORTED void *get_module(void) { return NULL; } /* the bad one only: the host asks for much more than this */
#elif defined(KIND_cpython)
EXPORTED void *PyInit_check(void) { return NULL; }
#elif defined(KIND_nginx)
EXPORTED void *ngx_modules[1];
#elif defined(KIND_httpd)
EXPORTED char check_module[512];
#elif defined(KIND_gdk_pixbuf)
EXPORTED void fill_vtable(void *module) { (void)module; }
#elif defined(KIND_gtk_immodule)
EXPORTED void im_module_list(void *contexts, void *count) { (void)contexts, (void)count; }
#else
#error "give -DKIND_..."
#endif
