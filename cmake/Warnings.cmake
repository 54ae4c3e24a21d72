# Warnings of every room. -Werror comes from the preset, so that a newer compiler does not break a user's build.
add_library(drydock_warnings INTERFACE)
target_compile_options(drydock_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
  -Wformat=2 -Wimplicit-fallthrough -Wundef)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bug 105329: a false alarm on every `"literal" + std::string` at -O2 and above.
  target_compile_options(drydock_warnings INTERFACE -Wno-restrict)
  # GCC bug 80635: with optimisation it takes an engaged std::optional, or a string in a struct that was
  # just made, for uninitialised. clang and the sanitizers watch this better.
  target_compile_options(drydock_warnings INTERFACE $<$<CONFIG:Release>:-Wno-maybe-uninitialized>)
endif()
option(DRYDOCK_WERROR "Treat warnings as errors" OFF)
if(DRYDOCK_WERROR)
  target_compile_options(drydock_warnings INTERFACE -Werror)
endif()
