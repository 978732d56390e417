{ SPDX-License-Identifier: MIT OR Apache-2.0

  The plugin in Pascal. Free Pascal's GetMem and strings live on a heap of its own, made of mmap; with CROSSHEAP_CMEM the
  unit cmem stands first and makes malloc its heap: the one choice of allocator that the language has. }
library plugin;

{$mode objfpc}

uses {$ifdef CROSSHEAP_CMEM} cmem, {$endif} contract, ctypes, strings;

const Size = 120;
const Align = 16;

function malloc_give(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'malloc_give';
begin
  Result := Given(Item, CMalloc(Size), Size);
end;

function malloc_take(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'malloc_take';
begin
  CFree(Received(Host, Item));
  Result := 0;
end;

function heap_give(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'heap_give';
begin
  Result := Given(Item, GetMem(Size), Size);
end;

function heap_take(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'heap_take';
begin
  FreeMem(Received(Host, Item));
  Result := 0;
end;

function string_give(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'string_give';
begin
  Result := GivenText(Item, StrNew('a string of Pascal'));
end;

procedure take_back(Item: PHandover); cdecl;
begin
  FreeMem(Item^.Block);
end;

function owner_give(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'owner_give';
begin
  GoesHomeBy(Item, @take_back);
  Result := heap_give(Host, Item);
end;

function host_give(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'host_give';
begin
  Result := Given(Item, HostAllocate(Host, Size, Align), Size);
end;

function host_take(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'host_take';
begin
  HostRelease(Host, Received(Host, Item), Size, Align);
  Result := 0;
end;

function abi_give(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'abi_give';
begin
  Result := Given(Item, AbiAllocate(Size, Align), Size);
end;

function abi_take(Host: Pointer; Item: PHandover): cint32; cdecl; public name 'abi_take';
begin
  AbiRelease(Item, Received(Host, Item), Size, Align);
  Result := 0;
end;

var
  CrossheapPlugin: Pointer; external name 'crossheap_plugin';

exports CrossheapPlugin name 'crossheap_plugin';

end.
