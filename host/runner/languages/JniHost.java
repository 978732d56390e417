// SPDX-License-Identifier: MIT OR Apache-2.0

/** Java as a host, by JNI: JniHost LIBRARY RUNNER-ARGUMENTS... */
class JniHost {
    static native int run(String[] words);

    public static void main(String[] words) {
        System.load(words[0]);
        System.exit(run(words));
    }
}
