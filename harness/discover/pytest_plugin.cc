#include "harness/discover/pytest_plugin.h"

#include "common/base/file.h"

namespace harness {

base::Result<void> write_pytest_plugin(const std::string& directory) {
  return base::write_file(directory + "/drydock_pytest.py", pytest_plugin_text());
}

std::vector<std::string> with_pytest_plugin(std::vector<std::string> environment,
                                            const std::string& directory,
                                            const std::string& settings) {
  constexpr std::string_view kPath = "PYTHONPATH=";
  std::string path = std::string(kPath) + directory;
  std::erase_if(environment, [&](const std::string& entry) {
    if (!entry.starts_with(kPath)) {
      return false;
    }
    if (entry.size() > kPath.size()) {
      path += ":" + entry.substr(kPath.size());
    }
    return true;
  });
  environment.push_back(path);
  environment.push_back("DRYDOCK_PYTEST=" + settings);
  return environment;
}

}  // namespace harness
