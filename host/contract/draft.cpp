// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A first contract. The exported symbols tell which functions there are; debugging information tells their types. Who
// owns a block, and which arguments make sense, no file tells: there the draft has a question mark, and no contract
// with one is accepted. Structures of function pointers, by which most plugin interfaces work, are followed: from a
// function that returns one, or from an exported variable that is one, to a call for each of its members.
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "allocator/names.h"
#include "base/error.h"
#include "base/text.h"
#include "contract/contract.h"
#include "elf/compressed.h"
#include "elf/file.h"
#include "elf/symbols.h"

namespace crossheap::contract {

namespace {

constexpr std::size_t kCalls = 2000;
constexpr int kDepth = 32;  // of types inside types, in a file that nobody vouches for

/// A type, as a contract and as its author writes it.
struct TypeSeen {
  std::string word = "?";              ///< "int32", "pointer"; "?" where a contract has no word for it
  std::string as_written;              ///< "const struct widget *"
  std::optional<Dwarf_Die> points_to;  ///< without qualifiers and typedefs
  bool points_to_constant = false;
};

struct FunctionSeen {
  TypeSeen result;
  std::vector<std::pair<std::string, TypeSeen>> parameters;  ///< names and types
  bool variadic = false;
};

std::string name_of(Dwarf_Die &die) {
  const char *name = dwarf_diename(&die);
  return name == nullptr ? "" : name;
}

std::optional<Dwarf_Die> type_of(Dwarf_Die &die) {
  Dwarf_Attribute attribute;
  Dwarf_Die type;
  if (dwarf_attr_integrate(&die, DW_AT_type, &attribute) == nullptr || dwarf_formref_die(&attribute, &type) == nullptr)
    return std::nullopt;
  return type;
}

// Without typedefs and qualifiers.
std::optional<Dwarf_Die> stripped(std::optional<Dwarf_Die> type) {
  for (int depth = 0; type && depth < kDepth; ++depth) {
    switch (dwarf_tag(&*type)) {
      case DW_TAG_typedef:
      case DW_TAG_const_type:
      case DW_TAG_volatile_type:
      case DW_TAG_restrict_type:
      case DW_TAG_atomic_type:
        type = type_of(*type);
        break;
      default:
        return type;
    }
  }
  return std::nullopt;
}

std::string as_written(std::optional<Dwarf_Die> type, int depth = 0) {
  if (!type) return "void";
  if (depth == kDepth) return "...";
  const std::string name = name_of(*type);
  switch (dwarf_tag(&*type)) {
    case DW_TAG_pointer_type: {
      const std::string pointee = as_written(type_of(*type), depth + 1);
      return pointee + (pointee.ends_with('*') ? "*" : " *");
    }
    case DW_TAG_reference_type:
      return as_written(type_of(*type), depth + 1) + " &";
    case DW_TAG_const_type:
      return "const " + as_written(type_of(*type), depth + 1);
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
      return as_written(type_of(*type), depth + 1);
    case DW_TAG_structure_type:
      return "struct " + (name.empty() ? "{...}" : name);
    case DW_TAG_union_type:
      return "union " + (name.empty() ? "{...}" : name);
    case DW_TAG_enumeration_type:
      return "enum " + (name.empty() ? "{...}" : name);
    case DW_TAG_subroutine_type:
      return "function";
    default:
      return name.empty() ? "?" : name;
  }
}

bool is_constant(std::optional<Dwarf_Die> type) {
  for (int depth = 0; type && depth < kDepth; ++depth) {
    const int tag = dwarf_tag(&*type);
    if (tag == DW_TAG_const_type) return true;
    if (tag != DW_TAG_typedef && tag != DW_TAG_volatile_type) return false;
    type = type_of(*type);
  }
  return false;
}

std::string word_for_integer(Dwarf_Word size, bool is_signed) {
  if (size != 1 && size != 2 && size != 4 && size != 8) return "?";
  return fmt::format("{}int{}", is_signed ? "" : "u", size * 8);
}

std::string word_for_base(Dwarf_Die &type) {
  Dwarf_Attribute attribute;
  Dwarf_Word encoding = 0;
  Dwarf_Word size = 0;
  if (dwarf_attr(&type, DW_AT_encoding, &attribute) == nullptr || dwarf_formudata(&attribute, &encoding) != 0 ||
      dwarf_aggregate_size(&type, &size) != 0)
    return "?";
  const std::string name = name_of(type);
  switch (encoding) {
    case DW_ATE_boolean:
      return size == 1 ? "bool" : "?";
    case DW_ATE_float:
      return size == 4 ? "float" : size == 8 ? "double" : "?";
    case DW_ATE_signed_char:
    case DW_ATE_signed:
      return name == "char" ? "char" : name == "int" ? "int" : word_for_integer(size, true);
    case DW_ATE_unsigned_char:
    case DW_ATE_unsigned:
    case DW_ATE_UTF:
      return word_for_integer(size, false);
    default:
      return "?";
  }
}

TypeSeen seen(std::optional<Dwarf_Die> type) {
  TypeSeen made;
  made.as_written = as_written(type);
  const std::optional<Dwarf_Die> plain = stripped(type);
  if (!plain) {
    made.word = type ? "?" : "void";
    // A typedef of void is void.
    if (type && made.as_written.find("...") == std::string::npos) made.word = "void";
    return made;
  }
  Dwarf_Die die = *plain;
  switch (dwarf_tag(&die)) {
    case DW_TAG_base_type:
      made.word = word_for_base(die);
      break;
    case DW_TAG_enumeration_type: {
      Dwarf_Word size = 0;
      if (dwarf_aggregate_size(&die, &size) == 0) made.word = word_for_integer(size, false);
      break;
    }
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type: {
      const std::optional<Dwarf_Die> pointee = type_of(die);
      made.points_to = stripped(pointee);
      made.points_to_constant = is_constant(pointee);
      const bool is_text =
          made.points_to && dwarf_tag(&*made.points_to) == DW_TAG_base_type && word_for_base(*made.points_to) == "char";
      made.word = is_text ? "string" : "pointer";
      break;
    }
    default:
      break;
  }
  return made;
}

// Of a DW_TAG_subprogram or a DW_TAG_subroutine_type.
FunctionSeen function_seen(Dwarf_Die &die) {
  FunctionSeen made;
  made.result = seen(type_of(die));
  Dwarf_Die child;
  if (dwarf_child(&die, &child) != 0) return made;
  do {
    if (dwarf_tag(&child) == DW_TAG_formal_parameter)
      made.parameters.emplace_back(name_of(child), seen(type_of(child)));
    if (dwarf_tag(&child) == DW_TAG_unspecified_parameters) made.variadic = true;
  } while (made.parameters.size() <= 64 && dwarf_siblingof(&child, &child) == 0);
  return made;
}

struct MemberSeen {
  std::string name;
  std::uint64_t offset = 0;
  FunctionSeen function;
};

// The members of a structure that are pointers to functions.
std::vector<MemberSeen> functions_in(const std::optional<Dwarf_Die> &type) {
  std::vector<MemberSeen> members;
  if (!type) return members;
  Dwarf_Die structure = *type;
  Dwarf_Die child;
  if (dwarf_tag(&structure) != DW_TAG_structure_type || dwarf_child(&structure, &child) != 0) return members;
  do {
    if (dwarf_tag(&child) != DW_TAG_member) continue;
    Dwarf_Attribute attribute;
    Dwarf_Word offset = 0;
    if (dwarf_attr(&child, DW_AT_data_member_location, &attribute) == nullptr ||
        dwarf_formudata(&attribute, &offset) != 0)
      continue;
    std::optional<Dwarf_Die> pointer = stripped(type_of(child));
    if (!pointer || dwarf_tag(&*pointer) != DW_TAG_pointer_type) continue;
    std::optional<Dwarf_Die> function = stripped(type_of(*pointer));
    if (!function || dwarf_tag(&*function) != DW_TAG_subroutine_type) continue;
    members.push_back({name_of(child), offset, function_seen(*function)});
  } while (members.size() < kCalls && dwarf_siblingof(&child, &child) == 0);
  return members;
}

/// What debugging information says of the exported names.
class Types {
public:
  explicit Types(const std::filesystem::path &library) : dwfl_(dwfl_begin(&kCallbacks), dwfl_end) {
    if (!dwfl_ || elf::unpacks_beyond_reason(library)) return;
    dwfl_report_begin(dwfl_.get());
    Dwfl_Module *module = dwfl_report_elf(dwfl_.get(), library.c_str(), library.c_str(), -1, 0, false);
    dwfl_report_end(dwfl_.get(), nullptr, nullptr);
    Dwarf_Addr bias = 0;
    if (module == nullptr || dwfl_module_getdwarf(module, &bias) == nullptr) return;
    for (Dwarf_Die *unit = nullptr; (unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr;) {
      has_units_ = true;
      // With -gsplit-dwarf the file has only where the rest of the unit is.
      Dwarf_Die rest;
      if (dwarf_cu_info(unit->cu, nullptr, nullptr, nullptr, &rest, nullptr, nullptr, nullptr) == 0 &&
          dwarf_tag(&rest) == DW_TAG_compile_unit)
        read_children(rest);
      else
        read_children(*unit);
    }
  }

  /// There is debugging information, whatever it is about.
  bool has_units() const { return has_units_; }

  bool knows(const std::string &name) const { return functions_.contains(name) || variables_.contains(name); }

  std::optional<FunctionSeen> function(const std::string &name) {
    const auto found = functions_.find(name);
    if (found == functions_.end()) return std::nullopt;
    return function_seen(found->second);
  }
  /// Where it stands in its source; 0 unknown.
  int line_of(const std::string &name) {
    int line = 0;
    for (auto *known : {&functions_, &variables_})
      if (const auto found = known->find(name); found != known->end()) dwarf_decl_line(&found->second, &line);
    return line;
  }
  std::vector<MemberSeen> members_of_variable(const std::string &name) {
    const auto found = variables_.find(name);
    return found == variables_.end() ? std::vector<MemberSeen>{} : functions_in(stripped(type_of(found->second)));
  }

private:
  static int find_no_elf(Dwfl_Module *, void **, const char *, Dwarf_Addr, char **, Elf **) { return -1; }
  static constexpr Dwfl_Callbacks kCallbacks{.find_elf = find_no_elf,
                                             .find_debuginfo = dwfl_standard_find_debuginfo,
                                             .section_address = dwfl_offline_section_address,
                                             .debuginfo_path = nullptr};

  // Of a unit, and of the namespaces in it: Rust puts all of a crate into one.
  void read_children(Dwarf_Die &parent, int depth = 0) {
    Dwarf_Die child;
    if (dwarf_child(&parent, &child) != 0) return;
    do {
      const int tag = dwarf_tag(&child);
      if ((tag == DW_TAG_namespace || tag == DW_TAG_module) && depth < kDepth) read_children(child, depth + 1);
      if (tag != DW_TAG_subprogram && tag != DW_TAG_variable) continue;
      Dwarf_Attribute attribute;
      // The name that the linker knows, where it differs; a definition elsewhere may refer to a declaration for it.
      const char *linked = nullptr;
      if (dwarf_attr_integrate(&child, DW_AT_linkage_name, &attribute) != nullptr)
        linked = dwarf_formstring(&attribute);
      const std::string name = linked == nullptr ? name_of(child) : linked;
      if (name.empty() || dwarf_attr_integrate(&child, DW_AT_external, &attribute) == nullptr) continue;
      auto &known = tag == DW_TAG_subprogram ? functions_ : variables_;
      // A definition knows at least as much as a declaration of it.
      if (dwarf_hasattr(&child, DW_AT_declaration) != 0)
        known.emplace(name, child);
      else
        known.insert_or_assign(name, child);
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  std::unique_ptr<Dwfl, void (*)(Dwfl *)> dwfl_;
  bool has_units_ = false;
  std::map<std::string, Dwarf_Die> functions_;
  std::map<std::string, Dwarf_Die> variables_;
};

struct Exported {
  std::string name;
  std::uint64_t address = 0;
  bool function = true;
  int line = 0;
};

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() < 512 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '$' || c == '@';
  });
}

/// Writes the draft.
class Writer {
public:
  explicit Writer(const std::filesystem::path &library) : library_(library), types_(library) {}

