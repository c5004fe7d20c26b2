# What `cmake --install` leaves, and what other projects link:
#   dynbal::plugin      tile sizes at run time, with an interface in C (plugin/dynbal_plugin.h)   freestanding
#   dynbal::engine      the engine, and the plugin with it                                        freestanding
#   dynbal::simulator   compiler, simulator and grids of experiments, and the engine with them
# The names are the same by find_package(dynbal COMPONENTS ...) and by FetchContent or add_subdirectory().
include(CMakePackageConfigHelpers)
set(DYNBAL_CONFIG_FOLDER ${CMAKE_INSTALL_LIBDIR}/cmake/dynbal)

# Each component exports what the ones before it do not have.
function(dynbal_install_component component)
  foreach(target IN LISTS ARGN)
    string(REPLACE dynbal_ "" name ${target})
    add_library(dynbal::${name} ALIAS ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  endforeach()
  install(TARGETS ${ARGN} EXPORT dynbal_${component} COMPONENT development)
  install(EXPORT dynbal_${component} NAMESPACE dynbal:: DESTINATION ${DYNBAL_CONFIG_FOLDER}
    FILE dynbal-${component}.cmake COMPONENT development)
endfunction()

dynbal_install_component(plugin dynbal_options dynbal_base dynbal_plugin)
dynbal_install_component(engine dynbal_platform dynbal_image dynbal_kernel dynbal_nvm dynbal_engine)
set(folders base plugin platform image kernel nvm engine)
if(DYNBAL_HOST)
  add_library(dynbal_simulator INTERFACE)
  target_link_libraries(dynbal_simulator INTERFACE dynbal_sim dynbal_quality dynbal_experiment dynbal_zoo)
  dynbal_install_component(simulator dynbal_io dynbal_device dynbal_zoo dynbal_power dynbal_input dynbal_onnx dynbal_image_file dynbal_graph dynbal_from_onnx dynbal_compiler
    dynbal_samples dynbal_sim dynbal_quality dynbal_experiment dynbal_simulator)
  list(APPEND folders io device image_file zoo power input graph from_onnx compiler sim quality experiment)
  install(TARGETS dynbal COMPONENT program)
  install(DIRECTORY devices/ DESTINATION ${CMAKE_INSTALL_DATADIR}/dynbal/devices COMPONENT program)
  install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
endif()

foreach(folder IN LISTS folders)
  install(DIRECTORY src/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dynbal COMPONENT development
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
endforeach()

configure_package_config_file(cmake/dynbalConfig.cmake.in ${PROJECT_BINARY_DIR}/dynbalConfig.cmake
  INSTALL_DESTINATION ${DYNBAL_CONFIG_FOLDER})
# Below 1.0 the second number is the one that tells incompatible versions apart.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dynbalConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dynbalConfig.cmake ${PROJECT_BINARY_DIR}/dynbalConfigVersion.cmake
  DESTINATION ${DYNBAL_CONFIG_FOLDER} COMPONENT development)

if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()
# Debian packages: `cpack -G DEB` in the build folder makes dynbal and libdynbal-dev.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dynbal)
set(CPACK_PACKAGE_VENDOR DynBal)
set(CPACK_PACKAGE_CONTACT "the DynBal developers <dynbal@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "neural networks on devices whose power fails at any moment")
set(CPACK_PACKAGE_DESCRIPTION "Compiles ONNX networks into images for microcontrollers without a steady supply, runs them in a
simulator that cuts the power anywhere, and makes firmware for boards.")
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL development)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libdynbal-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
if(DYNBAL_HOST)
  list(APPEND CPACK_COMPONENTS_ALL program)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME dynbal)
  # What the component `simulator` needs; the engine and the plugin do without.
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "pkg-config, libonnx-dev, libprotobuf-dev, protobuf-compiler, libfmt-dev, \
nlohmann-json3-dev, nettle-dev, libtomlplusplus-dev, libhdf5-dev, libpng-dev, libjpeg62-turbo-dev, zlib1g-dev, libsndfile1-dev")
endif()
include(CPack)
