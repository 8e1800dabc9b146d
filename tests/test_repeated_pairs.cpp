// Which pairs several nodes have, followed through rounds that change some nodes, against a count from
// scratch.
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <tuple>
#include <vector>

#include "codegen/repeated_pairs.h"

using namespace nabla;

TEST_CASE("pairs that several nodes have, round after round", "[sharing][property]") {
  std::mt19937_64 random(7);
  RepeatedPairs pairs;
  std::vector<std::vector<uint64_t>> nodes;  // each its pairs (v, v % 7)
  for (int round = 0; round < 60; ++round) {
    const auto first_new = static_cast<FormId>(nodes.size());
    std::vector<FormId> changed;
    for (FormId i = 0; i < first_new; ++i) {
      if (random() % 5 == 0) changed.push_back(i);
    }
    for (FormId i : changed) pairs.take_out(i);
    if (round < 40) nodes.resize(nodes.size() + random() % 9);
    for (FormId i = first_new; i < nodes.size(); ++i) changed.push_back(i);
    for (FormId i : changed) {
      nodes[i].clear();
      const uint64_t step = 1 + random() % 50, count = random() % 30;
      for (uint64_t k = 0; k < count; ++k) nodes[i].push_back((k + 1) * step);
      pairs.open(i, count);
      for (uint64_t v : nodes[i]) pairs.add(v, v % 7);
    }

    std::map<uint64_t, std::vector<FormId>> expected, found;
    for (FormId i = 0; i < nodes.size(); ++i) {
      for (uint64_t v : nodes[i]) expected[v].push_back(i);
    }
    const auto& list = pairs.repeated();
    for (size_t k = 0; k < list.size(); ++k) {
      found[list[k].first].push_back(list[k].where);
      CHECK(list[k].second == list[k].first % 7);
      if (k > 0)
        CHECK(std::tie(list[k - 1].first, list[k - 1].where) < std::tie(list[k].first, list[k].where));
    }
    std::erase_if(expected, [](const auto& e) { return e.second.size() < 2; });
    std::erase_if(found, [](const auto& e) { return e.second.size() < 2; });
    CHECK(found == expected);
  }
}
