/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A plugin of every kind of host that asks for no more than a function or two: one for each -DKIND_... The interfaces
 * are written out here, since no test is to need the headers of twenty hosts. With -DBAD it carries an allocator of its
 * own, hidden, to which it releases a block of libc's while it is loaded: a crossing on every heap.
 *
 * With -DGIVES it releases such a block by a function that it exports, and with -DTAKES it exports one of the same name
 * that releases to an allocator of its own. Whoever is opened first, for all to bind to, has both call its function.
 */
#include <stddef.h>

#if defined(BAD) || defined(GIVES)
extern char *strdup(const char *text);
#endif
#if defined(BAD) || defined(TAKES)
static char heap[1 << 16];
static size_t used;
__attribute__((visibility("hidden"))) void *malloc(size_t bytes) {
  void *block = heap + used;
  used += (bytes + 15) & ~(size_t)15;
  return block;
}
__attribute__((visibility("hidden"))) void free(void *block) { (void)block; }
#endif
#ifdef BAD
__attribute__((constructor)) static void start(void) {
  char *volatile own = malloc(8);
  free(own);
  char *volatile copy = strdup("crosses");
  free(copy);
}
#endif

#define EXPORTED __attribute__((visibility("default")))

#ifdef TAKES
EXPORTED void check_release(void *block) { free(block); }
__attribute__((constructor)) static void start(void) { free(malloc(8)); }
#endif
#ifdef NEEDS
extern int check_offer(void);
EXPORTED int check_uses(void) { return check_offer(); }
int (*volatile check_used)(void) = check_offer;
#endif
#ifdef OFFERS
EXPORTED int check_offer(void) { return 1; }
#endif
#ifdef GIVES
extern void free(void *block);
EXPORTED void check_release(void *block) { free(block); }
__attribute__((constructor)) static void start(void) { check_release(strdup("crosses")); }
#endif

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
#elif defined(KIND_postgresql)
EXPORTED const void *Pg_magic_func(void) {
  static const struct {
    int bytes, version, arguments, index_keys, name_bytes, float8_by_value;
    char abi[32];
  } magic = {sizeof magic, 1500, 100, 32, 64, 1, "PostgreSQL"};
  return &magic;
}
#elif defined(KIND_gawk)
EXPORTED int plugin_is_GPL_compatible;
EXPORTED int dl_load(const void *api, void *own) { return (void)api, (void)own, 1; }
#elif defined(KIND_ladspa)
EXPORTED const void *ladspa_descriptor(unsigned long index) { return (void)index, NULL; }
#elif defined(KIND_lv2_lilv)
static void *instantiate(const void *own, double rate, const char *bundle, const void *const *features) {
  static int instance;
  return (void)own, (void)rate, (void)bundle, (void)features, &instance;
}
static void connect_port(void *instance, unsigned port, void *data) { (void)instance, (void)port, (void)data; }
static void run(void *instance, unsigned samples) { (void)instance, (void)samples; }
static void cleanup(void *instance) { (void)instance; }
EXPORTED const void *lv2_descriptor(unsigned index) {
  static const struct {
    const char *uri;
    void *(*instantiate)(const void *own, double rate, const char *bundle, const void *const *features);
    void (*connect_port)(void *instance, unsigned port, void *data);
    void (*activate)(void *instance);
    void (*run)(void *instance, unsigned samples);
    void (*deactivate)(void *instance);
    void (*cleanup)(void *instance);
    const void *(*extension_data)(const char *uri);
  } own = {"urn:crossheap:check", instantiate, connect_port, NULL, run, NULL, cleanup, NULL};
  return index == 0 ? &own : NULL;
}
#elif defined(KIND_bind)
EXPORTED int plugin_version(void) { return 1; }
EXPORTED int plugin_check(const char *words, const void *config, const char *file, unsigned long line, void *memory,
                          void *log, void *access) {
  return (void)words, (void)config, (void)file, (void)line, (void)memory, (void)log, (void)access, 0;
}
EXPORTED int plugin_register(const char *words, const void *config, const char *file, unsigned long line, void *memory,
                             void *log, void *access, void *table, void **instance) {
  (void)table, (void)instance;
  return plugin_check(words, config, file, line, memory, log, access);
}
EXPORTED void plugin_destroy(void **instance) { (void)instance; }
#elif defined(KIND_openldap)
EXPORTED int init_module(int count, char **words) { return (void)count, (void)words, 0; }
#elif defined(KIND_samba_ldb)
EXPORTED int ldb_init_module(const char *version) { return (void)version, 0; }
#elif defined(KIND_mariadb)
EXPORTED int _maria_plugin_interface_version_ = 0x010f;
static struct {
  int interface_version;
  void *parse, *start, *end;
} parser = {0x0100, NULL, NULL, NULL};
struct plugin {
  int type;
  void *info;
  const char *name, *author, *about;
  int license;
  int (*start)(void *own), (*end)(void *own);
  unsigned version;
  void *status, *settings;
  const char *version_text;
  unsigned maturity;
};
EXPORTED int _maria_sizeof_struct_st_plugin_ = sizeof(struct plugin);
EXPORTED struct plugin _maria_plugin_declarations_[2] = {
    {2, &parser, "check", "check", "does nothing", 1, NULL, NULL, 1, NULL, NULL, "1", 3}};
#elif defined(KIND_swi_prolog)
EXPORTED void install(void) {}
#elif defined(KIND_erlang)
EXPORTED const void *nif_init(void) {
  static const struct {
    int major, minor;
    const char *name;
    int functions;
    const void *function;
    int (*load)(void *environment, void **data, unsigned long info);
    void *reload, *upgrade, *unload;
    const char *variant;
    unsigned options;
    size_t init_bytes;
    const char *least_version;
  } own = {2, 16, "check", 0, NULL, NULL, NULL, NULL, NULL, "beam.vanilla", 1, 0, "erts-12.0"};
  return &own;
}
#elif defined(KIND_gstreamer)
EXPORTED const void *gst_plugin_check_get_desc(void) { return NULL; }
#elif defined(KIND_lighttpd)
EXPORTED int check_plugin_init(void *plugin) { return (void)plugin, 0; }
#elif defined(KIND_vulkan_loader)
EXPORTED void *vk_icdGetInstanceProcAddr(void *instance, const char *name) { return (void)instance, (void)name, NULL; }
#elif defined(KIND_vlc)
/* Since 3.0.24, VLC counts files by their modules: each must make one (VLC_MODULE_CREATE is 0). */
EXPORTED int vlc_entry__3_0_0f(int (*set)(void *plugin, void *module, int property, ...), void *plugin) {
  void *module = NULL;
  return set(plugin, NULL, 0, &module);
}
#elif defined(KIND_pkcs11)
EXPORTED unsigned long C_GetFunctionList(void **list) { return (void)list, 5; }
#elif defined(KIND_sasl)
EXPORTED int sasl_server_plug_init(const void *utils, int most, int *version, void **plugins, int *count) {
  static int none;
  *version = 4;
  *plugins = &none;
  *count = 0;
  return (void)utils, (void)most, 0;
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
