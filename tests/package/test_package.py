#!/usr/bin/python3
"""DynBal as other projects see it: installed, in Debian packages, and from its sources.

Usage: test_package.py (sources | installed | debian) SOURCE_FOLDER BUILD_FOLDER WORK_FOLDER

  sources     examples/host contains this project by FetchContent: the engine alone, without any package
  installed   `cmake --install`, then examples/host finds the package, with the simulator
  debian      `cpack -G DEB`: what is in the packages, what they depend on
"""
import hashlib
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from steps import expect, run  # noqa: E402

NEEDED_BY_NONE = ["Protobuf_", "HDF5_", "NETTLE_", "CLI11_DIR", "fmt_DIR", "nlohmann_json_DIR", "pkgcfg_"]


def build_example(source, work, *options):
    run("cmake", "-S", source / "examples/host", "-B", work, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", *options)
    run("cmake", "--build", work)


def image_in(program, work):
    """A small image, and the digest of its answer to zeros."""
    run(program, "zoo", "har", "-o", work / "har")
    model, image = work / "har/har.onnx", work / "har.dynbal"
    run(program, "compile", model, "-o", image, "--calibrate", work / "har/calibrate.npy")
    shape = json.loads(run(program, "inspect", image, "--json"))["input_dims"]
    count = 1
    for extent in shape:
        count *= extent
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    zeros = work / "zeros.npy"
    zeros.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(4 * count))
    answer = json.loads(run(program, "run", image, "--input", zeros, "--json"))
    return image, answer["output_sha256"]


def check_run_image(folder, image, digest):
    words = run(folder / "run_image", image).split("\n")[0].split()
    values = struct.pack(f"<{len(words)}h", *map(int, words))
    expect(hashlib.sha256(values).hexdigest() == digest, "examples/host/run_image gives the bits of `dynbal run`")


def sources(source, build, work):
    image, digest = image_in(build / "dynbal", work)
    build_example(source, work / "host", "-DFETCHCONTENT_TRY_FIND_PACKAGE_MODE=NEVER")
    cache = (work / "host/CMakeCache.txt").read_text()
    for package in NEEDED_BY_NONE:
        expect(f"\n{package}" not in cache, f"the engine alone looks for no package (found {package} in CMakeCache.txt)")
    commands = (work / "host/build.ninja").read_text()
    expect("-Werror" not in commands, "warnings are errors in our own build only")
    check_run_image(work / "host", image, digest)


def installed(source, build, work):
    prefix = work / "prefix"
    run("cmake", "--install", build, "--prefix", prefix)
    expect(sorted(path.name for path in (prefix / "share/dynbal/devices").iterdir()) ==
           sorted(path.name for path in (source / "devices").glob("*.toml")), "all device profiles are installed")
    program = prefix / "bin/dynbal"
    version = run(program, "--version").split()[1]
    image, digest = image_in(program, work)
    # Another project may be stricter than we are: nothing in our headers is a warning of its.
    build_example(source, work / "host", f"-DCMAKE_PREFIX_PATH={prefix}", "-DFETCHCONTENT_TRY_FIND_PACKAGE_MODE=ALWAYS",
                  "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Wold-style-cast -Wuseless-cast -Werror")
    check_run_image(work / "host", image, digest)
    lines = run(work / "host/power_failures", image, "budget:20000").splitlines()
    simulated = json.loads(run(program, "simulate", image, "--input", work / "zeros.npy", "--supply", "budget:20000",
                               "--policy", "best", "--json"))
    expect(f"best completed {simulated['power_cycles']} power cycles, {simulated['cost_units']:.0f} units" in lines,
           f"examples/host/power_failures gives what `dynbal simulate` gives, in {lines}")
    check_refusals(work, prefix, version)


def check_refusals(work, prefix, version):
    """What the package does not have is said by CMake, and not by the linker."""
    major, minor, _ = map(int, version.split("."))
    for words, reason in ((f"{major}.{minor + 1}", f"version: {version}"),
                          ("COMPONENTS turbine", "there is no component 'turbine'")):
        folder = work / "refused"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(refused LANGUAGES CXX)\n"
                                               f"find_package(dynbal {words} REQUIRED)\n")
        done = subprocess.run(["cmake", "-G", "Ninja", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        expect(done.returncode != 0 and reason in done.stdout, f"find_package(dynbal {words}) says why not: {done.stdout}")


def debian(source, build, work):
    if shutil.which("dpkg-shlibdeps") is None:
        sys.exit(77)  # skipped: not a Debian with dpkg-dev
    run("cpack", "-G", "DEB", "-B", work, cwd=build)
    packages = {path.name.split("_")[0]: path for path in work.glob("*.deb")}
    expect(sorted(packages) == ["dynbal", "libdynbal-dev"], f"two packages are made, not {sorted(packages)}")
    files = run("dpkg-deb", "-c", packages["dynbal"])
    expect("./usr/bin/dynbal\n" in files and "/devices/cortex-m4.toml" in files, "the program and its profiles are in dynbal")
    depends = run("dpkg-deb", "-f", packages["dynbal"], "Depends")
    expect("libc6" in depends and "libonnx1" in depends, f"dynbal depends on its shared libraries: {depends}")
    files = run("dpkg-deb", "-c", packages["libdynbal-dev"])
    for name in ("engine/engine.hpp", "plugin/dynbal_plugin.h", "dynbalConfig.cmake", "libdynbal_engine.a"):
        expect(name in files, f"{name} is in libdynbal-dev")


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    source, build, work = (pathlib.Path(path).resolve() for path in sys.argv[2:])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    os.environ.pop("DESTDIR", None)
    {"sources": sources, "installed": installed, "debian": debian}[sys.argv[1]](source, build, work)


if __name__ == "__main__":
    main()
