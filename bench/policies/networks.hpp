//! The networks that policies are measured on: drawn at random, each a pure function of a seed and its number; and layers
//! of published networks, as shapes.
//!
//! Weights are random: what a run costs depends on shapes alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace dynbal::bench {

struct Network {
    std::string name;  ///< says the shape
    compiler::Graph graph;
    uint32_t weight_bytes = 2;
};

/// Every kind comes in turn: convolutions of all shapes, depthwise, grouped, signals, fully connected, whole networks of
/// two to eight stages. At most some millions of MACs each.
Network random_network(uint64_t seed, uint32_t index);

/// Each distinct layer with weights of MLPerf Tiny's four networks: ResNet-8, DS-CNN, MobileNet 0.25 at 96x96, and the
/// autoencoder.
std::vector<Network> published_layers();

/// A convolution 3x3 from 64 to 64 channels on a square map.
Network square_map(int side);

}  // namespace dynbal::bench
