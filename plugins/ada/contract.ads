--  SPDX-License-Identifier: MIT OR Apache-2.0
--
--  The contract (languages/contract.h) in Ada's words.
with Interfaces.C; use Interfaces.C;
with System;

package Contract is
   subtype Address is System.Address;

   type Handover is record  --  the start of struct crossheap_handover
      Struct_Size, Reserved : Interfaces.Unsigned_32;
      Block                 : Address;
   end record
   with Convention => C;

   function C_Malloc (Size : size_t) return Address
   with Import, Convention => C, External_Name => "malloc";
   procedure C_Free (Block : Address)
   with Import, Convention => C, External_Name => "free";

   function Given (Item : in out Handover; Block : Address; Size : size_t) return int
   with Import, Convention => C, External_Name => "contract_given";
   function Given_Text (Item : in out Handover; Text : Address) return int
   with Import, Convention => C, External_Name => "contract_given_text";
   function Received (Host : Address; Item : Handover) return Address
   with Import, Convention => C, External_Name => "contract_received";

   type Take_Back is access procedure (Item : in out Handover)
   with Convention => C;
   procedure Goes_Home_By (Item : in out Handover; Release : Take_Back)
   with Import, Convention => C, External_Name => "contract_goes_home_by";
   function Host_Allocate (Host : Address; Size, Align : size_t) return Address
   with Import, Convention => C, External_Name => "contract_host_allocate";
   procedure Host_Release (Host, Block : Address; Size, Align : size_t)
   with Import, Convention => C, External_Name => "contract_host_release";
   function Allocate (Size, Align : size_t) return Address
   with Import, Convention => C, External_Name => "crossheap_allocate";
   procedure Abi_Release (Item : Handover; Block : Address; Size, Align : size_t)
   with Import, Convention => C, External_Name => "contract_abi_release";
end Contract;
