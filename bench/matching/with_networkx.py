"""networkx's maximum weight matching on an instance of instance.ts, once: milliseconds and total weight as JSON."""

import array
import json
import sys
import time

import networkx

with open(sys.argv[1], "rb") as file:
    head = array.array("i")
    head.fromfile(file, 2)
    columns = [array.array("i") for _ in range(3)]
    for column in columns:
        column.fromfile(file, head[1])

began = time.perf_counter()
graph = networkx.Graph()
graph.add_weighted_edges_from(zip(*columns))
matching = networkx.max_weight_matching(graph, maxcardinality=True)
took = (time.perf_counter() - began) * 1000
total = sum(graph[a][b]["weight"] for a, b in matching)
print(json.dumps({"first_ms": took, "best_ms": took, "total": total}))
