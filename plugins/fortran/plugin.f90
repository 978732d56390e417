! SPDX-License-Identifier: MIT OR Apache-2.0
!
! The plugin in Fortran. gfortran compiles `allocate` and `deallocate` to calls of malloc and free, of whatever is bound here.
module plugin
  use contract
  implicit none
  integer(c_size_t), parameter :: size = 120, align = 16
contains
  integer(c_int32_t) function malloc_give(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    malloc_give = given(handover, c_malloc(size), size)
  end function

  integer(c_int32_t) function malloc_take(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    call c_free(received(host, handover))
    malloc_take = 0
  end function

  integer(c_int32_t) function heap_give(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    integer(c_int8_t), pointer :: object(:)
    allocate (object(size))
    heap_give = given(handover, c_loc(object), size)
  end function

  integer(c_int32_t) function heap_take(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    call deallocate_at(received(host, handover))
    heap_take = 0
  end function

  subroutine deallocate_at(address)
    type(c_ptr), value :: address
    integer(c_int8_t), pointer :: object(:)
    call c_f_pointer(address, object, [size])
    deallocate (object)
  end subroutine

  integer(c_int32_t) function string_give(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    character(kind=c_char, len=20), pointer :: text
    allocate (text, source='a string of Fortran' // c_null_char)
    string_give = given_text(handover, c_loc(text))
  end function

  integer(c_int32_t) function owner_give(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    call goes_home_by(handover, c_funloc(take_back))
    owner_give = heap_give(host, handover)
  end function

  subroutine take_back(handover) bind(C)
    type(handover_head), intent(in) :: handover
    call deallocate_at(handover%block)
  end subroutine

  integer(c_int32_t) function host_give(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    host_give = given(handover, host_allocate(host, size, align), size)
  end function

  integer(c_int32_t) function host_take(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    call host_release(host, received(host, handover), size, align)
    host_take = 0
  end function

  integer(c_int32_t) function abi_give(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    abi_give = given(handover, abi_allocate(size, align), size)
  end function

  integer(c_int32_t) function abi_take(host, handover) bind(C)
    type(c_ptr), value :: host, handover
    call abi_release(handover, received(host, handover), size, align)
    abi_take = 0
  end function
end module
