! SPDX-License-Identifier: MIT OR Apache-2.0
!
! The contract (languages/contract.h) in Fortran's words.
module contract
  use iso_c_binding
  implicit none
  type, bind(C) :: handover_head  ! the start of struct crossheap_handover
    integer(c_int32_t) :: struct_size, reserved
    type(c_ptr) :: block
  end type
  interface
    type(c_ptr) function c_malloc(n) bind(C, name='malloc')
      import; integer(c_size_t), value :: n
    end function
    subroutine c_free(p) bind(C, name='free')
      import; type(c_ptr), value :: p
    end subroutine
    integer(c_int32_t) function given(handover, p, n) bind(C, name='contract_given')
      import; type(c_ptr), value :: handover, p; integer(c_size_t), value :: n
    end function
    integer(c_int32_t) function given_text(handover, p) bind(C, name='contract_given_text')
      import; type(c_ptr), value :: handover, p
    end function
    type(c_ptr) function received(host, handover) bind(C, name='contract_received')
      import; type(c_ptr), value :: host, handover
    end function
    subroutine goes_home_by(handover, release) bind(C, name='contract_goes_home_by')
      import; type(c_ptr), value :: handover; type(c_funptr), value :: release
    end subroutine
    type(c_ptr) function host_allocate(host, n, align) bind(C, name='contract_host_allocate')
      import; type(c_ptr), value :: host; integer(c_size_t), value :: n, align
    end function
    subroutine host_release(host, p, n, align) bind(C, name='contract_host_release')
      import; type(c_ptr), value :: host, p; integer(c_size_t), value :: n, align
    end subroutine
    type(c_ptr) function abi_allocate(n, align) bind(C, name='crossheap_allocate')
      import; integer(c_size_t), value :: n, align
    end function
    subroutine abi_release(handover, p, n, align) bind(C, name='contract_abi_release')
      import; type(c_ptr), value :: handover, p; integer(c_size_t), value :: n, align
    end subroutine
  end interface
end module
