# One folder is one room is one target.
#
#   room(common/http HEADERS message.h server.h SOURCES server.cc USES common/base LIBRARIES Boost::headers)
#
# makes the target common_http. HEADERS are the room's doors: each must compile alone (target
# all_verify_interface_header_sets). Headers for the room's own use are not listed. USES names rooms;
# tests/tidy/layers.txt says which of them are allowed. LIBRARIES are linked publicly.
function(room path)
  cmake_parse_arguments(ROOM "" "" "HEADERS;SOURCES;USES;LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" target ${path})
  if(ROOM_SOURCES)
    add_library(${target} STATIC ${ROOM_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE drydock_warnings)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  list(TRANSFORM ROOM_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/${path}/)
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ROOM_HEADERS})
  string(REPLACE "/" "_" uses "${ROOM_USES}")
  target_link_libraries(${target} ${scope} ${uses} ${ROOM_LIBRARIES})
endfunction()

# room_test(common/http SOURCES server_test.cc USES ... LIBRARIES ... LABEL unit TIMEOUT 60)
# makes common_http_test from files of the current folder and registers each of its cases with ctest.
# A folder that needs a second binary names it: room_test(common/http NAME engine ...).
function(room_test path)
  cmake_parse_arguments(TEST "" "NAME;LABEL;TIMEOUT" "SOURCES;USES;LIBRARIES;ENVIRONMENT" ${ARGN})
  string(REPLACE "/" "_" room ${path})
  set(target ${room}_test)
  if(TEST_NAME)
    set(target ${room}_${TEST_NAME}_test)
  endif()
  if(NOT TEST_LABEL)
    set(TEST_LABEL unit)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 60)
  endif()
  add_executable(${target} ${TEST_SOURCES})
  string(REPLACE "/" "_" uses "${TEST_USES}")
  target_link_libraries(${target} PRIVATE drydock_warnings ${room} ${uses} ${TEST_LIBRARIES} GTest::gmock GTest::gtest_main)
  # Of a test it is the compiling that takes long, not the running; the rooms keep their -O3.
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  gtest_discover_tests(${target} TEST_PREFIX "${room}/" DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS ${TEST_LABEL} TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "${TEST_ENVIRONMENT}")
endfunction()
