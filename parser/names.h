// The table of declared names: what each name of a text means.
//
// Declarations are numbered; a later one replaces an earlier one for all later text, while the bodies of
// older definitions go on meaning what they meant (names are looked up as of the definition). A definition
// sees only what stands before it, so no definition can contain itself.
//
// Invariant: every Ref of the table is listed by append_roots(), so that Context::keep() can move it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expr/context.h"
#include "parser/syntax.h"

namespace nabla {

struct Builtin;  // a function of the language, see elaborator.h

// f(x, y) = body, r = body, const c = body: the canonical value, and the syntax for other arguments and for
// the untouched form.
struct Defined {
  std::string name;
  std::shared_ptr<const ParsedText> text;
  Statement statement;
  std::vector<Ref> parameters;  // symbols; the declared ones where the definition binds declared names
  std::vector<NameId> parameter_names;
  Ref body;                     // canonical
  bool computed = false;        // `body` came from operators such as diff, so that calls substitute into it
  std::vector<Ref> conditions;  // truth values, where `body` is computed: it holds where all of them do
  uint32_t as_of{};             // names are looked up as they were at this declaration
};

enum class NameKind : uint8_t {
  symbol,   // var, param, dim, or an implicit scalar
  opaque,   // fun
  value,    // const, an abbreviation, or a constant of the language
  defined,  // f(x) = …
};

struct NameEntry {
  NameKind kind{};
  bool is_const = false;     // const, pi, e, im
  bool is_implicit = false;  // a single letter nobody declared
  uint32_t serial = 0;       // number of the declaration
  uint32_t previous = 0;     // the declaration that this one replaces; 0: none
  Ref value;                 // the symbol, the value, or the body
  uint32_t defined = 0;      // index of the Defined, of kinds value and defined; 0: none
  std::string name;
};

class Names {
 public:
  // With `implicit_scalars` an undeclared single letter, also with digits or a subscript, is a real scalar.
  explicit Names(Context& ctx, bool implicit_scalars = false);

  bool implicit_scalars() const { return implicit_scalars_; }

  // --- reading ---------------------------------------------------------------------------------------
  static constexpr uint32_t newest = 0xffffffff;
  uint32_t now() const { return static_cast<uint32_t>(entries_.size()); }  // for Defined::as_of
  const NameEntry* find(std::string_view name) const;
  const Defined* definition(std::string_view name) const;  // of kind defined or value
  const Defined& defined(const NameEntry& e) const { return defined_[e.defined]; }
  // The newest entries in the order of their declaration, without the constants of the language.
  std::vector<const NameEntry*> entries() const;
  // All names that can be spoken of: for suggestions.
  std::vector<std::string_view> spellings() const;

  // --- declaring -------------------------------------------------------------------------------------
  void declare_symbol(std::string_view name, Ref symbol);
  void declare_opaque(std::string_view name, Ref function);
  void declare_value(std::string_view name, Ref value, bool is_const, std::optional<Defined> how = {});
  void declare_defined(Defined definition);
  // The newest definition of `name` has this body: what its operators were found to be, and where.
  void set_computed(std::string_view name, Ref body, std::vector<Ref> conditions);

  // Forgets what was declared since now() was `mark`.
  void forget_since(uint32_t mark);

  // The statement that should have declared `name` failed: "the definition of 'f' in line 3 failed".
  // Forgotten when the name is declared; a name that has a declaration already keeps it.
  void note_failure(std::string_view name, std::string reason);
  const std::string& failure(std::string_view name) const;  // empty: none
  // At the prompt what failed was seen: letters are real scalars again, other names keep the reason.
  void release_letters();
  bool is_released(std::string_view name) const;

  // Every Ref held, to be handed to Context::keep(). Results remembered for calls are forgotten.
  void append_roots(std::vector<Ref*>& roots);

 private:
  friend class Elaborator;
  friend class Resolver;

  // A spelling met anywhere, declared or not; texts map their names to these numbers once.
  struct Global {
    std::string_view name;
    uint32_t newest = 0;  // entry; 0: not declared
    Ref value;            // of the newest entry, where it is a symbol or a value
    const Builtin* builtin = nullptr;
    bool builtin_known = false;
    std::string failure = {};  // why there is no declaration; empty: nobody tried
    bool is_released = false;  // the failure does not stand in the way of a letter
  };
  struct Text {  // NameId -> number of the spelling + 1
    std::shared_ptr<const Source> source;
    size_t name_count = 0;
    std::vector<uint32_t> globals;
  };
  struct CallHash {
    size_t operator()(const std::vector<uint32_t>& key) const {
      uint64_t h = key.size();
      for (uint32_t k : key) h = mix(h, k);
      return h;
    }
  };

  uint32_t global(std::string_view name);
  Text& text_of(const SyntaxTree& tree);
  const NameEntry* entry(uint32_t global, uint32_t as_of) const;
  void add(std::string_view name, NameEntry e);

  Context& ctx_;
  bool implicit_scalars_;
  std::vector<Global> globals_;
  std::unordered_map<std::string, uint32_t> global_index_;
  // Deques, so that references to their elements stay valid when more are added.
  std::deque<NameEntry> entries_;  // entry 0 is none
  std::deque<Defined> defined_;    // definition 0 is none
  std::unordered_map<const SyntaxTree*, Text> texts_;
  // (definition, mode, arguments) -> value
  std::unordered_map<std::vector<uint32_t>, Ref, CallHash> calls_;
};

// A letter, also with digits (x1) or with one subscript (x_2, x_i, lambda_1): a scalar without declaration.
bool is_implicit_scalar(std::string_view name);

// dX for 'X' and ddX: the symbol of the differential of a declared name.
Ref differential_symbol(Context& ctx, Ref symbol, int order = 1);

}  // namespace nabla
