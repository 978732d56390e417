// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The size of each structure of the contract and the place of each field, a line each; layout.c writes the same.
use crossheap::plugin::{Host, Party, Plugin};
use crossheap::Provider;
use experiment::{Binding, Experiment, ExperimentHost, Handover, Scenario};
use std::mem::{offset_of, size_of};

// The experiment's own extension, which is no part of a published crate.
#[allow(dead_code)]
#[path = "../../../../plugins/rust/scenarios/src/experiment.rs"]
mod experiment;

macro_rules! layout {
    ($name:literal, $type:ty, $($field:ident)*) => {
        println!("{} {}", $name, size_of::<$type>());
        $(println!("{}.{} {}", $name, stringify!($field), offset_of!($type, $field));)*
    };
}

fn main() {
    layout!("provider", Provider, struct_size abi_version family version resolution allocate_address release_address);
    layout!("party", Party, struct_size abi_version name provider allocate reallocate release);
    layout!("host", Host, struct_size abi_version party extension);
    layout!("experiment_host", ExperimentHost, report_wrong report_finished);
    layout!("handover", Handover, struct_size reserved block size align seed owner taker release);
    layout!("scenario", Scenario,
        struct_size directions staging flags contract name sentence acquired_by released_by give take);
    layout!("binding", Binding, function address);
    layout!("plugin", Plugin, struct_size abi_version name version party open close extension);
    layout!("experiment", Experiment, scenarios bindings);
    println!("versions {} {}", crossheap::ABI_VERSION, crossheap::plugin::ABI_VERSION);
    println!(
        "directions {} {} {}",
        experiment::DIRECTION_TO_HOST,
        experiment::DIRECTION_TO_PLUGIN,
        experiment::DIRECTION_INSIDE
    );
}
