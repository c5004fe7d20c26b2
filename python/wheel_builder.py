"""Makes the wheel of the Python module: CMake builds it, this packs it. Standard library only (PEP 517).

$DYNBAL_BUILD_FOLDER names a build folder that was configured with -DDYNBAL_PYTHON=ON, so that nothing is built twice; without it
build/python is configured and built.
"""
import base64
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def version():
    return re.search(r"project\(dynbal VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")).group(1)


def tag():
    python = f"cp{sysconfig.get_python_version().replace('.', '')}"
    return f"{python}-{python}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def configure(folder):
    """Whatever the user's compiler warns of, the module is built."""
    subprocess.run(["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DDYNBAL_PYTHON=ON",
                    f"-DPython3_EXECUTABLE={sys.executable}", "-DDYNBAL_WARNINGS_AS_ERRORS=OFF",
                    "-DDYNBAL_PAGE=OFF", "-DBUILD_TESTING=OFF"], check=True)


def build_module():
    """The folder with the finished package."""
    folder = pathlib.Path(os.environ.get("DYNBAL_BUILD_FOLDER", ROOT / "build" / "python"))
    if "DYNBAL_BUILD_FOLDER" not in os.environ:
        configure(folder)
    subprocess.run(["cmake", "--build", folder, "--target", "_dynbal", "-j", str(os.cpu_count() or 1)], check=True)
    return folder / "python" / "dynbal"


def metadata():
    return (f"Metadata-Version: 2.1\nName: dynbal\nVersion: {version()}\n"
            "Summary: Neural networks on devices whose power fails at any moment\nLicense: Apache-2.0\n"
            "Requires-Python: >=3.9\nRequires-Dist: numpy\nDescription-Content-Type: text/markdown\n\n"
            + (ROOT / "docs" / "python.md").read_text(encoding="utf-8"))


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    package = build_module()
    info = f"dynbal-{version()}.dist-info"
    files = {f"dynbal/{path.name}": path.read_bytes() for path in sorted(package.iterdir())
             if path.suffix in (".py", ".so")}
    files[f"{info}/METADATA"] = metadata().encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: dynbal\nRoot-Is-Purelib: false\nTag: {tag()}\n".encode()
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content)}\n"
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    name = f"dynbal-{version()}-{tag()}.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in files.items():
            wheel.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), content)
    return name


def get_requires_for_build_wheel(config_settings=None):
    return []
