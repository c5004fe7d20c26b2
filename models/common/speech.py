"""Variations of words that are given as MFCC, [count][coefficients][moments]: other voices, other moments, parts missing."""

import numpy as np
import torch

WARPS = 21
WARP = 0.1  # the formants of another voice lie higher or lower by up to so much


def warp_matrices(band_hz, dct, deviations):
    """[WARPS][coefficients][coefficients]: each makes the standardised MFCC of a voice those of another one.

    `band_hz`: the mel bands' middle frequencies, ascending; `dct`: [coefficients][bands]; `deviations`: what the
    coefficients were divided by. What the coefficients leave out of the spectrum is left out, too.
    """
    back = np.linalg.pinv(dct)
    bands = len(band_hz)
    matrices = []
    for factor in np.linspace(1 - WARP, 1 + WARP, WARPS):
        place = np.interp(band_hz * factor, band_hz, np.arange(bands))
        low = np.minimum(place.astype(int), bands - 2)
        part = place - low
        moved = np.zeros((bands, bands))
        moved[np.arange(bands), low] = 1 - part
        moved[np.arange(bands), low + 1] = part
        matrices.append((dct @ moved @ back) * deviations[None] / deviations[:, None])
    return torch.tensor(np.array(matrices), dtype=torch.float32)


def other_voices(x, matrices, means_over_deviations):
    """`means_over_deviations`: [coefficients], to undo and redo the subtraction of the mean."""
    chosen = matrices[torch.randint(0, len(matrices), (len(x),))]
    mean = means_over_deviations[None, :, None]
    return chosen @ (x + mean) - mean


def other_moments(x, shift_max, stretch_max):
    """Earlier or later, slower or faster; between two moments by interpolation; the edges go on."""
    count, coefficients, moments = x.shape
    middle = (moments - 1) / 2
    stretch = 1 + stretch_max * (2 * torch.rand(count, 1) - 1)
    shift = shift_max * (2 * torch.rand(count, 1) - 1)
    at = ((torch.arange(moments)[None] - middle) * stretch + middle + shift).clamp(0, moments - 1)
    low = at.long().clamp(max=moments - 2)
    part = (at - low)[:, None]
    low = low[:, None].expand(-1, coefficients, -1)
    return torch.gather(x, 2, low) * (1 - part) + torch.gather(x, 2, low + 1) * part


def kept(count, length, gone):
    """0 for up to `gone` neighbours of `length` values, else 1."""
    first = torch.randint(0, length, (count, 1))
    width = torch.randint(0, gone + 1, (count, 1))
    at = torch.arange(length)[None]
    return ((at < first) | (at >= first + width)).float()
