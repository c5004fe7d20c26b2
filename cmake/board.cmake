# dynbal_add_board(NAME FOLDER SOURCES...): NAME.elf from a board's sources and FOLDER/link.ld, its sizes printed and checked
# against their limits. `dynbal firmware --board NAME` puts a model into it where $DYNBAL_BOARDS names its folder.
set(DYNBAL_BOARDS_SOURCE ${CMAKE_CURRENT_LIST_DIR}/../boards)
set(DYNBAL_SIZE_REPORT ${CMAKE_CURRENT_LIST_DIR}/../tools/size_report.py)

function(dynbal_add_board name folder)
  add_executable(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES SUFFIX .elf RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  target_link_libraries(${name} PRIVATE dynbal_board_common)
  target_link_options(${name} PRIVATE -T ${folder}/link.ld -L${DYNBAL_BOARDS_SOURCE}/common -L${DYNBAL_BOARDS_SOURCE}
    -Wl,-Map=${CMAKE_BINARY_DIR}/${name}.map
    -Wl,--defsym=memcpy=memmove)  # which can all that memcpy can: one of the two is enough
  set_target_properties(${name} PROPERTIES
    LINK_DEPENDS "${folder}/link.ld;${DYNBAL_BOARDS_SOURCE}/common/sections.ld")
endfunction()

function(dynbal_report_size name)
  # Sizes are printed, checked against their limits and kept for `dynbal inspect`. The call graph is read of what is linked alone:
  # another board's functions have the same names, and may be compiled at this moment.
  add_custom_command(TARGET ${name} POST_BUILD VERBATIM
    COMMAND ${DYNBAL_SIZE_REPORT} $<TARGET_FILE:${name}> ${CMAKE_BINARY_DIR}/src
    ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/dynbal_board_common.dir ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir
    --json ${CMAKE_BINARY_DIR}/${name}.size.json --check)
endfunction()
