declare module 'edmonds-blossom-fixed' {
  /** @returns the partner by vertex, -1 for none */
  export default function blossom(edges: [number, number, number][], maxCardinality?: boolean): number[]
}
