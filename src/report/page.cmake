# How the page is built: in the build folder, so that the sources stay untouched.
set(DYNBAL_WEB_SOURCE ${PROJECT_SOURCE_DIR}/web)
set(DYNBAL_WEB_BUILD ${PROJECT_BINARY_DIR}/web)
set(DYNBAL_PAGE_FILE ${DYNBAL_WEB_BUILD}/page.html)

# Installs the packages of web/package-lock.json unless they are there. Sets `result` to whether a page can be built.
function(dynbal_prepare_page result)
  set(${result} OFF PARENT_SCOPE)
  if(NOT DYNBAL_PAGE)
    return()
  endif()
  find_program(DYNBAL_NODE NAMES node nodejs)
  find_program(DYNBAL_NPM npm)
  if(DYNBAL_NODE AND DYNBAL_NPM)
    dynbal_install_packages(failure)
  else()
    set(failure "node or npm was not found")
  endif()
  if(NOT failure)
    set(${result} ON PARENT_SCOPE)
  elseif(DYNBAL_PAGE STREQUAL AUTO)
    message(WARNING "`dynbal report` will not be able to write pages: ${failure}\n"
      "Once that is mended, `./dev build` tries again.")
  else()
    message(FATAL_ERROR "the page of `dynbal report` cannot be built: ${failure}")
  endif()
endfunction()

# What to do about npm's output where its error alone does not say so, else empty.
function(dynbal_npm_hint output hint)
  set(${hint} "" PARENT_SCOPE)
  # Node's names for a certificate whose authority it does not know, and OpenSSL's words for them.
  if(output MATCHES "SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)|[Cc]ertificate")
    set(${hint} "Does a proxy sign with an authority of its own? Then npm needs NODE_EXTRA_CA_CERTS=AUTHORITY.pem in \
its environment." PARENT_SCOPE)
  endif()
endfunction()

# Leaves `failure` empty, or says why.
function(dynbal_install_packages failure)
  set(${failure} "" PARENT_SCOPE)
  set(stamp ${DYNBAL_WEB_BUILD}/installed)
  file(SHA256 ${DYNBAL_WEB_SOURCE}/package-lock.json wanted)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${DYNBAL_WEB_SOURCE}/package-lock.json)
  if(EXISTS ${stamp})
    file(READ ${stamp} installed)
    if(installed STREQUAL wanted)
      return()
    endif()
  endif()
  message(STATUS "Installing the packages of the report page (npm)")
  file(COPY ${DYNBAL_WEB_SOURCE}/package.json ${DYNBAL_WEB_SOURCE}/package-lock.json DESTINATION ${DYNBAL_WEB_BUILD})
  execute_process(
    COMMAND ${DYNBAL_NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1
    WORKING_DIRECTORY ${DYNBAL_WEB_BUILD} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 300)
  if(code EQUAL 0)
    file(WRITE ${stamp} ${wanted})
  else()
    dynbal_npm_hint("${output}" hint)
    set(${failure} "npm ci failed (${code}):\n${output}${hint}" PARENT_SCOPE)
  endif()
endfunction()

# Commands that make page.html and page.S.
macro(dynbal_build_page)
  enable_language(ASM)
  file(GLOB page_sources CONFIGURE_DEPENDS ${DYNBAL_WEB_SOURCE}/src/*)
  add_custom_command(
    OUTPUT ${DYNBAL_PAGE_FILE}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${DYNBAL_WEB_BUILD}/src
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${DYNBAL_WEB_SOURCE}/src ${DYNBAL_WEB_BUILD}/src
    COMMAND ${CMAKE_COMMAND} -E copy ${DYNBAL_WEB_SOURCE}/build.mjs ${DYNBAL_WEB_SOURCE}/tsconfig.json ${DYNBAL_WEB_BUILD}
    COMMAND ${DYNBAL_NODE} ${DYNBAL_WEB_BUILD}/build.mjs ${DYNBAL_PAGE_FILE}
    DEPENDS ${page_sources} ${DYNBAL_WEB_SOURCE}/build.mjs ${DYNBAL_WEB_SOURCE}/tsconfig.json
      ${DYNBAL_WEB_SOURCE}/package-lock.json
    COMMENT "Building the report page" VERBATIM)
  configure_file(page.S.in page.S @ONLY)
  set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/page.S PROPERTIES OBJECT_DEPENDS ${DYNBAL_PAGE_FILE})
endmacro()
