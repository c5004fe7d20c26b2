//! The document of a report: everything the page shows, as JSON, version "dynbal-report/1".
//!
//! {
//!   "schema": "dynbal-report/1", "program": "dynbal 0.1.0", "command": what makes this report again,
//!   "trace_file": name of the Perfetto trace or null,
//!   "model": {name, ideal_macs, nvm_bytes, sram_bytes, weight_bytes}, "device": {name, facts: [[what, value], ...]},
//!   "supply": {text, capacitor_uf, on_v, off_v}   the capacitor as simulated, nulls if the supply has none
//!   "input": text, "answer": {class, top: [[index, value], ...], same, sha256} or null
//!   "categories": names of Category, "kinds": names of SpanKind: what numbers below stand for
//!   "stages": [{name, operator, output: [h, w, c], ideal_macs, weight_bytes, usage}]   usage: see report/usage.hpp
//!   ideal_macs are nominal, padding counted, as networks are compared by; macs of a run are those done, padding left out
//!   "repeated": {heading: how the many inferences follow each other} or null; what else is here is about the first of them
//!   "runs": [{policy, completed, message, latency_s, charging_s, energy_j, power_cycles, nvm_read_bytes,
//!             nvm_write_bytes, macs, reconfigurations, shrinks,
//!             "time_s": [stage][category], "energy_by_stage_j": [stage][category],
//!             "repeated": see report/series_json.hpp; null where not asked for
//!             "tiles": [{time_s, stage, reason: chosen|reconfigured|shrunk,
//!                        config: {tile_out, tile_in, tile_pixels, run_pixels, order}}],
//!             "timeline": {duration_s, power_us: microseconds without power, with, without, ...,
//!                          cycles_per_entry: power cycles that one pair stands for,
//!                          voltage: {step_us: [...], millivolts: [...]} or null,
//!                          stages: [[stage, begin_s, end_s]],
//!                          activity: {bucket_s, permille: [bucket][kind]},
//!                          magnified: [{stage, cycle, begin_s, duration_s,
//!                                       spans: [[kind, begin_us, duration_us, energy_nj]]}]}}]
//!   "preservations": [{preservation, title, completed, latency_s, energy_j, power_cycles, nvm_read_bytes, nvm_write_bytes}]
//!   "sweep": {power_w: [...], own_power_w or null, latency_s: {policy: [seconds or null, ...]}} or null
//!   "capacitors": the same with capacitance_f and own_capacitance_f
//! }
//!
//! Numbers are rounded to six digits, those of "repeated" excepted: the document is for the eye.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "report/experiment.hpp"

namespace dynbal::report {

/// What only the caller knows.
struct Facts {
    std::string program;     ///< name and version
    std::string command;     ///< that makes the report again
    std::string input;       ///< as it was named
    std::string trace_file;  ///< empty: none
    std::string answer_sha256;
    std::string series_heading;  ///< "One inference every 30 s"; empty: one inference only
};

nlohmann::ordered_json document_of(const Facts& facts, const Experiment& experiment, const Results& results);

/// The document without what only pictures need: timelines, tile choices, usage.
nlohmann::ordered_json summary_of(const nlohmann::ordered_json& document);

}  // namespace dynbal::report
