"""What the keyword networks hear: mfcc(int16 samples at 16 kHz) -> float64 [20][11].

What librosa.feature.mfcc(y[::3], sr=16000) computes, in numpy alone: every third sample without a low-pass (real rate
5,333 Hz, called 16,000 Hz), frames of 2,048 with a stride of 512, centred with reflection, periodic Hann window, power,
128 Slaney mel bands from 0 to 8,000 Hz, 10 log10 with a floor of 1e-10 and of 80 dB under the clip's maximum,
orthonormal DCT-II. Cut to 11 frames or filled with 0.
"""

import numpy as np

COEFFICIENTS, MOMENTS, BANDS = 20, 11, 128

# Of the training clips, coefficient by coefficient; standardised() uses them.
MEANS = (-327.8, 27.03, -24.21, -2.05, -7.34, -7.79, -8.61, -4.1, -3.28, -0.52,
         -0.28, -0.13, -0.27, -1.24, -0.27, 0.16, 0.9, 1.43, 1.45, 1.66)
DEVIATIONS = (194.53, 45.42, 38.05, 27.12, 19.94, 17.99, 15.34, 13.4, 12.36, 12.56,
              12.16, 12.05, 11.51, 11.11, 10.74, 10.22, 10.21, 10.48, 10.65, 10.51)


def hz_to_mel(f):
    return np.where(f >= 1000, 15 + np.log(np.maximum(f, 1e-9) / 1000) / (np.log(6.4) / 27), f / (200 / 3))


def mel_to_hz(m):
    return np.where(m >= 15, 1000 * np.exp((np.log(6.4) / 27) * (m - 15)), m * (200 / 3))


def band_hz():
    """Middle frequencies of the mel bands."""
    return mel_to_hz(np.linspace(0.0, float(hz_to_mel(np.float64(8000))), BANDS + 2))[1:-1]


def filter_bank():
    edge = mel_to_hz(np.linspace(0.0, float(hz_to_mel(np.float64(8000))), BANDS + 2))
    ramp, width = edge[:, None] - np.linspace(0, 8000, 1025)[None], np.diff(edge)
    weight = np.maximum(0, np.minimum(-ramp[:-2] / width[:-1, None], ramp[2:] / width[1:, None]))
    return weight * (2 / (edge[2:] - edge[:-2]))[:, None]


BANK = filter_bank()
WINDOW = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
DCT = np.sqrt(2 / BANDS) * np.cos(np.pi * np.arange(COEFFICIENTS)[:, None] * (np.arange(BANDS)[None] + 0.5) / BANDS)
DCT[0] /= np.sqrt(2)


def mfcc(samples):
    y = np.pad(samples[::3].astype(np.float64) / 32768, 1024, mode="reflect")
    cut = np.lib.stride_tricks.sliding_window_view(y, 2048)[::512] * WINDOW
    band = 10 * np.log10(np.maximum(1e-10, np.abs(np.fft.rfft(cut, axis=1)) ** 2 @ BANK.T))
    c = (np.maximum(band, band.max() - 80) @ DCT.T).T
    return np.pad(c, ((0, 0), (0, max(0, MOMENTS - c.shape[1]))))[:, :MOMENTS]


def standardised(features):
    """The network's input, int16 [...][20][11] in units of 1/2048 of a deviation; `features` as mfcc() gives them."""
    x = (features - np.array(MEANS)[:, None]) / np.array(DEVIATIONS)[:, None]
    return np.clip(np.rint(x * 2048), -32768, 32767).astype(np.int16)
