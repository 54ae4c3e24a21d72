// Cannot be listed: it never answers.
#include <unistd.h>

int main() {
  for (;;) {
    ::pause();
  }
}
