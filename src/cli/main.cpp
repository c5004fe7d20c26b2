#include <iostream>

#include "cli/program.hpp"

int main(int argc, char** argv) { return dynbal::cli::run_program({argv + 1, argv + argc}, std::cout, std::cerr); }
