# What is said when npm cannot bring the packages of the page: of a proxy's certificate, and of that alone.
include(${CMAKE_CURRENT_LIST_DIR}/../../src/report/page.cmake)

foreach(output
    "npm error code SELF_SIGNED_CERT_IN_CHAIN" "npm ERR! code UNABLE_TO_VERIFY_LEAF_SIGNATURE"
    "npm ERR! request failed, reason: unable to get local issuer certificate")
  dynbal_npm_hint("${output}" hint)
  if(NOT hint MATCHES "NODE_EXTRA_CA_CERTS")
    message(SEND_ERROR "no hint for: ${output}")
  endif()
endforeach()

dynbal_npm_hint("npm error code ENOTFOUND" hint)
if(NOT hint STREQUAL "")
  message(SEND_ERROR "a hint that does not fit: ${hint}")
endif()
