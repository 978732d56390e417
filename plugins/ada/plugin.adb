--  SPDX-License-Identifier: MIT OR Apache-2.0
--
--  The plugin in Ada. GNAT's `new` and Unchecked_Deallocation are malloc and free of libgnat, which stands in this image;
--  New_String is the same. `language_start` is adainit, which gnatbind writes.
with Ada.Unchecked_Conversion;
with Ada.Unchecked_Deallocation;
with Interfaces.C.Strings; use Interfaces.C.Strings;

package body Plugin is
   Size  : constant size_t := 120;
   Align : constant size_t := 16;

   type Object is array (1 .. Size) of unsigned_char;
   type Object_Access is access Object;
   procedure Free is new Ada.Unchecked_Deallocation (Object, Object_Access);
   function To_Object is new Ada.Unchecked_Conversion (Address, Object_Access);
   function To_Address is new Ada.Unchecked_Conversion (chars_ptr, Address);

   procedure Free_At (Block : Address) is
      Item : Object_Access := To_Object (Block);
   begin
      Free (Item);
   end Free_At;

   function Malloc_Give (Host : Address; Item : in out Handover) return int
   is (Given (Item, C_Malloc (Size), Size));

   function Malloc_Take (Host : Address; Item : Handover) return int is
   begin
      C_Free (Received (Host, Item));
      return 0;
   end Malloc_Take;

   function Heap_Give (Host : Address; Item : in out Handover) return int is
      Made : constant Object_Access := new Object;
   begin
      return Given (Item, Made.all'Address, Size);
   end Heap_Give;

   function Heap_Take (Host : Address; Item : Handover) return int is
   begin
      Free_At (Received (Host, Item));
      return 0;
   end Heap_Take;

   function String_Give (Host : Address; Item : in out Handover) return int
   is (Given_Text (Item, To_Address (New_String ("a string of Ada"))));

   procedure Take_It_Back (Item : in out Handover) with Convention => C;
   procedure Take_It_Back (Item : in out Handover) is
   begin
      Free_At (Item.Block);
   end Take_It_Back;

   function Owner_Give (Host : Address; Item : in out Handover) return int is
   begin
      Goes_Home_By (Item, Take_It_Back'Access);
      return Heap_Give (Host, Item);
   end Owner_Give;

   function Host_Give (Host : Address; Item : in out Handover) return int
   is (Given (Item, Host_Allocate (Host, Size, Align), Size));

   function Host_Take (Host : Address; Item : Handover) return int is
   begin
      Host_Release (Host, Received (Host, Item), Size, Align);
      return 0;
   end Host_Take;

   function Abi_Give (Host : Address; Item : in out Handover) return int
   is (Given (Item, Allocate (Size, Align), Size));

   function Abi_Take (Host : Address; Item : Handover) return int is
   begin
      Abi_Release (Item, Received (Host, Item), Size, Align);
      return 0;
   end Abi_Take;
end Plugin;
