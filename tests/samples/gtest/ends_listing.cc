// Cannot be listed: it ends with an error of its own.
#include <cstdio>

int main() {
  std::fputs("usage: ends_listing FILE\n", stderr);
  return 3;
}
