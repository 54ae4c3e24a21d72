#include "mockllm/serve/router.h"

#include <gtest/gtest.h>

#include <string>

namespace mockllm {
namespace {

struct Routed {
  std::string path;
  Route::Kind kind;
  std::string session;
  std::string rest;
};

class RouteOf : public testing::TestWithParam<Routed> {};

TEST_P(RouteOf, FindsKindSessionAndPath) {
  const Route route = route_of(GetParam().path);

  EXPECT_EQ(route.kind, GetParam().kind) << GetParam().path;
  EXPECT_EQ(route.session, GetParam().session) << GetParam().path;
  if (route.kind == Route::Kind::kApi) {
    EXPECT_EQ(route.path, GetParam().rest) << GetParam().path;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Paths, RouteOf,
    testing::Values(Routed{"/v1/chat/completions", Route::Kind::kApi, "", "/chat/completions"},
                    Routed{"/chat/completions", Route::Kind::kApi, "", "/chat/completions"},
                    Routed{"/v1/chat/completions/", Route::Kind::kApi, "", "/chat/completions"},
                    Routed{"/openai/v1/models", Route::Kind::kApi, "", "/models"},
                    Routed{"/s/r1.weather.1/v1/chat/completions", Route::Kind::kApi, "r1.weather.1",
                           "/chat/completions"},
                    Routed{"/s/x/chat/completions", Route::Kind::kApi, "x", "/chat/completions"},
                    Routed{"/s//v1/models", Route::Kind::kApi, "", "/s//v1/models"},
                    Routed{"/s/x", Route::Kind::kApi, "", "/s/x"},
                    Routed{"/", Route::Kind::kApi, "", "/"}, Routed{"", Route::Kind::kApi, "", ""},
                    Routed{"/v1", Route::Kind::kApi, "", "/v1"},
                    Routed{"/v12/models", Route::Kind::kApi, "", "/v12/models"},
                    Routed{"/v1/v1/models", Route::Kind::kApi, "", "/v1/models"},
                    Routed{"/healthz", Route::Kind::kHealth, "", ""},
                    Routed{"/readyz/", Route::Kind::kReady, "", ""},
                    Routed{"/metrics", Route::Kind::kMetrics, "", ""},
                    Routed{"/v1/metrics", Route::Kind::kApi, "", "/metrics"},
                    Routed{"/_mock/sessions", Route::Kind::kControl, "", ""},
                    Routed{"/_mock", Route::Kind::kControl, "", ""},
                    Routed{"/_mocks", Route::Kind::kApi, "", "/_mocks"}));

TEST(ItemOf, IsTheDecodedRestOfAPath) {
  EXPECT_EQ(item_of("/models/gpt-4o", "/models"), "gpt-4o");
  EXPECT_EQ(item_of("/models/ft%3Agpt%2d4", "/models"), "ft:gpt-4");
  EXPECT_EQ(item_of("/models/a/b", "/models"), "a/b");
  EXPECT_EQ(item_of("/models", "/models"), std::nullopt);
  EXPECT_EQ(item_of("/models/", "/models"), std::nullopt);
  EXPECT_EQ(item_of("/modelsx", "/models"), std::nullopt);
}

}  // namespace
}  // namespace mockllm
