// Files in and out. A file that is written is complete or as it was, whenever the program or the machine
// stops: the text goes to a file without a name in the same folder (Linux: O_TMPFILE), is flushed to the
// disk, and gets the name. To replace an old file, and where the file system has no files without names, it
// goes by way of a temporary name, .FILE.nabla-N.tmp, which its writer holds locked: the next writer of the
// same file removes what a killed one left.
//
// Errors are Failures with Code::cannot_read, cannot_write (exit status 74) or input_too_large.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nabla {

// The whole text of a file, at most `limit` bytes.
std::string read_file(const std::string& path, uint64_t limit);

// The rest of standard input.
std::string read_standard_input(uint64_t limit);

// The text of a file, or nothing if there is no such file.
std::optional<std::string> read_if_present(const std::string& path, uint64_t limit);

// The same, and nothing for a folder, a device or a pipe.
std::optional<std::string> read_if_regular(const std::string& path, uint64_t limit);

// Puts `text` in place of the file; the permissions of an old file stay. A link is followed, and what is no
// regular file (/dev/null, a pipe) is written to directly.
void write_file(const std::string& path, std::string_view text);

// Makes `path` a symbolic link to `target`, in place of what was there.
void write_link(const std::string& path, const std::string& target);

// Writes everything to an open descriptor. False when the system refuses.
bool write_all(int descriptor, std::string_view text);

}  // namespace nabla
