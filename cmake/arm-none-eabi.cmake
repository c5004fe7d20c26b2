# Debian's gcc-arm-none-eabi for a Cortex-M4 with FPU.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(machine "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16")
set(CMAKE_C_FLAGS_INIT "${machine} -fno-unwind-tables -fno-asynchronous-unwind-tables \
-ffunction-sections -fdata-sections -fstack-usage -fcallgraph-info=su")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT} -fno-exceptions -fno-rtti -fno-threadsafe-statics")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${machine} -nostartfiles -Wl,--gc-sections -Wl,--fatal-warnings")
# Small before fast, except where the time goes (src/kernel, src/engine say which files).
foreach(language IN ITEMS C CXX)
  set(CMAKE_${language}_FLAGS_RELEASE_INIT "-Os -DNDEBUG")
  set(CMAKE_${language}_FLAGS_RELEASE "-Os -DNDEBUG" CACHE STRING "")
endforeach()
