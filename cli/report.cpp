#include "cli/report.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "session/files.h"

namespace nabla::cli {

void save_report(Diagnostic& diagnostic, const Source* source) {
  const char* folder = std::getenv("TMPDIR");
  std::string path = folder != nullptr && *folder != '\0' ? folder : "/tmp";
  path += "/nabla-report-XXXXXX";
  std::string text = "nabla " NABLA_VERSION "\n" + diagnostic.message + "\n";
  if (source != nullptr) text += "\ninput " + source->file + ":\n" + source->text + "\n";
  const int file = ::mkstemp(path.data());
  const bool saved = file >= 0 && write_all(file, text) && ::close(file) == 0;
  diagnostic.help =
      saved ? "a report was saved in " + path + "; please send it" : "no report could be saved in " + path;
}

}  // namespace nabla::cli
