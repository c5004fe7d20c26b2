# dynbal_demo.wasm: engine, plugin and simulator for the page of web/demo. Only what a race needs of the host's folders is
# compiled, and their libraries without code of their own are taken from this machine's headers.
include(../device/shipped_profiles.cmake)

set(headers ${CMAKE_CURRENT_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${headers})
foreach(library fmt nlohmann toml++)
  if(NOT EXISTS /usr/include/${library})
    message(FATAL_ERROR "/usr/include/${library} is missing: `./dev web` installs it")
  endif()
  file(CREATE_LINK /usr/include/${library} ${headers}/${library} SYMBOLIC)
endforeach()

set(host
  image_file/epilogue.cpp image_file/image_file.cpp image_file/memory_check.cpp image_file/method_names.cpp
  device/nvm_class.cpp device/parse_toml.cpp device/profile.cpp device/profile_file.cpp
  input/npy_samples.cpp
  io/file.cpp io/npy.cpp io/npy_header.cpp io/printable.cpp io/wrong_kind.cpp
  power/chain.cpp power/harvester.cpp power/recording.cpp
  sim/account.cpp sim/harvest_supply.cpp sim/medium.cpp sim/progress_watch.cpp sim/session.cpp sim/sim_nvm.cpp sim/supply_kinds.cpp)
list(TRANSFORM host PREPEND ${PROJECT_SOURCE_DIR}/src/)

add_executable(dynbal_demo ${sources} ${host} ${DYNBAL_SHIPPED_PROFILES})
target_link_libraries(dynbal_demo PRIVATE dynbal_engine)
target_include_directories(dynbal_demo SYSTEM PRIVATE ${headers})
target_compile_definitions(dynbal_demo PRIVATE FMT_HEADER_ONLY)
set(exported "")
foreach(name buffer program network open start advance set_power kill values)
  string(APPEND exported "_dynbal_demo_${name},")
endforeach()
set_target_properties(dynbal_demo PROPERTIES SUFFIX .wasm RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_link_options(dynbal_demo PRIVATE
  -sSTANDALONE_WASM=1 --no-entry -sALLOW_MEMORY_GROWTH=1 -sFILESYSTEM=0 -sEXPORTED_FUNCTIONS=${exported}_malloc)
