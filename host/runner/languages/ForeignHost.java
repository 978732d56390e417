// SPDX-License-Identifier: MIT OR Apache-2.0

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import jdk.incubator.foreign.CLinker;
import jdk.incubator.foreign.FunctionDescriptor;
import jdk.incubator.foreign.MemoryAccess;
import jdk.incubator.foreign.MemoryAddress;
import jdk.incubator.foreign.MemorySegment;
import jdk.incubator.foreign.ResourceScope;
import jdk.incubator.foreign.SymbolLookup;

/** Java as a host, by JDK 17's foreign-function interface: ForeignHost LIBRARY RUNNER-ARGUMENTS... */
class ForeignHost {
    public static void main(String[] words) throws Throwable {
        System.load(words[0]);
        MethodHandle run = CLinker.getInstance().downcallHandle(
            SymbolLookup.loaderLookup().lookup("crossheap_run").orElseThrow(),
            MethodType.methodType(int.class, int.class, MemoryAddress.class),
            FunctionDescriptor.of(CLinker.C_INT, CLinker.C_INT, CLinker.C_POINTER));
        ResourceScope scope = ResourceScope.globalScope();
        MemorySegment pointers = MemorySegment.allocateNative(8L * words.length, scope);
        for (int i = 0; i < words.length; ++i)
            MemoryAccess.setAddressAtIndex(pointers, i, CLinker.toCString(words[i], scope));
        System.exit((int) run.invokeExact(words.length, pointers.address()));
    }
}
