#include "harness/launch/template.h"

#include <memory>
#include <optional>
#include <vector>

#include "common/base/text.h"
#include "common/yaml/reader.h"

namespace harness {
namespace {

using nlohmann::json;

// The name in "${name}", where that is all of the text; nullopt where there is none.
std::optional<std::string_view> parameter_in(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with("}")) {
    return std::nullopt;
  }
  return text.substr(2, text.size() - 3);
}

class Checker {
 public:
  explicit Checker(const TemplateValues& values) {
    for (const auto& [name, value] : values) {
      names_.push_back(name);
    }
  }

  // Every value below `root`, by a list of its own: the depth of the file costs none of ours.
  base::Result<void> check(const yaml::Node& root) const {
    std::vector<yaml::Node> open = {root};
    while (!open.empty()) {
      const yaml::Node node = open.back();
      open.pop_back();
      if (node.kind() == yaml::Node::Kind::kScalar) {
        if (base::Result<void> checked = check_scalar(node); !checked) {
          return checked;
        }
      } else if (node.kind() == yaml::Node::Kind::kSequence) {
        const std::vector<yaml::Node> items = *node.items();
        open.insert(open.end(), items.begin(), items.end());
      } else if (node.kind() == yaml::Node::Kind::kMapping) {
        const std::vector<yaml::Node::Entry> entries = *node.entries();
        for (const yaml::Node::Entry& entry : entries) {
          open.push_back(entry.value);
        }
      }
    }
    return {};
  }

 private:
  base::Result<void> check_scalar(const yaml::Node& node) const {
    const std::string text = *node.text();
    const std::optional<std::string_view> name = parameter_in(text);
    if (!name) {
      return text.find("${") == std::string::npos
                 ? base::Result<void>()
                 : node.error("a parameter must be the whole value, got " +
                              base::json_quoted(base::shortened(text, 80)));
    }
    for (const std::string& known : names_) {
      if (known == *name) {
        return {};
      }
    }
    std::string message = "no parameter is called " + base::json_quoted(*name);
    if (const std::optional<std::string> near = base::nearest_name(*name, names_)) {
      message += ", did you mean " + *near + "?";
    }
    return node.error(message);
  }

  std::vector<std::string> names_;
};

bool is_job(const json& object) {
  const auto is = [&](const char* key, std::string_view value) {
    return object.contains(key) && object[key].is_string() && object[key] == value;
  };
  return object.is_object() && is("kind", "Job") && is("apiVersion", "batch/v1");
}

void replace(json& root, const TemplateValues& values) {
  std::vector<json*> open = {&root};
  while (!open.empty()) {
    json& value = *open.back();
    open.pop_back();
    if (value.is_string()) {
      const std::optional<std::string_view> name =
          parameter_in(value.get_ref<const std::string&>());
      if (const auto found = name ? values.find(*name) : values.end(); found != values.end()) {
        value = json(found->second);
      }
    } else if (value.is_structured()) {
      for (json& item : value) {
        open.push_back(&item);
      }
    }
  }
}

}  // namespace

base::Result<json> render_job(std::string_view file_name, std::string_view yaml,
                              const TemplateValues& values) {
  const base::Result<std::unique_ptr<yaml::Document>> document =
      yaml::Document::parse(std::string(file_name), yaml);
  if (!document) {
    return document.error();
  }
  const yaml::Node root = (*document)->root();
  if (const base::Result<void> checked = Checker(values).check(root); !checked) {
    return checked.error();
  }
  const base::Result<std::string> text = root.json();
  if (!text) {
    return text.error();
  }
  json job = json::parse(*text, nullptr, false);
  if (!is_job(job)) {
    return root.error("the template is not a Job of batch/v1");
  }
  replace(job, values);
  return job;
}

}  // namespace harness
