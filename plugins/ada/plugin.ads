--  SPDX-License-Identifier: MIT OR Apache-2.0
--
--  What the plugin in Ada exports to languages/contract.c.
with Contract;     use Contract;
with Interfaces.C; use Interfaces.C;

package Plugin is
   function Malloc_Give (Host : Address; Item : in out Handover) return int
   with Export, Convention => C, External_Name => "malloc_give";
   function Malloc_Take (Host : Address; Item : Handover) return int
   with Export, Convention => C, External_Name => "malloc_take";
   function Heap_Give (Host : Address; Item : in out Handover) return int
   with Export, Convention => C, External_Name => "heap_give";
   function Heap_Take (Host : Address; Item : Handover) return int
   with Export, Convention => C, External_Name => "heap_take";
   function String_Give (Host : Address; Item : in out Handover) return int
   with Export, Convention => C, External_Name => "string_give";
   function Owner_Give (Host : Address; Item : in out Handover) return int
   with Export, Convention => C, External_Name => "owner_give";
   function Host_Give (Host : Address; Item : in out Handover) return int
   with Export, Convention => C, External_Name => "host_give";
   function Host_Take (Host : Address; Item : Handover) return int
   with Export, Convention => C, External_Name => "host_take";
   function Abi_Give (Host : Address; Item : in out Handover) return int
   with Export, Convention => C, External_Name => "abi_give";
   function Abi_Take (Host : Address; Item : Handover) return int
   with Export, Convention => C, External_Name => "abi_take";
end Plugin;
