#include "input/sound_features.hpp"

namespace dynbal::input {

std::string sound_help() {
    return R"(How sound becomes what a network hears is said once, when it is compiled, and kept with the image:
  dynbal compile kws.onnx -o kws.dynbal --calibrate clips/ --sound FILE.toml
  dynbal run kws.dynbal --input yes.wav
Recordings: .wav, .flac, .ogg; of several channels the mean. Without --sound a network hears the samples themselves, from
-1 to 1, if it takes as many as there are. FILE.toml, each key with what counts if it is left out:

rate = 16000            # samples a second; other recordings are refused
samples = 16000         # needed: longer ones are cut, shorter ones filled with 0
every = 1               # 3: only each third sample is taken, without a filter
frame = 640             # needed, in samples, as is the stride from one frame to the next
stride = 320
fft = 1024              # a power of two; the frame, if it is left out
centred = false         # true: frames begin half a frame before the sound, mirrored there (librosa)
spectrum = "power"      # or "magnitude"
bands = 40              # needed: triangles over the spectrum, from low to high, at equal distances on the mel scale
low = 0
high = 8000             # half the rate, if it is left out
mel = "htk"             # 1127 ln(1 + f / 700); or "slaney": straight up to 1,000 Hz (librosa)
sides = "straight over Hz"   # or "straight over mel" (TensorFlow)
height = "1"            # or "equal area" (librosa)
logarithm = "ln"        # or "dB": 10 log10
floor = 1e-12           # the least that a band counts as, before the logarithm
range_db = 0            # 80: what is further below the loudest band counts as so much below
coefficients = 0        # of a cosine transform of the bands; 0: the bands themselves, a spectrogram
cosine = "orthonormal"  # or "plain": the first coefficient is not divided by sqrt(2) (TensorFlow)
moments = 49            # needed: frames; more are cut, fewer filled with 0
order = "coefficients first"  # [coefficients][moments]; or "moments first"
steps = 0               # 2048: values become whole numbers of 1/2048, as int16
# means = [...]         # of each coefficient: subtracted
# deviations = [...]    # then divided by
)";
}

}  // namespace dynbal::input
