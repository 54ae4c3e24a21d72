#include "harness/launch/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kTemplate = R"(apiVersion: batch/v1
kind: Job
metadata: {name: "${name}"}
spec:
  activeDeadlineSeconds: ${deadline_seconds}
  template:
    spec:
      containers:
        - name: tests
          image: ${image}
          args: ${args}
          env: [{name: MODE, value: "mock"}]
)";

TemplateValues values() {
  return {{"name", "run-1"},
          {"deadline_seconds", 600},
          {"image", "registry.example/team/tests@sha256:12&34"},
          {"args", json::array({"run", "--filter", "a: {b} #c \"d\"\n- e"})}};
}

json rendered(std::string_view yaml, const TemplateValues& with = values()) {
  const base::Result<json> job = render_job("job.yaml", yaml, with);
  EXPECT_TRUE(job.has_value()) << (job ? "" : job.error().message);
  return job ? *job : json();
}

std::string mistake(std::string_view yaml, const TemplateValues& with = values()) {
  const base::Result<json> job = render_job("job.yaml", yaml, with);
  EXPECT_FALSE(job.has_value());
  return job ? "" : job.error().message;
}

TEST(ATemplate, GetsTypedValues) {
  const json job = rendered(kTemplate);

  EXPECT_EQ(job["metadata"]["name"], "run-1");
  EXPECT_EQ(job["spec"]["activeDeadlineSeconds"], 600);
  const json& container = job["spec"]["template"]["spec"]["containers"][0];
  EXPECT_EQ(container["image"], "registry.example/team/tests@sha256:12&34");
  EXPECT_EQ(container["args"], values().at("args")) << "no text of a value is YAML";
  EXPECT_EQ(container["env"][0]["value"], "mock");
}

TEST(ATemplate, DoesNotLookIntoValues) {
  TemplateValues nested = values();
  nested["image"] = "${name}";

  EXPECT_EQ(rendered(kTemplate, nested)["spec"]["template"]["spec"]["containers"][0]["image"],
            "${name}");
}

TEST(ATemplate, NamesAParameterThatItDoesNotKnow) {
  EXPECT_THAT(mistake("apiVersion: batch/v1\nkind: Job\nspec: {x: \"${imgae}\"}\n"),
              testing::AllOf(StartsWith("job.yaml:3:11: "), HasSubstr("imgae"),
                             HasSubstr("did you mean image?")));
}

TEST(ATemplate, RefusesAParameterInsideAText) {
  EXPECT_THAT(mistake("apiVersion: batch/v1\nkind: Job\nspec: {x: \"a-${name}\"}\n"),
              testing::AllOf(StartsWith("job.yaml:3:11: "), HasSubstr("whole value")));
}

TEST(ATemplate, IsAJob) {
  EXPECT_THAT(mistake("apiVersion: v1\nkind: Pod\n"), HasSubstr("not a Job of batch/v1"));
  EXPECT_THAT(mistake("kind: [Job]\napiVersion: batch/v1\n"), HasSubstr("not a Job"));
  EXPECT_THAT(mistake("a: b: c\n"), StartsWith("job.yaml:1:"));
}

}  // namespace
}  // namespace harness
