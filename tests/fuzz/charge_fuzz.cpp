// SPDX-License-Identifier: MIT
// What a publisher may send to a battery with a charge control, over time: the bytes of the input
// choose the rules, the cells, sensors that fail, pauses and restarts.
#include "../support/charge_scene.h"
#include "input_bytes.h"

#include <cstdint>

using namespace dmb;

namespace {

constexpr std::size_t kMaxSteps = 200;

/// Draws from the input as a property test does from its seed.
class Draw {
 public:
  Draw(const std::uint8_t* data, std::size_t size) : input_(data, size) {}

  bool empty() const { return input_.empty(); }
  std::size_t below(std::size_t limit) { return input_.below(limit); }
  double between(double low, double high) { return low + (high - low) * input_.byte() / 255; }

 private:
  fuzz::InputBytes input_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Draw draw(data, size);
  test::ChargeScene<Draw> scene(draw);
  for (std::size_t i = 0; i < kMaxSteps && !draw.empty(); ++i) scene.step();
  if (scene.device().model().phase() == Life::Phase::live)
    test::check_announced(scene.device(), scene.now(), test::falls_by_and_by);
  return 0;
}
