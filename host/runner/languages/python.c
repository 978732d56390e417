/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The extension module that extension_host.py loads: crossheap_run for Python.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "words.h"

static PyObject *run(PyObject *self, PyObject *arguments) {
  (void)self;
  struct words words = {0};
  for (Py_ssize_t i = 0; i < PyTuple_Size(arguments); ++i) {
    const char *word = PyUnicode_AsUTF8(PyTuple_GetItem(arguments, i));
    if (word == NULL) return NULL;
    add_word(&words, word);
  }
  return PyLong_FromLong(run_words(&words));
}

static PyMethodDef methods[] = {{"run", run, METH_VARARGS, "crossheap_run"}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "crossheap_python", .m_size = -1,
                                    .m_methods = methods};

// NOLINTNEXTLINE(readability-identifier-naming): the name that Python looks for.
PyMODINIT_FUNC PyInit_crossheap_python(void) { return PyModule_Create(&module); }
