{ SPDX-License-Identifier: MIT OR Apache-2.0

  The contract (languages/contract.h) in Pascal's words. }
unit contract;

interface

uses ctypes;

type
  THandover = record  { the start of struct crossheap_handover }
    StructSize, Reserved: cuint32;
    Block: Pointer;
  end;
  PHandover = ^THandover;
  TTakeBack = procedure(Handover: PHandover); cdecl;

function CMalloc(Bytes: csize_t): Pointer; cdecl; external name 'malloc';
procedure CFree(Block: Pointer); cdecl; external name 'free';
function Given(Handover: PHandover; Block: Pointer; Bytes: csize_t): cint32; cdecl; external name 'contract_given';
function GivenText(Handover: PHandover; Text: PChar): cint32; cdecl; external name 'contract_given_text';
function Received(Host: Pointer; Handover: PHandover): Pointer; cdecl; external name 'contract_received';
procedure GoesHomeBy(Handover: PHandover; Release: TTakeBack); cdecl; external name 'contract_goes_home_by';
function HostAllocate(Host: Pointer; Bytes, Alignment: csize_t): Pointer; cdecl; external name 'contract_host_allocate';
procedure HostRelease(Host, Block: Pointer; Bytes, Alignment: csize_t); cdecl; external name 'contract_host_release';
procedure AbiRelease(Handover: PHandover; Block: Pointer; Bytes, Alignment: csize_t); cdecl; external name 'contract_abi_release';
function AbiAllocate(Bytes, Alignment: csize_t): Pointer; cdecl; external name 'crossheap_allocate';

implementation

end.
