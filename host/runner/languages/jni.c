/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The library that JniHost loads: crossheap_run for Java.
 */
#include <jni.h>

#include "words.h"

// NOLINTNEXTLINE(readability-identifier-naming): the name that Java looks for.
JNIEXPORT jint JNICALL Java_JniHost_run(JNIEnv *java, jclass host, jobjectArray arguments);

JNIEXPORT jint JNICALL Java_JniHost_run(JNIEnv *java, jclass host, jobjectArray arguments) {
  (void)host;
  struct words words = {0};
  for (jsize i = 0; i < (*java)->GetArrayLength(java, arguments); ++i) {
    jstring argument = (*java)->GetObjectArrayElement(java, arguments, i);
    const char *word = (*java)->GetStringUTFChars(java, argument, NULL);
    if (word == NULL) return 1;
    add_word(&words, word);
    (*java)->ReleaseStringUTFChars(java, argument, word);
  }
  return run_words(&words);
}