  Draft write() {
    read_symbols();
    draft_.types_known =
        std::any_of(exported_.begin(), exported_.end(), [&](const Exported &one) { return types_.knows(one.name); });
    for (const Exported &one : exported_) {
      if (draft_.calls >= kCalls) {
        ++left_out_;
        continue;
      }
      if (one.function)
        write_function(one.name);
      else
        write_variable(one.name);
    }
    const std::string body = std::move(text_);
    text_.clear();
    write_head();
    draft_.text = text_ + body;
    return std::move(draft_);
  }

private:
  void read_symbols() {
    const elf::File file = elf::File::open(library_);
    if (file.kind() != elf::Kind::SharedLibrary)
      throw Error(Blame::Usage, library_.string(), "is no shared library", "name a library or a plugin");
    const elf::DynamicSymbols symbols(file);
    std::set<std::string> seen;
    for (std::uint32_t i = 1; i < symbols.count(); ++i) {
      const elf::Symbol symbol = symbols[i];
      if (!symbol.defined() || symbol.local() || symbol.visibility == STV_HIDDEN || symbol.visibility == STV_INTERNAL)
        continue;
      const bool is_object = symbol.type == STT_OBJECT;
      if (!symbol.callable() && !is_object) continue;
      const std::string name(symbol.name);
      if (!is_plain_name(name) || !seen.insert(name).second) continue;
      if (name.starts_with("_Z")) {
        if (!is_object) ++mangled_;
        continue;
      }
      // The linker's own, and functions of an allocator, which no host calls by way of a plugin.
      if (name == "_init" || name == "_fini" || name.starts_with("__") || find_function(name) != nullptr) continue;
      exported_.push_back({name, symbol.value, !is_object});
    }
    file.source().verify_unchanged();
    // As they stand in the sources, more or less: what makes a thing comes before what destroys it.
    for (Exported &one : exported_) one.line = types_.line_of(one.name);
    std::stable_sort(exported_.begin(), exported_.end(), [](const Exported &a, const Exported &b) {
      return std::pair(a.line, a.address) < std::pair(b.line, b.address);
    });
  }

  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> form, Arguments &&...arguments) {
    text_ += fmt::format(form, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }

  void write_head() {
    const std::string name = library_.filename().string();
    line("# What a host may call in {}, and who owns the blocks that pass.", printable_name(name));
    line(
        "# A draft by `crossheap contract draft`. Each \"?\" is for you: `crossheap check` refuses a contract that has "
        "one.");
    line("# Calls are made in this order. Delete those that a host does not make.");
    if (!draft_.types_known && types_.has_units())
      line("# The debugging information does not describe what the file exports: build those sources with -g.");
    else if (!draft_.types_known)
      line("# The file has no debugging information, so no type is known here: build it with -g and draft again.");
    if (mangled_ != 0)
      line("# {} C++ functions are left out: call them through extern \"C\", or a structure.", with_commas(mangled_));
    if (left_out_ != 0) line("# {} functions more are left out.", with_commas(left_out_));
    line("#");
    line(
        "#   returns = \"owned\"     the host releases the block; add release = \"free\", \"delete\", \"delete[]\", "
        "\"destructor\"");
    line("#                         or the name of a function of the plugin");
    line(R"(#   returns = "handle"    a later call destroys it, by {{ destroy = "NAME" }}; add save = "NAME")");
    line("#   returns = \"borrowed\"  it stays the plugin's");
    line("");
    line("plugin = {}", quoted(name));
  }

  // A TOML text. Names come from a file that nobody vouches for.
  static std::string quoted(const std::string &text) {
    std::string made = "\"";
    for (const char c : printable_name(text)) {
      if (c == '"' || c == '\\') made += '\\';
      made += c;
    }
    return made + "\"";
  }
  static std::string comment(const std::string &text) { return printable_name(text).substr(0, 300); }

  void write_function(const std::string &name) {
    const std::optional<FunctionSeen> function = types_.function(name);
    text_ += '\n';
    if (!function) {
      line("[[call]]");
      line("function = {}", quoted(name));
      line("signature = \"?\"     # as \"string(int, pointer)\"");
      line("arguments = [\"?\"]   # one for each parameter");
      ++draft_.calls;
      draft_.marks += 2;
      return;
    }
    const std::vector<MemberSeen> members = functions_in(function->result.points_to);
    std::string saved;
    if (!members.empty()) saved = unique_name(name);
    write_call(name, *function, quoted(name), {}, 0, saved);
    write_members(saved, members);
  }

  void write_variable(const std::string &name) {
    const std::vector<MemberSeen> members = types_.members_of_variable(name);
    if (members.empty()) return;
    const std::string saved = unique_name(name);
    line("");
    line("[[variable]]");
    line("symbol = {}", quoted(name));
    line("save = {}", quoted(saved));
    write_members(saved, members);
  }

  void write_members(const std::string &saved, const std::vector<MemberSeen> &members) {
    for (const MemberSeen &member : members) {
      if (draft_.calls >= kCalls) {
        ++left_out_;
        continue;
      }
      text_ += '\n';
      const std::string name = is_plain_name(member.name) ? member.name : "member";
      write_call(name, member.function, quoted(name), saved, member.offset, {});
    }
  }

  std::string unique_name(const std::string &name) {
    std::string made = name;
    for (int i = 2; !saved_.insert(made).second; ++i) made = fmt::format("{}_{}", name, i);
    return made;
  }

  void write_call(const std::string &name, const FunctionSeen &function, const std::string &shown,
                  const std::string &through, std::uint64_t offset, const std::string &saved) {
    std::vector<std::string> types;
    std::vector<std::string> arguments;
    std::vector<std::string> about;
    std::vector<std::string> written;
    std::string unknown = function.result.word == "?" ? function.result.as_written : "";
    for (const auto &[parameter, type] : function.parameters) {
      types.push_back(type.word);
      if (unknown.empty() && (type.word == "?" || type.word == "void")) unknown = type.as_written;
      arguments.emplace_back("\"?\"");
      written.push_back(type.as_written +
                        (parameter.empty() ? "" : (type.as_written.ends_with('*') ? "" : " ") + parameter));
      about.push_back(hint(parameter, type));
    }
    line("# {}", comment(fmt::format("{} {}({}{})", function.result.as_written, name, fmt::join(written, ", "),
                                     function.variadic ? ", ..." : "")));
    constexpr std::size_t kParameters = 32;
    if (function.variadic) return line("# left out: a variable number of arguments");
    if (!unknown.empty()) return line("# left out: a contract has no word for {}", comment(unknown));
    if (function.parameters.size() > kParameters) return line("# left out: more than {} parameters", kParameters);
    line("[[call]]");
    line("function = {}", shown);
    if (!through.empty()) {
      line("through = {}", quoted(through));
      line("offset = {}", offset);
    }
    line("signature = \"{}({})\"", function.result.word, fmt::join(types, ", "));
    ++draft_.calls;
    if (!arguments.empty()) {
      draft_.marks += arguments.size();
      line("arguments = [");
      for (std::size_t i = 0; i < arguments.size(); ++i) line("  {},  # {}", arguments[i], comment(about[i]));
      line("]");
    }
    if (function.result.word == "string" || function.result.word == "pointer") {
      ++draft_.marks;
      line("returns = \"?\"   # owned, handle or borrowed");
      if (!saved.empty()) line("save = {}", quoted(saved));
    }
  }

  // What may stand for a parameter, by its type.
  static std::string hint(const std::string &name, const TypeSeen &type) {
    const std::string what = name.empty() ? type.as_written : fmt::format("{}: {}", name, type.as_written);
    if (type.word == "string") return what + ": a text" + (type.points_to_constant ? "" : ", or { buffer = SIZE }");
    if (type.word != "pointer") return what + ": a number";
    if (!type.points_to) return what + ": { use = \"NAME\" }, { buffer = SIZE }, { give = SIZE } or { null = true }";
    Dwarf_Die pointee = *type.points_to;
    const int tag = dwarf_tag(&pointee);
    if (tag == DW_TAG_subroutine_type) return what + ": { callback = \"NAME\" } of a [[callback]]";
    if (!functions_in(pointee).empty()) return what + R"(: { table = "NAME" } of a [[table]], or { use = "NAME" })";
    if (tag == DW_TAG_structure_type || tag == DW_TAG_union_type)
      return what + R"(: { use = "NAME" }, or { destroy = "NAME" } where the call ends its life)";
    const TypeSeen inner = seen(pointee);
    if (!type.points_to_constant && inner.word != "?" && inner.word != "void")
      return fmt::format(
          R"({}: {{ buffer = SIZE }} or {{ use = "NAME" }}; or "out {}" in the signature and {{ out = "NAME" }})", what,
          inner.word);
    return what + ": { buffer = SIZE } or { use = \"NAME\" }";
  }

  std::filesystem::path library_;
  Types types_;
  Draft draft_;
  std::string text_;
  std::vector<Exported> exported_;
  std::set<std::string> saved_;
  std::uint64_t mangled_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace

Draft draft(const std::filesystem::path &library) { return Writer(library).write(); }

}  // namespace crossheap::contract
