#!/usr/bin/python3
"""Fashion-MNIST as .npy files, from Debian's package dataset-fashion-mnist.

Usage: data.py FOLDER            writes the files below into FOLDER
       data.py --label INDEX     prints the class of test image INDEX

  x_test.npy     uint8 [10000][1][28][28]  test images, pixels 0 to 255
  y_test.npy     uint8 [10000]             their classes, 0 to 9
  calibrate.npy  uint8 [200][1][28][28]    the first 20 training images of each class
  classes.txt    the ten names, one a line

Needs the standard library only. `train.py` imports it.
"""

import gzip
import os
import struct
import sys

SOURCE = "/usr/share/datasets/fashion-mnist"
CLASSES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
           "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
CALIBRATION_PER_CLASS = 20


def read_idx(name):
    """Shape and bytes of one .gz file in the IDX format (bytes only)."""
    path = os.path.join(SOURCE, name)
    try:
        with gzip.open(path) as file:
            content = file.read()
    except FileNotFoundError:
        sys.exit(f"{path} is missing: install the Debian package dataset-fashion-mnist")
    zeros, kind, dimensions = struct.unpack_from(">HBB", content)
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    data = content[4 + 4 * dimensions:]
    size = 1
    for extent in shape:
        size *= extent
    if zeros != 0 or kind != 8 or len(data) != size:
        sys.exit(f"{path} is damaged")
    return shape, data


def read_split(name):
    """Images (28 * 28 bytes each, joined) and labels of "train" or "t10k"."""
    shape, images = read_idx(f"{name}-images-idx3-ubyte.gz")
    label_shape, labels = read_idx(f"{name}-labels-idx1-ubyte.gz")
    if shape[1:] != (28, 28) or label_shape != shape[:1]:
        sys.exit(f"{SOURCE}: unexpected shapes {shape} and {label_shape}")
    return images, labels


def write_file(path, content):
    """Writes under a temporary name first, so that an interrupted run leaves no half file."""
    temporary = f"{path}.tmp-{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def write_npy(path, shape, data):
    """An array of uint8 in NumPy's format 1.0; the values begin at a multiple of 64 bytes."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    write_file(path, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) +
               header.encode("ascii") + data)


def calibration_images(images, labels):
    """The first CALIBRATION_PER_CLASS images of every class, in the order of the data set."""
    wanted = {label: CALIBRATION_PER_CLASS for label in range(len(CLASSES))}
    chosen = []
    for index, label in enumerate(labels):
        if wanted[label] > 0:
            wanted[label] -= 1
            chosen.append(images[784 * index:784 * (index + 1)])
    return chosen


def write_files(folder):
    os.makedirs(folder, exist_ok=True)
    images, labels = read_split("t10k")
    write_npy(os.path.join(folder, "x_test.npy"), (len(labels), 1, 28, 28), images)
    write_npy(os.path.join(folder, "y_test.npy"), (len(labels),), labels)
    chosen = calibration_images(*read_split("train"))
    write_npy(os.path.join(folder, "calibrate.npy"), (len(chosen), 1, 28, 28), b"".join(chosen))
    write_file(os.path.join(folder, "classes.txt"), ("\n".join(CLASSES) + "\n").encode("utf-8"))


def print_label(index):
    _, labels = read_split("t10k")
    if index >= len(labels):
        sys.exit(f"there are {len(labels)} test images, counted from 0")
    print(CLASSES[labels[index]])


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--label" and sys.argv[2].isdecimal():
        print_label(int(sys.argv[2]))
    elif len(sys.argv) == 2 and not sys.argv[1].startswith("-"):
        write_files(sys.argv[1])
    else:
        sys.exit(__doc__.strip())


if __name__ == "__main__":
    main()
