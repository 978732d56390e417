# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The tables of the pages in this folder, out of a result of crossheap matrix. $table is what stands in the page's marker:
# "plugin NAME", "host NAME", "overview", or "heap NAME": a sentence on what crossheap trace says of the language's heap.
#
# A cell says "safe" only where every run survived and no block crossed; "crosses" where a block reaches an allocator that
# does not own it, whatever luck made of it; "fails" where none crossed and the case failed all the same; "not played" where
# no contract helps (docs/experiment.md: link namespaces and threads).

def hosts_of($kind): if $kind == "host" then ["", "-preload-jemalloc"] else ["system", "jemalloc"] end;
def modes: ["local", "deepbind", "namespace"];

def word:
  if .crosses == true then "crosses" elif .outcome.kind == "survived" then "safe" else "fails" end;

# One row a scenario and direction, one column a host and mode.
def cases_table($kind; $name; $hosts; $plugin):
  . as $result
  | [$hosts[] as $host | modes[] as $mode | {$host, $mode}] as $columns
  | ([$result.cases[] | select(.plugin == $plugin and (.host as $h | $hosts | index($h)))
      | {contract, scenario, direction}] | unique) as $rows
  | ( "| how a block passes | " + ([$columns[] | "\(.host | if endswith("-preload-jemalloc") then "jemalloc preloaded" elif . == $name then "as it is" else "\(.) host" end), \(.mode)"] | join(" | ")) + " |"),
    ( "|---|" + ([$columns[] | "---|"] | join(""))),
    ( $rows[] as $row
      | "| (\($row.contract)) \($row.scenario), \($row.direction) | "
        + ([$columns[] as $column
            | [$result.cases[] | select(.plugin == $plugin and .host == $column.host and .mode == $column.mode
                and .scenario == $row.scenario and .direction == $row.direction) | word]
            | first // (if any($result.cases[]; .plugin == $plugin and .host == $column.host and .mode == $column.mode)
                        then "not played" else "not opened" end)] | join(" | "))
        + " |");

# What holds in a host and a mode, in one word.
def verdict($host; $plugin; $mode):
  [.cases[] | select(.host == $host and .plugin == $plugin and .mode == $mode)] as $cases
  | ($cases | map(select(.contract == "a" and word != "safe") | .scenario) | unique) as $unsafe
  | if ($cases | length) == 0 then "not opened"
    elif ($cases | any(.[]; .contract != "a" and word != "safe")) then "FAILS"
    elif ($cases | all(.[]; .contract == "a")) then "nothing"
    elif $unsafe == [] then "all"
    elif ($unsafe - ["language-heap", "language-string", "language-release", "rust-vec", "rust-vec-adopted", "rust-string"]) == [] then "C's malloc"
    else "by contract" end;

def overview_row($words; $host_or_plugin):
  . as $result
  | "| \($words) | " + ([$host_or_plugin[] as $load | modes[] as $mode | $result | verdict($load.host; $load.plugin; $mode)] | join(" | ")) + " |";

# [name, title] of the builds of these kinds that have a row (builds.tsv).
def rows(kinds): $builds | split("\n") | map(split("\t") | select(.[0] | IN(kinds)) | select(.[2] != "") | .[1:]);

def overview:
  ( "| plugin in | system, local | system, deepbind | system, namespace | jemalloc, local | jemalloc, deepbind | jemalloc, namespace |"),
  ( "|---|---|---|---|---|---|---|"),
  ( (rows("plugin", "language")[]) as [$plugin, $words]
    | overview_row($words; [{host: "system", $plugin}, {host: "jemalloc", $plugin}])),
  "",
  ( "| host | as it is, local | as it is, deepbind | as it is, namespace | jemalloc preloaded, local | deepbind | namespace |"),
  ( "|---|---|---|---|---|---|---|"),
  ( (rows("host")[]) as [$host, $words]
    | overview_row($words; [{$host, plugin: "c"}, {host: "\($host)-preload-jemalloc", plugin: "c"}]));

def heap_sentence($found):
  if $found.hazard == "none" then "`crossheap trace` has nothing to report when `free` gets such a block: it is malloc's."
  elif $found.owner == null then "`crossheap trace` reports \($found.hazard) when `\($found.function)` of `\($found.releaser)` gets such a block: its memory was obtained by no function of any library, that is, by system calls of the runtime itself."
  elif $found.hazard == "XH208" then "`crossheap trace` reports XH208 when `\($found.function)` of `\($found.releaser)` gets such a block: \($found.detail), in memory of `\($found.owner)`."
  else "`crossheap trace` reports \($found.hazard) when `\($found.function)` of `\($found.releaser)` gets such a block: its owner is `\($found.owner)`, with \(if $found.family == "unknown" then "a heap that has no name" else "a \($found.family) of its own" end)." end;

($table | split(" ")) as [$kind, $name]
| if $kind == "overview" then overview
  elif $kind == "heap" then heap_sentence($heaps[0][$name])
  elif $kind == "plugin" then cases_table("plugin"; $name; ["system", "jemalloc"]; $name)
  else cases_table("host"; $name; ([$name, "\($name)-preload-jemalloc"] - (if $name == "java-ffi" then ["java-ffi-preload-jemalloc"] else [] end)); "c") end
