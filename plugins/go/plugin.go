// SPDX-License-Identifier: MIT OR Apache-2.0

// The plugin in Go. Go has two heaps: its own, collected and out of C's reach, and C's by cgo. What C is to keep must
// come from C.malloc or be pinned, and what C hands in must go back to C.free: Go has nothing that releases an address.
package main

// #include <languages/contract.h>
// #include <stdlib.h>
// typedef const struct crossheap_host Host;
// typedef struct crossheap_handover Handover;
// void owner_take_back(Handover *handover);
import "C"

import "runtime"
import "unsafe"

const size, align = 120, 16

// The objects that C holds: pinned, so that the collector neither moves nor frees them.
var lent = map[unsafe.Pointer]*runtime.Pinner{}

func lend() unsafe.Pointer {
	block, pin := unsafe.Pointer(new([size]byte)), new(runtime.Pinner)
	pin.Pin(block)
	lent[block] = pin
	return block
}

//export malloc_give
func malloc_give(_ *C.Host, h *C.Handover) C.int32_t { return C.contract_given(h, C.malloc(size), size) }

//export malloc_take
func malloc_take(host *C.Host, h *C.Handover) C.int32_t {
	C.free(C.contract_received(host, h))
	return 0
}

//export heap_give
func heap_give(_ *C.Host, h *C.Handover) C.int32_t { return C.contract_given(h, lend(), size) }

//export heap_take
func heap_take(*C.Host, *C.Handover) C.int32_t { return 1 }

//export string_give
func string_give(_ *C.Host, h *C.Handover) C.int32_t { return C.contract_given_text(h, C.CString("a string of Go")) }

//export owner_give
func owner_give(host *C.Host, h *C.Handover) C.int32_t {
	C.contract_goes_home_by(h, (*[0]byte)(C.owner_take_back))
	return heap_give(host, h)
}

//export owner_take_back
func owner_take_back(h *C.Handover) {
	lent[h.block].Unpin()
	delete(lent, h.block)
}

//export host_give
func host_give(host *C.Host, h *C.Handover) C.int32_t {
	return C.contract_given(h, C.contract_host_allocate(host, size, align), size)
}

//export host_take
func host_take(host *C.Host, h *C.Handover) C.int32_t {
	C.contract_host_release(host, C.contract_received(host, h), size, align)
	return 0
}

//export abi_give
func abi_give(_ *C.Host, h *C.Handover) C.int32_t { return C.contract_given(h, C.crossheap_allocate(size, align), size) }

//export abi_take
func abi_take(host *C.Host, h *C.Handover) C.int32_t {
	C.contract_abi_release(h, C.contract_received(host, h), size, align)
	return 0
}

func main() {}
