// LEMON's maximum weight perfect matching on an instance of instance.ts: prints, as JSON, the milliseconds of the first run and of
// the best one, from the pairs in memory to the matching, and the total weight.
#include <lemon/matching.h>
#include <lemon/smart_graph.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  FILE *file = std::fopen(argv[1], "rb");
  int32_t head[2];
  if (!file || std::fread(head, 4, 2, file) != 2) return 1;
  const int32_t people = head[0], pairs = head[1];
  std::vector<int32_t> a(pairs), b(pairs), weight(pairs);
  for (auto *column : {&a, &b, &weight})
    if (std::fread(column->data(), 4, pairs, file) != static_cast<size_t>(pairs)) return 1;
  std::fclose(file);

  double first = 0, best = 0;
  long long total = 0;
  for (int run = 0; run < std::atoi(argv[2]); run++) {
    const auto began = std::chrono::steady_clock::now();
    lemon::SmartGraph graph;
    graph.reserveNode(people);
    graph.reserveEdge(pairs);
    for (int32_t i = 0; i < people; i++) graph.addNode();
    lemon::SmartGraph::EdgeMap<int> weights(graph);
    for (int32_t i = 0; i < pairs; i++)
      weights[graph.addEdge(graph.nodeFromId(a[i]), graph.nodeFromId(b[i]))] = weight[i];
    lemon::MaxWeightedPerfectMatching<lemon::SmartGraph> matching(graph, weights);
    if (!matching.run()) return 3;
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    total = 0;
    for (lemon::SmartGraph::EdgeIt edge(graph); edge != lemon::INVALID; ++edge)
      if (matching.matching(edge)) total += weights[edge];
    if (run == 0) first = took.count();
    if (run == 0 || took.count() < best) best = took.count();
  }
  std::printf("{\"first_ms\":%.1f,\"best_ms\":%.1f,\"total\":%lld}\n", first, best, total);
}
