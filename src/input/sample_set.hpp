//! Inputs of a model as people have them: arrays, tables, pictures, sound, folders of these.
//!
//! Invariants:
//!  1. every sample has the number of values that the model takes, in the model's order of dimensions, or opening is refused with
//!     the reason;
//!  2. nothing is scaled: pictures give 0 to 255, arrays and tables what they hold, sound what its description says.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dynbal::input {

class SampleSet {
public:
    SampleSet() = default;
    SampleSet(const SampleSet&) = delete;
    SampleSet& operator=(const SampleSet&) = delete;
    virtual ~SampleSet() = default;

    virtual int64_t count() const = 0;
    /// Thread-safe. Throws InputError for a value that is not finite, or an index that is none.
    virtual std::vector<float> sample(int64_t index) const = 0;
    /// One for each sample, from the folders that they lie in; empty if there are none.
    virtual std::vector<uint32_t> labels() const { return {}; }
    /// What a user should know about how the samples were understood, in one line; mostly nothing.
    virtual std::string note() const { return {}; }
};

/// FILE or FOLDER, with options behind commas: resize=stretch or resize=crop for pictures, columns=first or columns=last for
/// tables (the dimension of the model that the columns are). What is the name of a file is never read as options. `dims`: what the model takes, without the
/// batch. `sound`: see Spec. A file that is itself one sample counts as one. Throws InputError.
std::shared_ptr<const SampleSet> open_samples(const std::string& spec, const std::vector<int64_t>& dims,
                                              const std::string& sound = "");

/// Takes `@INDEX` off `FILE@INDEX` or `FILE@INDEX,OPTIONS`; nothing if what follows the last '@' belongs to the file's name. Throws InputError.
std::optional<int64_t> take_index(std::string& spec);

/// The file or folder that is read, as it is named: without options and `@INDEX`, and without the name of an array of a .npz file.
std::string file_of(const std::string& spec);

/// [1, 28, 28]
std::string shape_text(const std::vector<int64_t>& shape);

}  // namespace dynbal::input
