"""What the network hears: mfcc(int16 samples at 16 kHz) -> float64 [10][49].

What TensorFlow's AudioSpectrogram and Mfcc compute, in numpy alone: frames of 640 with a stride of 320, periodic Hann
window, FFT of 1,024, square root of the power, 40 mel bands from 20 to 4,000 Hz, logarithm, DCT-II, ten coefficients.
"""

import numpy as np

COEFFICIENTS, MOMENTS, BANDS = 10, 49, 40
LOW_HZ, HIGH_HZ = 20.0, 4000.0

# Of the training clips, coefficient by coefficient; standardised() uses them.
MEANS = (-13.36, 3.29, 0.31, -0.56, -0.46, -0.38, -0.46, -0.26, -0.51, -0.5)
DEVIATIONS = (18.13, 4.96, 3.56, 2.21, 2.3, 1.68, 1.49, 1.38, 1.35, 1.13)


def hz_to_mel(f):
    return 1127.0 * np.log1p(f / 700.0)


def band_hz():
    """Middle frequencies of the mel bands."""
    mel = np.linspace(hz_to_mel(LOW_HZ), hz_to_mel(HIGH_HZ), BANDS + 2)[1:-1]
    return 700.0 * np.expm1(mel / 1127.0)


def filter_bank(values=513):
    """[bands][values]: triangles over the mel scale, 1 in the middle."""
    edges = np.linspace(hz_to_mel(LOW_HZ), hz_to_mel(HIGH_HZ), BANDS + 2)
    hz = np.arange(values) * (8000.0 / (values - 1))
    mel = hz_to_mel(hz)
    rising = (mel[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - mel[None]) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling)) * ((hz >= 1.5 * 8000 / (values - 1)) & (hz <= HIGH_HZ))


BANK = filter_bank()
WINDOW = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(640) / 640)
DCT = np.sqrt(2 / BANDS) * np.cos(np.pi * np.arange(COEFFICIENTS)[:, None] * (np.arange(BANDS)[None] + 0.5) / BANDS)


def mfcc(samples):
    y = np.zeros(16000)
    y[:len(samples)] = samples[:16000].astype(np.float64) / 32768
    frames = np.lib.stride_tricks.sliding_window_view(y, 640)[::320][:MOMENTS] * WINDOW
    spectrum = np.fft.rfft(frames, 1024, axis=1)
    return (np.log(np.maximum(np.abs(spectrum) @ BANK.T, 1e-12)) @ DCT.T).T


def standardised(features):
    """The network's input, int16 [...][10][49] in units of 1/2048 of a deviation; `features` as mfcc() gives them."""
    x = (features - np.array(MEANS)[:, None]) / np.array(DEVIATIONS)[:, None]
    return np.clip(np.rint(x * 2048), -32768, 32767).astype(np.int16)
