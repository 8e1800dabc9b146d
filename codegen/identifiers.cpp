#include "codegen/identifiers.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "expr/name_spelling.h"

namespace nabla {
namespace {

// Keywords and alternative tokens up to C++23, the functions of <cmath> without the suffixes f and l, and
// what the C library and common systems define as macros.
constexpr std::string_view reserved =
    " I L_ctermid L_cuserid L_tmpnam P_tmpdir abs acos acosh alignas alignof alloca and and_eq asin "
    "asinh asm assert assert_perror assoc_laguerre assoc_legendre atan atan2 atanh atomic_cancel "
    "atomic_commit atomic_noexcept auto be16toh be32toh be64toh bitand bitor bool break case catch cbrt "
    "ceil char char16_t char32_t char8_t class co_await co_return co_yield comp_ellint_1 comp_ellint_2 "
    "comp_ellint_3 compl complex concept const const_cast consteval constexpr constinit continue "
    "contract_assert copysign cos cosh cyl_bessel_i cyl_bessel_j cyl_bessel_k cyl_neumann decltype "
    "default delete div do double double_t drem dynamic_cast ellint_1 ellint_2 ellint_3 else enum erf "
    "erfc erfcx errno exp exp10 exp2 expint explicit expm1 export extern fabs false far fdim final "
    "finite float float_t floor fma fmax fmin fmod for fpclassify frexp friend goto hermite htobe16 "
    "htobe32 htobe64 htole16 htole32 htole64 hypot i386 if ilogb imaginary import inline int int16_t "
    "int32_t int64_t int8_t interface isfinite isgreater isgreaterequal isinf isless islessequal "
    "islessgreater isnan isnormal issubnormal isunordered laguerre ldexp le16toh le32toh le64toh "
    "legendre lgamma linux llrint llround log log10 log1p log2 logb long lrint lround main major "
    "makedev math_errhandling max min minor modf module mutable namespace nan near nearbyint new "
    "nextafter nexttoward noexcept not not_eq nullptr offsetof operator or or_eq override pow private "
    "protected pthread_cleanup_pop pthread_cleanup_pop_restore_np pthread_cleanup_push "
    "pthread_cleanup_push_defer_np ptrdiff_t public reflexpr register reinterpret_cast remainder remquo "
    "requires restrict return riemann_zeta rint round roundeven s6_addr s6_addr16 s6_addr32 sa_handler "
    "sa_sigaction scalb scalbln scalbn sched_priority setjmp short si_addr si_addr_lsb si_arch si_band "
    "si_call_addr si_fd si_int si_lower si_overrun si_pid si_pkey si_ptr si_status si_stime si_syscall "
    "si_timerid si_uid si_upper si_utime si_value sigev_notify_attributes sigev_notify_function sigmask "
    "signbit signed signgam significand sigsetjmp sin sincos sinh size_t sizeof small sph_bessel "
    "sph_legendre sph_neumann sqrt st_atime st_ctime st_mtime static static_assert static_cast std "
    "stderr stdin stdout strdupa strndupa struct switch synchronized tan tanh template tgamma this "
    "thread_local throw true trunc try typedef typeid typename typeof uint16_t uint32_t uint64_t "
    "uint8_t union unix unsigned using va_arg va_copy va_end va_start virtual void volatile wchar_t "
    "while xor xor_eq ";

// Functions, variables and structures of the C library and POSIX, with which a namespace at global scope
// would clash.
constexpr std::string_view global_functions =
    " a64l abort accept access acct alarm aligned_alloc arc4random arc4random_buf arc4random_uniform "
    "asprintf at_quick_exit atexit atof atoi atol atoll basename bcmp bcopy beta bind brk bsearch bzero "
    "calloc canonicalize canonicalize_file_name chdir chmod chown chroot clearenv clock close connect "
    "creat ctime daddl daemon daylight dcgettext ddivl dfmal dgettext difftime dmull dprintf drand48 "
    "drand48_data dsqrtl dsubl dup dup2 ecvt encrypt environ erand48 err execl execle execlp execv "
    "execve execvp exit fadd fchdir fchmod fclose fcvt fd_mask fd_set fdiv feof ferror fflush ffma ffs "
    "fgetc fgets fileno fmaximum fmaximum_mag fmaximum_mag_num fmaximum_num fmaxmag fminimum "
    "fminimum_mag fminimum_mag_num fminimum_num fminmag fmul fopen fork fprintf fputc fputs fread free "
    "fromfp fromfpx fscanf fseek fsqrt fsub fsync ftell ftime ftok fwrite gamma gcvt getc getchar "
    "getcwd getenv getline getloadavg getopt getpayload getpid getpt gets getsubopt gettext getw gmtime "
    "gnu grantpt index initstate ioctl isalnum isalpha isascii isatty iscanonical iscntrl isdigit "
    "iseqsig isgraph islower isprint ispunct issignaling isspace isupper iswalpha iswdigit iswspace "
    "isxdigit iszero j0 j1 jn jrand48 kill l64a labs lcong48 ldiv link listen llabs lldiv llogb "
    "localtime lockf lrand48 lseek malloc mblen mbstowcs mbtowc memchr memcmp memcpy memmove memset "
    "mkdir mkdtemp mkfifo mknod mkostemp mkostemp64 mkostemps mkostemps64 mkstemp mkstemp64 mkstemps "
    "mkstemps64 mktemp mktime mmap mount mrand48 nextdown nextup nice nrand48 on_exit open optarg "
    "opterr optind optopt pause perror pipe poll popen posix posix_memalign posix_openpt pow10 printf "
    "pselect ptsname putc putchar putenv puts putw qecvt qfcvt qgcvt qsort quick_exit raise rand random "
    "random_data read readlink realloc reallocarray realpath recv remove rename rewind rindex rmdir "
    "rpmatch sbrk scanf secure_getenv seed48 select send setbuf setenv setpayload setpayloadsig setpgrp "
    "setsid setstate shutdown signal sleep snprintf socket sprintf srand srand48 srandom sscanf stat "
    "stime stpcpy stpncpy strcasecmp strcat strchr strcmp strcpy strcspn strdup strerror strfmon "
    "strfrom strfromd strfry strftime strlen strncasecmp strncat strncmp strncpy strndup strpbrk "
    "strrchr strspn strstr strto strtod strtok strtol strtold strtoq strtoul strtouq swab symlink sync "
    "syscall sysconf system time timer times timespec timeval timezone tmpfile tmpnam toascii tolower "
    "totalorder totalordermag toupper truncate ttyname tzname tzset u_char u_int u_long u_short ufromfp "
    "ufromfpx uint ulong umask ungetc unlink unlockpt unsetenv ushort usleep utime valloc vfork "
    "vfprintf vfscanf vprintf vscanf vsnprintf vsprintf vsscanf wait warn wcstombs wctomb write y0 y1 "
    "yn ";

bool holds(std::string_view words, std::string_view word) {
  return words.find(' ' + std::string(word) + ' ') != std::string_view::npos;
}

bool ends_with(std::string_view name, std::string_view end) {
  return name.size() > end.size() && name.substr(name.size() - end.size()) == end;
}

// Or the name with a suffix by which C marks the type: sinf, sinl, sinf64.
bool holds_function(std::string_view words, std::string_view name) {
  if (holds(words, name)) return true;
  for (std::string_view suffix : {"f", "l", "f32", "f32x", "f64", "f64x", "f128"}) {
    if (ends_with(name, suffix) && holds(words, name.substr(0, name.size() - suffix.size()))) return true;
  }
  return false;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

bool is_identifier(std::string_view name) {
  if (name.empty() || !is_letter(name[0])) return false;
  if (name.find("__") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// NAN, INT_MAX, E2BIG, M_PI_2l: capitals, digits and underscores at the front, two of them letters.
bool looks_like_macro(std::string_view name) {
  if (name.substr(0, 2) == "M_" && name.size() > 2) return true;
  if (name.size() < 3) return name.size() == 2 && name[0] == 'B' && is_digit(name[1]);  // B0: <termios.h>
  size_t letters = 0;
  for (char c : name.substr(0, 3)) {
    if (!is_upper(c) && !is_digit(c) && c != '_') return false;
    letters += is_upper(c);
  }
  return letters >= 2 ||
         std::none_of(name.begin(), name.end(), [](char c) { return is_letter(c) && !is_upper(c); });
}

bool is_temporary(std::string_view name) {
  return name.size() > 1 && name[0] == 't' && std::all_of(name.begin() + 1, name.end(), is_digit);
}

// The code point at the front of valid UTF-8, and its length in bytes.
std::pair<uint32_t, size_t> code_point(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  const uint32_t first = byte(0);
  const size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 1 || length > text.size()) return {first, 1};
  uint32_t code = first & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3f);
  return {code, length};
}

// ASCII for every name: Δx -> Delta_x, é -> u00e9. Not injective.
std::string transliterate(std::string_view name) {
  std::string out;
  const auto word = [&](std::string_view w) {
    if (!out.empty() && out.back() != '_') out += '_';
    out += w;
  };
  bool after_word = false;
  while (!name.empty()) {
    const auto [code, length] = code_point(name);
    const std::string_view character = name.substr(0, length);
    name.remove_prefix(length);
    const bool plain = length == 1 && (is_letter(character[0]) || is_digit(character[0]));
    if (plain) {
      if (after_word && out.back() != '_') out += '_';
      out += character;
    } else if (length == 1) {
      if (!out.empty() && out.back() != '_') out += '_';
    } else if (const std::string ascii = ascii_name(character); is_identifier(ascii)) {
      word(ascii);
    } else {
      static constexpr char digits[] = "0123456789abcdef";
      std::string hex = "u";
      for (int shift = code > 0xffff ? 20 : 12; shift >= 0; shift -= 4) hex += digits[code >> shift & 15];
      word(hex);
    }
    after_word = length > 1;
  }
  if (out.empty() || !is_letter(out[0])) out.insert(0, out.empty() || out[0] != '_' ? "v_" : "v");
  return out;
}

}  // namespace

bool is_safe_identifier(std::string_view name) {
  return is_identifier(name) && !holds_function(reserved, name) && !looks_like_macro(name) &&
         !is_temporary(name);
}

bool is_safe_namespace(std::string_view name) {
  for (std::string_view end : {"_t", "_r", "_l"}) {  // types of POSIX, variants of functions
    if (ends_with(name, end)) return false;
  }
  const bool is_narrowing = name.substr(0, 3) == "f32" || name.substr(0, 3) == "f64";  // f32addf64
  return is_safe_identifier(name) && !is_narrowing && !holds_function(global_functions, name);
}

std::string namespace_from(std::string_view stem) {
  std::string name = transliterate(stem);
  while (name.back() == '_') name.pop_back();
  return is_safe_namespace(name) ? name : name + "_model";
}

Identifiers::Identifiers(std::span<const std::string> names) {
  std::vector<const std::string*> others;
  for (const std::string& n : names) {
    if (is_safe_identifier(n) && n.substr(0, 2) != "v_") {
      taken_.insert(of_[n] = n);
    } else {
      others.push_back(&n);
    }
  }
  for (const std::string* n : others) {
    if (of_.count(*n)) continue;
    const std::string ascii = is_identifier(*n) ? *n : transliterate(*n);
    const std::string safe = is_safe_identifier(ascii) && ascii != *n ? ascii : "v_" + ascii;
    of_[*n] = fresh(safe);
  }
}

const std::string& Identifiers::of(std::string_view name) const { return of_.at(std::string(name)); }

std::string Identifiers::fresh(std::string_view wish) {
  // Any number appended to the base makes an identifier, and all but finitely many make a safe one.
  std::string base = is_identifier(wish) ? std::string(wish) : transliterate(wish);
  if (looks_like_macro(base)) base.insert(0, "v_");  // as in D3Grad
  std::string name = base;
  for (size_t k = 2; !is_safe_identifier(name) || taken_.count(name) != 0; ++k) {
    if (k == 2) {
      while (base.back() == '_') base.pop_back();
      if (looks_like_macro(base + "_2")) base.insert(0, "v_");  // as in T_2
    }
    name = base + "_" + std::to_string(k);
  }
  taken_.insert(name);
  return name;
}

std::string Identifiers::fresh_stem(std::string_view wish) {
  const auto is_numbered = [&](const std::string& stem) {
    return std::any_of(taken_.begin(), taken_.end(), [&](const std::string& name) {
      return name.compare(0, stem.size(), stem) == 0 &&
             name.find_first_not_of("0123456789", stem.size()) == std::string::npos;
    });
  };
  std::string stem(wish);
  for (size_t k = 2; is_numbered(stem); ++k) stem = std::string(wish) + "_" + std::to_string(k) + "_";
  taken_.insert(stem);
  return stem;
}

}  // namespace nabla
