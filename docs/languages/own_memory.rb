# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Gives an object of Ruby's to C's free, for crossheap trace to say whose memory it is.
require 'fiddle'
free = Fiddle::Function.new(Fiddle::Handle::DEFAULT['free'], [Fiddle::TYPE_VOIDP], Fiddle::TYPE_VOID)
free.call(Fiddle.dlwrap(Object.new))
